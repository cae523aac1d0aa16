/**
 * The independent verifier: `verify.mjs`, which bare Node runs, and `verify.html`, which a browser
 * opens from a file. Each package has both, for those who have nothing else at hand.
 */

import { readFileSync } from 'node:fs';
import { joined, sourceHash } from '../report/inline-script.ts';

/** The files of the verifier by name. They depend on nothing, so their digests can be published. */
export function verifierFiles(): ReadonlyMap<'verify.mjs' | 'verify.html', string> {
  const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
  const others = ['../report/page/chain.js', 'verifier/run.js'].map(read).map(withoutHead);
  const modules = [read('verifier/verify.js'), ...others].map(withoutTypes);
  const script = joined(modules).replaceAll(/\n{3,}/g, '\n\n');
  const policy = `default-src 'none'; script-src ${sourceHash(script)}; form-action 'none'`;
  const page = read('verifier/verify.html')
    .replace("default-src 'none'", policy)
    .replace(' src="run.js">', () => `>${script}`);
  return new Map([
    ['verify.mjs', script],
    ['verify.html', page],
  ] as const);
}

/** Only the first module says what all of them are. */
function withoutHead(module: string): string {
  return module.replace(/^\/\*\*\n[^]*?\*\/\n\n/, '');
}

/** Types stand in other files, and say nothing to a reader of this one. */
function withoutTypes(module: string): string {
  return module
    .replaceAll(/^ *\/\*\* @(?:type|import|param) .*\*\/\n/gm, '')
    .replaceAll(/ @type \{.*\} \*\/$/gm, ' */')
    .replaceAll(/\/\*\* @type \{[^}]*\} \*\/ /g, '');
}
