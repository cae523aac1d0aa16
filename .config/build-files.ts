/** Writes into `dist` what no compiler makes: the scripts that browsers run, and the verifier. */

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { sumsOf } from '../src/evidence/manifest.ts';
import { verifierFiles } from '../src/evidence/verifier.ts';
import { sha256 } from '../src/text.ts';

for (const directory of ['src/report/page', 'src/console/page', 'src/evidence/verifier']) {
  const isRead = (file: string) => !/\.(?:ts|json)$/.test(file);
  cpSync(directory, `dist/${directory}`, { recursive: true, filter: isRead });
}

mkdirSync('dist/verifier');
const files = verifierFiles();
for (const [name, text] of files) writeFileSync(`dist/verifier/${name}`, text);
const digests = new Map([...files].map(([name, text]) => [name, sha256(text)]));
writeFileSync('dist/verifier/SHA256SUMS', sumsOf(digests));
