import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { readPastDamage } from '../../src/history/read-past-damage.ts';
import { withWays } from '../event-store/with-ways.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { at, readGolden } from './golden.ts';

const { events } = readGolden('CancelResolved-open');
const { stream } = at(events, 0);

/** A store that gives these events and throws where an error stands. */
const storeOf = (rows: readonly (RecordedEvent | Error)[]): EventStore =>
  withWays(openMemoryStore(simulatedRuntime()), {
    async *read(_, fromRevision = 0) {
      await Promise.resolve();
      for (const row of rows.slice(fromRevision)) {
        if (row instanceof Error) throw row;
        yield row;
      }
    },
  });

const readingsOf = async (rows: readonly (RecordedEvent | Error)[]) => {
  const readings: (number | string)[] = [];
  await readPastDamage(storeOf(rows), stream, {
    see: ({ revision }) => readings.push(revision),
    unreadable: ({ code }) => readings.push(code),
  });
  return readings;
};

const damage = (code: 'store-corrupt' | 'not-contiguous' | 'invalid-event', details: object) =>
  new PaymentOrderError(code, 'it cannot be read', details);

describe('reading past damage', () => {
  test('gives every event once, oldest first', async () => {
    expect(await readingsOf(events)).toEqual([0, 1, 2, 3, 4]);
    expect(await readingsOf([])).toEqual([]);
  });

  test.each(['store-corrupt', 'invalid-event'] as const)(
    'goes on after an event that is %s',
    async (code) => {
      expect(
        await readingsOf(events.toSpliced(1, 1, damage(code, { revision: 1 }) as never)),
      ).toEqual([...[0, code, 2, 3, 4]]);
    },
  );

  test('goes on at the revision that the store names', async () => {
    const gap = damage('not-contiguous', { revision: 1, found: 3 });
    expect(await readingsOf(events.toSpliced(1, 1, gap as never))).toEqual([0, gap.code, 3, 4]);
  });

  test('ends where the store does not name the event, or names one that was read', async () => {
    expect(await readingsOf(events.toSpliced(1, 1, damage('store-corrupt', {}) as never))).toEqual([
      ...[0, 'store-corrupt'],
    ]);
    for (const details of [{ revision: 0 }, { revision: 1, found: 1 }, { revision: 1, found: 0 }]) {
      const again = damage('not-contiguous', details);
      expect(await readingsOf(events.toSpliced(1, 1, again as never))).toEqual([0, again.code]);
    }
  });

  test.each([
    ['an error of the store', new PaymentOrderError('store-unavailable', 'away', { revision: 1 })],
    ['a fault of the code', new TypeError('no')],
  ])('throws %s, because nothing is known of the rest', async (_, error) => {
    await expect(readingsOf([at(events, 0), error])).rejects.toBe(error);
  });
});
