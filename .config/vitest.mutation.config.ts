import { defineConfig } from 'vitest/config';
import { parts } from '../trials/mutation/parts.ts';
import base from './vitest.config.ts';

const part = parts[process.env['MUTATE_PART'] ?? ''];
const shared = { ...base.test };
// One suite: the files that are named.
delete shared.projects;

export default defineConfig({
  ...base,
  test: { ...shared, include: [...(part?.tests ?? [])], reporters: [], testTimeout: 120_000 },
});
