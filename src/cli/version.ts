import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export const moduleName = 'payment-order-machine';

/** The package finds its own file by its name, from the source and from `dist` alike. */
export function version(): string {
  const file = createRequire(import.meta.url).resolve(`${moduleName}/package.json`);
  // Our own file, which a package cannot be published without.
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
