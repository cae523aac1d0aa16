import { expect, test } from 'vitest';
import { tryAllFindings } from './findings-run.ts';
import { nothingSeen } from './seen.ts';

/** The level `findings` in `npm run campaign` draws many more; this keeps it working. */
test('a report concludes what follows from the events, whatever they are', async () => {
  const seen = nothingSeen();
  const failure = await tryAllFindings({ runs: 400, seed: 20_210_222 }, seen);
  expect(failure).toBeNull();
  for (const what of ['moved before, as stated', 'moved after, as stated', 'a doubt that ended']) {
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(10);
  }
});
