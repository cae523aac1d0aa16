import { readFileSync } from 'node:fs';

export const moduleName = 'payment-order-machine';

/** The package's version; its file is two folders up from the source and three from `dist`. */
export function version(): string {
  for (const place of ['../../package.json', '../../../package.json']) {
    const found = versionIn(new URL(place, import.meta.url));
    if (found !== null) return found;
  }
  return 'unknown';
}

function versionIn(file: URL): string | null {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const isOurs =
      typeof content === 'object' &&
      content !== null &&
      'name' in content &&
      'version' in content &&
      content.name === moduleName;
    return isOurs ? String(content.version) : null;
  } catch {
    return null;
  }
}
