import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCheckpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import { signatureIn } from '../../../src/tlog/c2sp/cosignature.ts';
import { Witness } from '../../../src/tlog/witness/witness.ts';
import { WitnessState } from '../../../src/tlog/witness/state.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { scratchPath } from '../../event-store/scratch.ts';
import type { Leaves } from './world.ts';
import { bodyOf, logKey, noteOfLeaves, witnessKey } from './world.ts';

/** What an owner of the log does who may lie, and who asks one of two processes of the witness. */
type Step = {
  /** Which of the histories it shows; each begins as another one did. */
  readonly history: number;
  readonly act: 'grow' | 'fork' | 'cut' | 'show' | 'replay' | 'spoil';
  readonly by: number;
  /** What it says the old size is: as it was told, or another. */
  readonly old: 'as-told' | number;
  readonly process: 0 | 1;
  /** Asked in the same moment as the step before, at the other process. */
  readonly atOnce: boolean;
};

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    history: fc.nat(3),
    act: fc.constantFrom('grow', 'grow', 'fork', 'cut', 'show', 'replay', 'spoil'),
    by: fc.integer({ min: 1, max: 9 }),
    old: fc.oneof(
      { weight: 4, arbitrary: fc.constant('as-told' as const) },
      { weight: 1, arbitrary: fc.nat(12) },
    ),
    process: fc.constantFrom(0, 1),
    atOnce: fc.boolean(),
  }),
  { minLength: 1, maxLength: 24 },
);

/** All that a lying owner can show. */
class Owner {
  readonly histories: Leaves[] = [[], [], [], []];
  readonly bodies: { readonly body: string; readonly leaves: Leaves }[] = [];
  told = 0;
  #count = 0;

  /** The body of the step, and the leaves that its checkpoint was made of. */
  act({ history, act, by, old }: Step): { body: string; leaves: Leaves } {
    const replayed = this.bodies[by % Math.max(1, this.bodies.length)];
    if (act === 'replay' && replayed !== undefined) return replayed;
    const before = this.histories[history] ?? [];
    const leaves = this.#next(act, before, by);
    this.histories[history] = leaves;
    const oldSize = Math.min(old === 'as-told' ? this.told : old, leaves.length);
    const whole = bodyOf(oldSize, leaves);
    const body = act === 'spoil' ? spoiled(whole, by) : whole;
    this.bodies.push({ body, leaves });
    return { body, leaves };
  }

  #next(act: Step['act'], before: Leaves, by: number): Leaves {
    const fresh = Array.from({ length: by }, () => `leaf ${(this.#count += 1)}`);
    if (act === 'grow') return [...before, ...fresh];
    if (act === 'cut') return before.slice(0, -by);
    // As another history is, but for what comes after its beginning.
    if (act === 'fork') return [...(this.histories[by % 4] ?? []).slice(0, by), ...fresh];
    return before;
  }
}

/** One character is another. */
function spoiled(body: string, by: number): string {
  const at = (by * 37) % body.length;
  return body.slice(0, at) + (body[at] === 'A' ? 'B' : 'A') + body.slice(at + 1);
}

function isBeginningOf(one: Leaves, other: Leaves): boolean {
  return one.every((leaf, index) => leaf === other[index]);
}

async function cosignedBy(run: readonly Step[]): Promise<readonly Leaves[]> {
  const { path, remove } = scratchPath();
  const runtime = simulatedRuntime();
  const states = await Promise.all([0, 1].map(() => WitnessState.open(path, runtime)));
  const witnesses = states.map(
    (state) =>
      new Witness({
        ...{ key: witnessKey.key, logs: [logKey.key], state, runtime },
        onError: (error) => {
          throw error;
        },
      }),
  );
  const owner = new Owner();
  const cosigned: Leaves[] = [];
  const ask = async (step: Step): Promise<void> => {
    const { body, leaves } = owner.act(step);
    const answer = await witnesses[step.process]?.addCheckpoint(Buffer.from(body));
    if (answer?.status === 409) owner.told = Number(answer.body);
    if (answer?.status !== 200) return;
    // What was cosigned is what its note says, whatever the owner meant.
    const note = `${noteOfLeaves(leaves)}${answer.body}`;
    expect(signatureIn(parseCheckpoint(note).note, witnessKey.key).kind).toBe('valid');
    owner.told = leaves.length;
    cosigned.push(leaves);
  };
  try {
    let before = Promise.resolve();
    for (const step of run) {
      if (!step.atOnce) await before;
      before = Promise.all([before, ask(step)]).then(() => undefined);
    }
    await before;
  } finally {
    for (const state of states) state.close();
    remove();
  }
  return cosigned;
}

describe('a witness of an owner who may lie', () => {
  test('never cosigns two checkpoints of which neither continues the other', async () => {
    let most = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (run) => {
        const cosigned = await cosignedBy(run);
        most = Math.max(most, cosigned.length);
        const inOrder = cosigned.toSorted((one, other) => one.length - other.length);
        inOrder.slice(1).forEach((leaves, index) => {
          expect(isBeginningOf(inOrder[index] ?? [], leaves)).toBe(true);
        });
        // Nor does it go back, whichever process answers.
        expect(cosigned.map(({ length }) => length)).toEqual(inOrder.map(({ length }) => length));
      }),
      { numRuns: 60 },
    );
    // The property says something: many runs go far.
    expect(most).toBeGreaterThan(5);
  });
});
