import { defineConfig } from 'vitest/config';
import { parts } from '../trials/mutation/parts.ts';
import base from './vitest.config.ts';

const part = parts[process.env['MUTATE_PART'] ?? ''];
const shared = { ...base.test };
// One suite: the files that are named.
delete shared.projects;

export default defineConfig({
  ...base,
  test: {
    ...shared,
    include: [...(part?.tests ?? [])],
    reporters: [],
    // One worker for each mutant, not one for each test file: most of the time goes into loading.
    isolate: false,
    testTimeout: 120_000,
  },
});
