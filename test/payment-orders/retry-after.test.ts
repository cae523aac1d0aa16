import { describe, expect, test } from 'vitest';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { asked, told } from './asked.ts';
import { expectTruthful, order, orderNo, world } from './world.ts';

const [second, hour] = [1_000, 3_600_000];
const busy = (retryAfterMs: unknown): CancelOutcome =>
  // A port in JavaScript may give anything.
  ({ kind: 'not-executed', rule: 'http-429', retryAfterMs: retryAfterMs as number });
const confirmed: CancelOutcome = { kind: 'confirmed', rule: 'confirmed' };

/** A cancel whose first attempt gets this answer, and whose next one is confirmed. */
async function cancelled(first: CancelOutcome) {
  const opened = await world((call) => Promise.resolve(call === 1 ? first : confirmed));
  await opened.orders.create(order);
  await opened.orders.startRecovery();
  await opened.orders.cancel(orderNo);
  return opened;
}

describe('a platform that asks to be left alone', () => {
  test('is called again no earlier than it asked, and then is', async () => {
    const { runtime, gateway, store, orders, errors } = await cancelled(busy(120 * second));

    await runtime.advance(119 * second);
    expect(gateway.calls).toHaveLength(1);
    await runtime.advance(2 * second);
    expect(gateway.calls).toHaveLength(2);

    expect((await orders.get(orderNo))?.state).toBe('cancelled');
    expect(errors).toEqual([]);
    await expectTruthful(store, gateway.calls);
  });

  test('is called again within an hour, however long it asked for', async () => {
    const { runtime, gateway } = await cancelled(busy(24 * hour));

    await runtime.advance(hour - second);
    expect(gateway.calls).toHaveLength(1);
    await runtime.advance(2 * second);
    expect(gateway.calls).toHaveLength(2);
  });

  test.each([[-1], [NaN], ['120'], [24 * hour + 1], [{}]])(
    'is called again as always, and nothing is reported, where it asked for %s',
    async (retryAfterMs) => {
      const { runtime, gateway, errors } = await cancelled(busy(retryAfterMs));

      await runtime.advance(2 * second);

      expect(gateway.calls).toHaveLength(2);
      expect(errors).toEqual([]);
    },
  );

  test('leaves no wish in the history, but the wait that it made', async () => {
    const { orders } = await cancelled(busy(120 * second));

    const data = (await orders.history(orderNo)).at(-1)?.data;

    expect(data).toEqual({ attempt: 1, rule: 'http-429', retryInMs: 120 * second });
  });

  test('is asked again no earlier than it asked, in doubt too', async () => {
    const answers = [told('unknown', { retryAfterMs: 600 * second }), told('canceled')];
    const { runtime, orders, gateway, state, errors } = await asked(
      ['outcome-unknown'],
      (question) => Promise.resolve(answers[question - 1] ?? told('canceled')),
    );
    await orders.startRecovery();
    await orders.cancel(orderNo);

    await runtime.advance(600 * second);
    expect(gateway.questions).toHaveLength(1);
    await runtime.advance(10 * second);
    expect(gateway.questions).toHaveLength(2);

    expect(await state()).toBe('cancelled');
    expect(errors).toEqual([]);
  });
});
