import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sumsOf } from '../../src/evidence/manifest.ts';
import { verifierFiles } from '../../src/evidence/verifier.ts';
import { sha256 } from '../../src/text.ts';

/** The guides that publish the digests of the verifiers, by their paths. */
export const guides = ['evidence.md', 'evidence.zh-CN.md'].map((name) =>
  join(import.meta.dirname, '..', '..', 'docs', name),
);

/** The text of a guide with today's digests in the place of those that it has. */
export function withDigests(guide: string): string {
  const digests = new Map([...verifierFiles()].map(([name, text]) => [name, sha256(text)]));
  const published = /(?:[0-9a-f]{64} {2}verify[-\w]*\.\w+\n)+/;
  const text = readFileSync(guide, 'utf8');
  if (!published.test(text)) throw new Error(`${guide} publishes no digests`);
  return text.replace(published, sumsOf(digests));
}
