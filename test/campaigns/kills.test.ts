import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { killAtRandom } from './kills.ts';

/** The level of this name in `npm run campaign` lives longer; this keeps it working. */
describe('two workers and a service, killed at random', () => {
  test('lose nothing and call one at a time on EventStoreDB', async () => {
    const report = await killAtRandom({ seconds: 6, seed: 20210222 });
    expect(report.violations).toEqual([]);
    expect(report.kills).toBeGreaterThan(5);
    expect(report.acknowledged).toBeGreaterThan(10);
  });

  test('lose nothing and call one at a time on one SQLite file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'payment-order-kills-'));
    onTestFinished(() => {
      rmSync(directory, { recursive: true, force: true });
    });
    const storeUrl = `sqlite:${join(directory, 'orders.db')}`;
    const report = await killAtRandom({ seconds: 6, seed: 20210222, storeUrl });
    expect(report.violations).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(10);
  });
});
