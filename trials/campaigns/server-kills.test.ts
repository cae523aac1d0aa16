import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { idsOf, put, someEvents } from '../../src/testing/store-contract-support.ts';
import type { Told } from './server-kills.ts';
import { judge } from './server-kills.ts';

const stream = 's-1';

let store: EventStore;

beforeEach(() => {
  store = openMemoryStore(systemRuntime());
});

afterEach(() => store.close());

/** Appends one event and three, and gives what their writer was told. */
async function twoBatches(): Promise<[Told, Told]> {
  const batches = [someEvents(1), someEvents(3)] as const;
  for (const batch of batches) await put(store, stream, batch);
  const told = (index: 0 | 1, revision: number): Told => {
    return { stream, ids: idsOf(batches[index]), outcome: 'stored', revision };
  };
  return [told(0, 0), told(1, 3)];
}

async function violationsOf(...told: readonly Told[]): Promise<readonly string[]> {
  return (await judge(store, 's-', told)).violations;
}

describe('the judgement of a server after kills', () => {
  test('accepts what was acknowledged, refused, and stored or not in doubt', async () => {
    const [first, second] = await twoBatches();
    const doubted: Told = { ...second, outcome: 'unknown', revision: null };
    const absent: Told = { stream, ids: ['x', 'y'], outcome: 'unknown', revision: null };
    const refused: Told = { stream, ids: ['z'], outcome: 'nothing', revision: null };

    const judgement = await judge(store, 's-', [first, doubted, absent, refused]);

    expect(judgement).toMatchObject({ violations: [], storedInDoubt: 1 });
    expect(judgement.ids).toEqual([...first.ids, ...second.ids]);
  });

  test('names an acknowledged batch that is gone, in part or elsewhere', async () => {
    const [first, second] = await twoBatches();
    const gone: Told = { ...second, ids: ['x'] };
    const inPart: Told = { ...second, ids: [...second.ids, 'x'] };
    const elsewhere: Told = { ...second, revision: 4 };
    const inAnother: Told = { ...second, stream: 's-2' };

    for (const lost of [gone, inPart, elsewhere, inAnother]) {
      const violations = await violationsOf(first, second, lost);
      expect(violations).toEqual([expect.stringMatching(/^I1 .* lost what was acknowledged/)]);
    }
  });

  test('names a part of a batch, one that was refused, and events of nobody', async () => {
    const [first, second] = await twoBatches();

    const part = await violationsOf(
      first,
      { ...second, outcome: 'unknown', ids: second.ids },
      {
        ...second,
        outcome: 'unknown',
        ids: [...second.ids, 'x'],
      },
    );
    const refused = await violationsOf({ ...first, outcome: 'nothing' }, second);
    const foreign = await violationsOf(first);

    expect(part).toEqual(['I3 s-1 stored a part of a batch']);
    expect(refused).toEqual(['I17 s-1 stored a batch of which nothing was to be stored']);
    expect(foreign).toEqual(['I9 3 events are of nobody']);
  });
});
