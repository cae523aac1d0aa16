import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { verifyHistories } from '../../src/verify-histories.ts';
import {
  alteredCharacter,
  alteredFields,
  alteredParts,
  rechained,
  renumbered,
} from './alterations.ts';
import { at, faultsOf, foldDigests, goldenNames, readGolden } from './golden.ts';

const names = goldenNames();
/** The level `golden-altered` of `npm run campaign` tries every field; these tests one in a dozen. */
const stride = 12;

describe('a golden history', () => {
  test('folds alike in a fresh process under another time zone and language', () => {
    const file = join(import.meta.dirname, 'fold-golden.ts');
    const digests = [
      { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
      { TZ: 'America/St_Johns', LANG: 'C', LC_ALL: 'C' },
    ].map((env) => {
      const { stdout } = spawnSync(process.execPath, [file], { env, encoding: 'utf8' });
      return stdout.trimEnd().split('\n');
    });
    expect(digests).toEqual([foldDigests(), foldDigests()]);
  });
});

describe('the change gate', () => {
  const checked = async (events: readonly RecordedEvent[]) => {
    const { ok, histories } = await verifyHistories(paymentOrderMachine, [events]);
    const [check] = histories;
    return { ...check, ok };
  };

  test.each(names)('passes golden %s, compared to its end', async (name) => {
    expect(await checked(readGolden(name).events)).toMatchObject({
      ...{ ok: true, divergence: null, fault: null, comparedUntil: null },
    });
  });

  test.each(names)('stops golden %s where it was altered', async (name) => {
    const { events } = readGolden(name);
    for (const [revision, event] of events.entries()) {
      const metadata = { ...event.metadata, to: 'cancelling.settling' };
      const elsewhere = await checked(events.with(revision, { ...event, metadata }));
      expect(elsewhere, 'led elsewhere').toMatchObject({
        ...{ ok: false, divergence: { revision, cause: 'other-target' } },
      });
      if (revision === events.length - 1) continue;
      const gap = await checked(events.toSpliced(revision, 1));
      expect(gap, 'removed').toMatchObject({ ok: false, fault: { code: 'not-contiguous' } });
      if (revision === 0) continue;
      const { from } = event.metadata;
      if (from === 'cancelling.backingOff' || from === 'cancelling.inDoubt') continue;
      const early = {
        ...{ ...event, type: 'CancelRetryDue', data: {} },
        metadata: { ...event.metadata, schemaVersion: 1 },
      };
      expect(await checked(events.with(revision, early)), 'not yet due').toMatchObject({
        ...{ ok: false, divergence: { revision, cause: 'transition-gone' } },
      });
    }
  });
});

describe('verifying an altered history', () => {
  test('finds any single character changed in data, metadata, id, type or stream', async () => {
    const { orderNo, events, witness } = readGolden('payment');
    const property = fc.asyncProperty(
      fc.nat(events.length - 1),
      fc.constantFrom(...alteredParts),
      fc.nat(),
      fc.constantFrom('0', 'a', 'Z', '9'),
      async (revision, part, place, character) => {
        const altered = alteredCharacter(at(events, revision), part, place, character);
        if (altered === null) return;
        const faults = await faultsOf(orderNo, events.with(revision, altered), witness);
        expect(faults, `${part} of revision ${revision}`).not.toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });

  test.each(names)('names the revision of a changed field in %s', async (name) => {
    const { orderNo, events } = readGolden(name);
    for (const [revision, event] of events.entries()) {
      const altered = alteredFields(event);
      expect(altered.length).toBeGreaterThanOrEqual(20);
      for (const { field, event: changed } of altered.filter((_, index) => index % stride === 0)) {
        const faults = await faultsOf(orderNo, [...events.slice(0, revision), changed]);
        const revisions = faults.map((fault) => fault.revision);
        expect(revisions, `${field} of ${revision}`).toContain(revision);
      }
    }
  });

  test.each(names)(
    'names the place of a missing event, or of two swapped ones, in %s',
    async (name) => {
      const { orderNo, events } = readGolden(name);
      for (let revision = 0; revision < events.length - 1; revision += 1) {
        const gap = await faultsOf(orderNo, events.toSpliced(revision, 1));
        expect(gap).toContainEqual({ revision, code: 'not-contiguous' });
        const closed = await faultsOf(orderNo, renumbered(events.toSpliced(revision, 1)));
        expect(closed[0]?.revision, 'removed').toBe(revision);
        const pair = [at(events, revision + 1), at(events, revision)];
        const swapped = await faultsOf(orderNo, renumbered(events.toSpliced(revision, 2, ...pair)));
        expect(swapped[0]?.revision, 'swapped').toBe(revision);
        const twice = renumbered(events.toSpliced(revision, 0, at(events, revision)));
        expect((await faultsOf(orderNo, twice))[0]?.revision, 'inserted').toBe(revision + 1);
      }
    },
  );

  test.each(names)(
    'needs the witness for %s cut short, or with its chain recomputed',
    async (name) => {
      const { orderNo, events, witness } = readGolden(name);
      const cut = events.slice(0, -1);
      expect(await faultsOf(orderNo, cut)).toEqual([]);
      expect(await faultsOf(orderNo, cut, witness)).toEqual([
        { revision: null, code: 'tail-lost' },
      ]);
      const edited = events.map((event, revision) =>
        revision === 0 ? { ...event, data: { ...event.data, processBillNo: 'F2' } } : event,
      );
      expect(await faultsOf(orderNo, rechained(edited))).toEqual([]);
      expect(await faultsOf(orderNo, rechained(edited), witness)).toEqual([
        { revision: events.length - 1, code: 'witness-differs' },
      ]);
    },
  );

  test('names the place where a renamed or merged history stops being one history', async () => {
    const { orderNo, events } = readGolden('payment');
    const renamed = events.map((event) => ({ ...event, stream: 'paymentOrder-Golden-2' }));
    expect(await faultsOf('Golden-2', renamed)).toContainEqual({
      ...{ revision: 0, code: 'illegal-history' },
    });
    const foreign = readGolden('facts').events;
    const merged = renumbered([...events.slice(0, 4), ...foreign.slice(2, 4)]);
    expect(await faultsOf(orderNo, merged)).toContainEqual({ revision: 4, code: 'chain-broken' });
    const stream = `paymentOrder-${orderNo}`;
    const adopted = merged.map((event) => ({ ...event, stream }));
    expect(await faultsOf(orderNo, adopted)).toContainEqual({ revision: 4, code: 'link-altered' });
  });

  test('guesses nothing about a foreign type or a schema version from the future', async () => {
    const { orderNo, events } = readGolden('operators');
    for (const [revision, event] of events.entries()) {
      const foreign = events.with(revision, { ...event, type: 'SomethingElse' });
      expect(await faultsOf(orderNo, foreign)).toContainEqual({
        ...{ revision, code: 'unknown-event-type' },
      });
      const metadata = { ...event.metadata, schemaVersion: 1_000 };
      const future = events.with(revision, { ...event, metadata });
      expect(await faultsOf(orderNo, future)).toContainEqual({
        ...{ revision, code: 'unknown-schema-version' },
      });
    }
  });
});
