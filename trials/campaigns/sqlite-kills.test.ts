import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventStore, PreparedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { systemRuntime } from '../../src/runtime.ts';
import type { Journal } from './sqlite-kills.ts';
import { judge } from './sqlite-kills.ts';

let store: EventStore;

beforeEach(() => {
  store = openMemoryStore(systemRuntime());
});

afterEach(async () => {
  await store.close();
});

describe('the judgement of a file after kills', () => {
  test('accepts that two children in turn died before they stored anything', async () => {
    const journal = journalOf([batch(1, 'no-stream'), batch(2, 'no-stream')]);

    const judgement = await judge(store, journal);

    expect(judgement).toEqual({ violations: [], durableUnacknowledged: 0, notStored: 2 });
    expect(journal.get('child-a')).toHaveLength(1);
  });

  test('accepts that a later child stored its batch where an earlier one died', async () => {
    const stored = batch(2, 'no-stream');
    await store.append('child-a', stored.intent.events, 'no-stream');
    const journal = journalOf([batch(1, 'no-stream'), stored, batch(3, 0)]);

    const judgement = await judge(store, journal);

    expect(judgement).toEqual({ violations: [], durableUnacknowledged: 1, notStored: 2 });
  });

  test('names a batch that was acknowledged and is not there', async () => {
    const journal = journalOf([{ ...batch(1, 'no-stream'), acknowledged: 0 }]);

    const judgement = await judge(store, journal);

    expect(judgement.violations).toContain('I1 child-a lost revision 0');
  });
});

function batch(number: number, expected: 'no-stream' | number) {
  const event: PreparedEvent = {
    id: `00000000-0000-4000-8000-00000000000${number}`,
    type: 'Appended',
    data: { number },
    metadata: {},
  };
  const acknowledged: number | null = null;
  return { intent: { stream: 'child-a', expected, events: [event] }, acknowledged };
}

function journalOf(batches: NonNullable<ReturnType<Journal['get']>>): Journal {
  return new Map([['child-a', batches]]);
}
