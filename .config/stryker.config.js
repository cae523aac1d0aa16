import process from 'node:process';
import { parts } from '../trials/mutation/parts.ts';

const name = process.env.MUTATE_PART ?? '';
const part = parts[name];
if (part === undefined) throw new Error('MUTATE_PART names no part of trials/mutation/parts.ts');

export default {
  mutate: part.mutate,
  testRunner: 'vitest',
  vitest: { configFile: '.config/vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A mutant that runs too long counts as noticed, so a busy machine must not run into it.
  timeoutMS: 30_000,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: `.mutation/${name}.json` },
  tempDirName: '.mutation/tmp',
};
