import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderNoOf } from '../../../src/history/event.ts';
import { heldMsMax } from '../../../src/runtime.ts';
import { compareLeaves } from '../../../src/tlog/compare/compare.ts';
import type { LogFault } from '../../../src/tlog/types.ts';
import type { Row } from './log-of-leaves.ts';
import { compared, databaseOf, leavesOf, logOf } from './log-of-leaves.ts';
import { later, logs, names, tampered, tampering } from './tamperings.ts';

const runs = { numRuns: Number(process.env['RUNS'] ?? 500) };
function hashesOf(rows: readonly Row[], name: string): readonly string[] {
  return rows
    .filter(({ stream }) => orderNoOf(stream) === name)
    .map(({ hash }) => hash.toString('hex'));
}

/** Whether all that the checkpoint covers of an order stands there as it was. */
function isAsItWas(old: readonly Row[], now: readonly Row[], name: string): boolean {
  const hashes = hashesOf(now, name);
  return hashesOf(old, name).every((hash, index) => hashes[index] === hash);
}

/** Whether nothing was done to an order, but what its owner did. */
function hasOnlyGrown(honest: readonly Row[], now: readonly Row[], name: string): boolean {
  const hashes = hashesOf(honest, name);
  return hashesOf(now, name).every((hash, index) => hashes[index] === hash);
}

const keyOf = ({ hash }: Row) => hash.toString('hex');

/**
 * What an order is part of without being touched itself: that others of the checkpoint stand before
 * or after it that did not, or after what came later.
 */
function mayBeSaidOf(old: readonly Row[], now: readonly Row[], name: string): readonly string[] {
  const [then, today] = [old.map(keyOf), now.map(keyOf)];
  const isOurs = ({ stream }: Row) => orderNoOf(stream) === name;
  const both = old.filter((row) => today.includes(keyOf(row)));
  const isInverted = both.filter(isOurs).some((one) =>
    both.some((two) => {
      const before = then.indexOf(keyOf(one)) < then.indexOf(keyOf(two));
      return (
        keyOf(one) !== keyOf(two) &&
        before !== today.indexOf(keyOf(one)) < today.indexOf(keyOf(two))
      );
    }),
  );
  const ids = new Set(old.map(({ id }) => id));
  const last = now.findLastIndex(({ id }) => ids.has(id));
  const isOvertaken = now.slice(0, last).some((row) => isOurs(row) && !ids.has(row.id));
  return [...(isInverted ? ['event-moved'] : []), ...(isOvertaken ? ['event-inserted'] : [])];
}

/** Whether something new stands in an order after all that it had, and before untouched events. */
function isInserted(old: readonly Row[], now: readonly Row[], name: string): boolean {
  if (!isAsItWas(old, now, name)) return false;
  const then = old.map(keyOf);
  const kept = now.map(keyOf).filter((key) => then.includes(key));
  const places = kept.map((key) => then.indexOf(key));
  if (places.some((place, index) => place < (places[index - 1] ?? 0))) return false;
  const last = now.findLastIndex((row) => then.includes(keyOf(row)));
  const count = hashesOf(old, name).length;
  const ids = new Set(old.map(({ id }) => id));
  return now
    .slice(0, Math.max(0, last))
    .some(
      ({ stream, revision, id }) => orderNoOf(stream) === name && revision >= count && !ids.has(id),
    );
}

/** The orders that a fault names. */
function namedBy({ orderNo, message }: LogFault): readonly string[] {
  const others = [...message.matchAll(/order ([A-Z]2*)\b/g)].map(([, name]) => name ?? '');
  return orderNo === null ? others : [orderNo, ...others];
}

function firstDiffers(old: readonly Row[], now: readonly Row[]): boolean {
  return old.some(({ hash }, index) => now[index]?.hash.equals(hash) !== true);
}

describe('compareLeaves', () => {
  test('names nothing where the log only grew', async () => {
    await fc.assert(
      fc.asyncProperty(logs, later, fc.nat(24), async (log, more, size) => {
        const old = leavesOf(log);

        const given = await compared(old, leavesOf([...log, ...more]), Math.min(size, old.length));

        expect(given).toStrictEqual({ faults: [], further: 0 });
      }),
      runs,
    );
  });

  test('names every order that was touched, and nothing that was not', async () => {
    await fc.assert(
      fc.asyncProperty(
        logs,
        later,
        fc.array(tampering, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (log, more, tamperings, isTamperedBefore) => {
          const old = leavesOf(log);
          const all = isTamperedBefore ? log : [...log, ...more];
          const altered = tamperings.reduce((events, what) => tampered(events, what), all);
          const now = leavesOf(isTamperedBefore ? [...altered, ...more] : altered);

          const { faults } = await compared(old, now);

          expect(faults.length > 0).toBe(firstDiffers(old, now));
          const honest = leavesOf([...log, ...more]);
          for (const name of [...names, ...names.map((each) => `${each}2`), 'F', 'X', 'Y']) {
            const codes = faults
              .filter((fault) => namedBy(fault).includes(name))
              .map(({ code }) => code);
            if (!isAsItWas(old, now, name)) expect(codes).not.toStrictEqual([]);
            else if (hasOnlyGrown(honest, now, name)) {
              expect(mayBeSaidOf(old, now, name)).toStrictEqual(expect.arrayContaining(codes));
            }
            if (isInserted(old, now, name)) expect(codes).toContain('event-inserted');
          }
        },
      ),
      runs,
    );
  });

  test('goes by the hashes alone where names and ids that were kept are wrong', async () => {
    const wrong = fc.record({
      at: fc.nat(23),
      stream: fc.constantFrom('paymentOrder-A', 'paymentOrder-Q'),
      revision: fc.nat(2),
      id: fc.constantFrom('A0', 'B1', 'twice'),
    });
    await fc.assert(
      fc.asyncProperty(
        logs,
        fc.array(wrong, { minLength: 1, maxLength: 4 }),
        fc.option(tampering, { nil: null }),
        async (log, wrongs, what) => {
          const old = leavesOf(log);
          const kept = wrongs.reduce<readonly Row[]>((rows, { at, ...others }) => {
            const place = at % rows.length;
            return rows.map((row, index) => (index === place ? { ...row, ...others } : row));
          }, old);
          const now = leavesOf(what === null ? log : tampered(log, what));

          const { faults } = await compared(kept, now);

          expect(faults.length > 0).toBe(firstDiffers(old, now));
        },
      ),
      runs,
    );
  });

  test('gives the first 1,000 faults in the order of the log, and counts the others', async () => {
    const orders = Array.from({ length: 2_500 }, (_, index) => `N${(index * 7919) % 2_500}`);
    const old = orders.map((name) => ({ order: name, id: name, text: 'as it was' }));

    const { faults, further } = await compared(
      leavesOf(old),
      leavesOf(old.map((event) => ({ ...event, text: 'other' }))),
    );

    expect(faults.map(({ orderNo }) => orderNo)).toStrictEqual(orders.slice(0, 1_000));
    expect(further).toBe(1_500);
  });

  test('lets the event loop turn, and leaves nothing in the database', async () => {
    const names9 = Array.from({ length: 6_000 }, (_, index) => `N${index % 9}`);
    const old = logOf(names9.join(' '));
    const database = databaseOf(leavesOf(old), leavesOf(old.toReversed()));
    let ms = 0;
    let turns = 0;
    const count = (): void => {
      turns += 1;
      next = setImmediate(count);
    };
    let next = setImmediate(count);

    await compareLeaves(database, old.length, { monotonicMs: () => (ms += heldMsMax) });

    clearImmediate(next);
    expect(turns).toBeGreaterThan(20);
    expect(database.prepare('SELECT name FROM temp.sqlite_schema').all()).toStrictEqual([]);
    database.close();
  });
});
