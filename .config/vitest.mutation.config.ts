import { defineConfig } from 'vitest/config';
import { parts } from '../trials/mutation/parts.ts';
import base from './vitest.config.ts';

const part = parts[process.env['MUTATE_PART'] ?? ''];

export default defineConfig({
  ...base,
  test: { ...base.test, include: [...(part?.tests ?? [])], reporters: [] },
});
