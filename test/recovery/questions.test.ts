import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followedOpen } from '../../src/recovery/followed.ts';
import { created, day, hour, late, minute, platform } from './open-orders.ts';

const askAfterMs = 10 * minute;

describe('an order that stays open', () => {
  test('is asked about when its time has come, not before, and never once it is closed', async () => {
    const plans = fc.array(
      fc.record({
        atMs: fc.integer({ min: 0, max: hour }),
        ends: fc.constantFrom('never', 'paid', 'closed', 'failed', 'cancelled'),
        afterMs: fc.integer({ min: 0, max: 2 * askAfterMs }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    const property = fc.asyncProperty(plans, fc.boolean(), async (orders, isStartedFirst) => {
      const { runtime, open, timesOf, errors } = platform();
      await using service = await open();
      await using worker = await open();
      if (isStartedFirst) await worker.startRecovery({ askAfterMs });
      const steps = orders
        .flatMap(({ atMs, ends, afterMs }, index) => [
          { atMs, index, ends: null },
          { atMs: atMs + afterMs, index, ends },
        ])
        .toSorted((one, other) => one.atMs - other.atMs || Number(one.ends !== null) - 1);
      const endedAtMs = new Map<string, number>();
      for (const { atMs, index, ends } of steps) {
        await runtime.advance(Math.max(0, atMs - runtime.monotonicMs()));
        const orderNo = `O${index}`;
        if (ends === null) await created(service, orderNo);
        if (ends === 'paid') await service.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
        if (ends === 'closed') await service.recordClosedAtGateway(orderNo);
        if (ends === 'failed') await service.recordPaymentFailed(orderNo);
        if (ends === 'cancelled') await service.cancel(orderNo);
        if (ends !== null && ends !== 'never') endedAtMs.set(orderNo, runtime.monotonicMs());
      }
      if (!isStartedFirst) await worker.startRecovery({ askAfterMs });
      const startedMs = isStartedFirst ? 0 : runtime.monotonicMs();
      await runtime.advance(askAfterMs + late);

      for (const [index, { atMs }] of orders.entries()) {
        const orderNo = `O${index}`;
        const [first] = timesOf(orderNo);
        const endedMs = endedAtMs.get(orderNo) ?? Infinity;
        const dueMs = Math.max(atMs + askAfterMs, startedMs);
        if (first !== undefined) expect(first).toBeGreaterThanOrEqual(dueMs);
        if (endedMs > dueMs + late) expect(first).toBeLessThanOrEqual(dueMs + late);
        for (const askedMs of timesOf(orderNo)) expect(askedMs).toBeLessThanOrEqual(endedMs);
      }
      expect(errors).toEqual([]);
    });
    await fc.assert(property, { numRuns: 30 });
  });

  test('is asked about half as often after each answer that settles nothing, and daily at last', async () => {
    const { runtime, open, timesOf } = platform((_orderNo, atMs) =>
      atMs % 2 === 0 ? 'pending' : 'unknown',
    );
    await using orders = await open();
    await created(orders, 'O1');
    await orders.startRecovery({ askAfterMs });

    await runtime.advance(10 * day);

    const times = [0, ...timesOf('O1')];
    const waits = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    const expected = waits.map((_wait, index) => Math.min(askAfterMs * 2 ** index, day));
    expect(waits.length).toBeGreaterThan(12);
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(expected[index] ?? Infinity);
      expect(wait).toBeLessThanOrEqual((expected[index] ?? 0) + late);
    }
    const { length } = await orders.history('O1');
    expect(length).toBe(1 + waits.length);
  });

  test('is never asked about again once an answer settled it', async () => {
    const { runtime, open, timesOf } = platform((orderNo, atMs) => {
      if (atMs < hour) return 'pending';
      return orderNo === 'O1' ? 'succeeded' : orderNo === 'O2' ? 'canceled' : 'failed';
    });
    await using orders = await open();
    for (const orderNo of ['O1', 'O2', 'O3']) await created(orders, orderNo);
    await orders.startRecovery({ askAfterMs });
    await runtime.advance(3 * hour);
    const asked = ['O1', 'O2', 'O3'].map((orderNo) => timesOf(orderNo).length);

    await runtime.advance(30 * day);

    expect(asked).toEqual([3, 3, 3]);
    expect(['O1', 'O2', 'O3'].map((orderNo) => timesOf(orderNo).length)).toEqual(asked);
    const states = ['O1', 'O2', 'O3'].map(async (orderNo) => (await orders.get(orderNo))?.state);
    expect(await Promise.all(states)).toEqual(['paid', 'cancelled', 'failed']);
    expect((await orders.history('O1')).at(-1)).toMatchObject({
      ...{ type: 'StatusReported', data: { status: 'succeeded', conclusive: true } },
      metadata: { source: 'query', actor: { kind: 'timer', id: 'recovery' } },
    });
    expect(runtime.pendingTimers()).toBe(0);
  });

  test('waits again after whatever else happens to it', async () => {
    const { runtime, open, timesOf } = platform();
    await using orders = await open();
    await created(orders, 'O1');
    await orders.startRecovery({ askAfterMs });
    await runtime.advance(9 * minute);
    await orders.startPayment('O1');
    await runtime.advance(9 * minute);
    await orders.recordPaymentDeclined('O1', { code: 'insufficient' });

    await runtime.advance(askAfterMs + late);
    const [first] = timesOf('O1');
    await runtime.advance(15 * minute);
    await orders.recordPaymentDeclined('O1', { code: 'again' });
    await runtime.advance(hour);
    const second = timesOf('O1')[1];

    expect(first).toBeGreaterThanOrEqual(28 * minute);
    // The first of a new row of questions comes after the first wait again.
    const declinedMs = 18 * minute + askAfterMs + late + 15 * minute;
    expect(second).toBeGreaterThanOrEqual(declinedMs + askAfterMs);
    expect(second).toBeLessThanOrEqual(declinedMs + 2 * askAfterMs + late);
  });

  test('is left alone for a day where the platform may not be asked', async () => {
    const { runtime, open, timesOf } = platform(() => 'unavailable');
    await using orders = await open();
    await created(orders, 'O1');
    await orders.startRecovery({ askAfterMs });

    await runtime.advance(3 * day);

    const times = timesOf('O1');
    expect(times).toHaveLength(3);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(day);
  });

  test('is asked about where a clock far ahead recorded it', async () => {
    const { runtime, open, timesOf } = platform();
    await using orders = await open();
    runtime.setNow(runtime.now() + 365 * day);
    await created(orders, 'O1');
    runtime.setNow(runtime.now() - 365 * day);
    await orders.startRecovery({ askAfterMs });

    await runtime.advance(askAfterMs + late);
    expect(timesOf('O1')).toHaveLength(1);

    await runtime.advance(hour);
    expect(timesOf('O1').length).toBeLessThanOrEqual(3);
  });

  test('is asked about by nobody where nobody wants it', async () => {
    const { runtime, open, questions, memory } = platform();
    await using orders = await open();
    await created(orders, 'O1');
    await orders.startRecovery();

    await runtime.advance(3 * day);

    expect(questions).toEqual([]);
    expect(runtime.pendingTimers()).toBe(0);
    expect(await memory.readLast(followedOpen.checkpoints)).toBeNull();
  });
});
