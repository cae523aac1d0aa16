import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The sources behind the package's own names, by the name to import: tests need no build. */
export function packageSources(): ReadonlyMap<string, string> {
  // publint checks the shape of package.json.
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly exports: Record<string, string | { readonly default: string }>;
  };
  return new Map(
    Object.entries(exports).flatMap(([subpath, target]) => {
      if (typeof target === 'string') return [];
      const source = target.default.replace('./dist/', '').replace(/\.js$/, '.ts');
      return [[subpath.replace('.', name), join(root, source)]];
    }),
  );
}
