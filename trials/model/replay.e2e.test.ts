import { describe, expect, test } from 'vitest';
import type { Bug } from './bugs.ts';
import { explore } from './explorer.ts';
import { retrace } from './paths.ts';
import { cancelProtocol } from './protocol.ts';
import { replayPaths, sentencesOf } from './replay-paths.ts';
import { replay } from './replay.ts';

/** The level `model-replay` in `npm run campaign` goes 200 ways; this keeps it working. */
describe('the real code on a path through the model', () => {
  test('stores the same events, makes the same calls and reaches the same state', async () => {
    const parted: string[] = [];
    for await (const { path, difference } of replayPaths(16, 20210222)) {
      if (difference !== null) parted.push(`${difference}\n${sentencesOf(path)}`);
    }
    expect(parted).toEqual([]);
  });

  test.each<[Bug, number, string, number?]>([
    ['call-before-append', 0, '0 requests left, not 1'],
    ['append-at-newest', 1, 'stored'],
    ['refusal-ends-doubt', 1, 'the order is cancelling'],
    ['retry-after-closed', 1, 'it does not come to read'],
    ['send-without-fence', 0, 'it does not come to answer'],
    ['anybody-runs-it', 0, 'it does not come to send'],
    ['pending-too-early', 1, 'stored', 1],
    ['status-for-later-attempts', 0, 'it does not come to append', 0],
  ])('does not go the way of %s', async (bug, faultsMax, where, asks) => {
    const questions = asks === undefined ? {} : { asks };
    const model = cancelProtocol({ workers: 2, attemptsMax: 2, faultsMax, bug, ...questions });
    const { counterexample } = explore(model);
    const difference = await replay(retrace(model, counterexample?.path ?? []));
    expect(difference).toContain(where);
  });
});
