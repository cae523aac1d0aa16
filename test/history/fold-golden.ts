import { foldDigests } from './golden.ts';

// A process of its own, which may stand under another time zone and language.
process.stdout.write(`${foldDigests().join('\n')}\n`);
