import { describe, expect, test } from 'vitest';
import { simulateInbox } from './inbox-run.ts';
import { inboxPlanOf } from './plan.ts';
import { inboxScenarios, meetings, playInbox } from './scenarios.ts';

/** The level `inbox` in `npm run campaign` tries thousands of these; this keeps it working. */
describe('the simulated inbox', () => {
  test('keeps every acknowledged notice and applies it once, whatever fails', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      expect((await simulateInbox(inboxPlanOf(seed))).violations, `seed ${seed}`).toEqual([]);
    }
  });

  test('leaves the same trace when a seed is run again', async () => {
    const [one, other] = [await simulateInbox(inboxPlanOf(7)), await simulateInbox(inboxPlanOf(7))];
    expect(other.traceHash).toBe(one.traceHash);
  });

  test.each([...inboxScenarios, ...meetings.filter((_, index) => index % 8 === 0)])(
    'applies a notice $name',
    async (scenario) => {
      const { violations, applied } = await playInbox(scenario, []);
      expect([violations, applied]).toEqual([[], 1]);
    },
  );
});
