import { describe, expect, test } from 'vitest';
import { sentence } from './act.ts';
import type { Bug } from './bugs.ts';
import { explore } from './explorer.ts';
import { cancelProtocol } from './protocol.ts';

const small = { workers: 2, attemptsMax: 1, faultsMax: 1 };

type Room = {
  readonly workers?: number;
  readonly attemptsMax: number;
  readonly faultsMax: number;
  readonly retracts?: boolean;
  readonly asks?: number;
};

const asking = { workers: 1, attemptsMax: 2, faultsMax: 2, asks: 0 };
const alone = { workers: 1, retracts: true };

function shortest(bug: Bug, room: Room) {
  const { counterexample } = explore(cancelProtocol({ ...small, ...room, bug }));
  return {
    broken: counterexample?.violations.map((violation) => violation.split(':')[0]),
    path: counterexample?.path.map(sentence),
  };
}

/** The level `model` in `npm run campaign` has more room; this keeps it working. */
describe('the model of the cancel protocol', () => {
  test('breaks no invariant with two workers, one attempt and one fault', () => {
    const { complete, counterexample, states } = explore(cancelProtocol({ ...small, bug: null }));
    expect(counterexample).toBeNull();
    expect(complete).toBe(true);
    expect(states).toBeGreaterThan(5_000);
  });

  test.each<[Bug, string, number, Room]>([
    ['call-before-append', 'I4', 1, { attemptsMax: 1, faultsMax: 0 }],
    ['new-id-on-retry', 'I17', 3, { attemptsMax: 1, faultsMax: 1 }],
    ['append-at-newest', 'I3', 3, { attemptsMax: 1, faultsMax: 1 }],
    ['timeout-as-refusal', 'I8', 6, { attemptsMax: 1, faultsMax: 1 }],
    ['refusal-ends-doubt', 'I8', 15, { attemptsMax: 2, faultsMax: 1 }],
    ['retry-after-closed', 'I2', 11, { attemptsMax: 2, faultsMax: 1 }],
    ['send-without-fence', 'I4', 7, { attemptsMax: 1, faultsMax: 0 }],
    ['anybody-runs-it', 'I6', 5, { attemptsMax: 1, faultsMax: 0 }],
    ['retraction-forgets-doubt', 'I8', 19, { ...alone, attemptsMax: 2, faultsMax: 1 }],
    ['pending-too-early', 'I19', 10, { ...asking, faultsMax: 1, asks: 1 }],
    ['refusal-believes-pending', 'I8', 20, asking],
    ['asks-without-end', 'I13', 17, asking],
    ['status-for-later-attempts', 'I19', 21, { ...asking, workers: 2, faultsMax: 0 }],
    ['unknown-as-pending', 'I8', 25, asking],
  ])('shows the shortest way in which %s breaks %s', (bug, invariant, steps, room) => {
    const { broken, path } = shortest(bug, room);
    expect(broken).toContain(invariant);
    expect(path).toHaveLength(steps);
  });

  test('describes a path in numbered sentences', () => {
    expect(shortest('timeout-as-refusal', { attemptsMax: 1, faultsMax: 1 }).path).toEqual([
      'A reads the stream and decides: CancelRequested',
      'A appends: stored',
      'A sends attempt 1',
      'A takes attempt 1 for refused',
      'A reads the stream and decides: CancelRefused of attempt 1 (answer-lost)',
      'A appends: stored',
    ]);
  });
});
