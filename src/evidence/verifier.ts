/**
 * The independent verifiers: `verify.mjs` of a package, and `verify-log.mjs` of its place in the log
 * over all orders, which bare Node runs, and each as a page that a browser opens from a file. Each
 * package has them, for those who have nothing else at hand.
 */

import { readFileSync } from 'node:fs';
import { joined, sourceHash } from '../report/inline-script.ts';

export type VerifierFile = `verify${'' | '-log'}.${'mjs' | 'html'}`;

/** The files of the verifiers by name. They depend on nothing, so their digests can be published. */
export function verifierFiles(): ReadonlyMap<VerifierFile, string> {
  return new Map([
    ...pair('verify', ['verifier/verify.js', '../report/page/chain.js', 'verifier/run.js']),
    ...pair('verify-log', [
      'verifier/verify-log.js',
      '../report/page/log.js',
      'verifier/run-log.js',
    ]),
  ]);
}

function pair(
  name: 'verify' | 'verify-log',
  modules: readonly string[],
): readonly (readonly [VerifierFile, string])[] {
  const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
  const texts = modules.map(read).map((text, at) => (at === 0 ? text : withoutHead(text)));
  const script = joined(texts.map(withoutTypes)).replaceAll(/\n{3,}/g, '\n\n');
  const policy = `default-src 'none'; script-src ${sourceHash(script)}; form-action 'none'`;
  const page = read(`verifier/${name}.html`)
    .replace("default-src 'none'", policy)
    .replace(/ src="[\w-]+\.js">/, () => `>${script}`);
  return [
    [`${name}.mjs`, script],
    [`${name}.html`, page],
  ];
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
