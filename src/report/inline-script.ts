/** Scripts that stand in a page itself, so that the page needs no other file. */

import { sha256 } from '../text.ts';

/**
 * Joins modules of plain JavaScript, each after those that it imports. They are joined as they are,
 * so the code in the repository is the code that runs.
 */
export function joined(modules: readonly string[]): string {
  return modules
    .map((module) => module.replace(/^import [^;]*;\n/gm, '').replace(/^export /gm, ''))
    .join('\n');
}

/** How a Content Security Policy names an inline script or style. */
export function sourceHash(text: string): string {
  return `'sha256-${Buffer.from(sha256(text), 'hex').toString('base64')}'`;
}
