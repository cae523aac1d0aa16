import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { order, orderNo, reason } from '../payment-orders/world.ts';
import type { Operator } from './acting.ts';
import { consoleWorld, eventsShown, formIn, operator, textOf } from './acting.ts';

const by = 'other';
const evidence = 'line 12 of the bill';
const money = { amountMinor: 12_800, currency: 'CNY' };
const payment = { transactionNo: 'T1', amount: '128.00', currency: 'CNY' };

const form = (path: string) => `/orders/${orderNo}/act/${path}`;

/** What may happen to an order before its operator comes. */
const happenings: readonly ((orders: PaymentOrders) => Promise<unknown>)[] = [
  (orders) => orders.startPayment(orderNo),
  (orders) => orders.cancel(orderNo, { reason }),
  (orders) => orders.cancel(orderNo, { reason }),
  (orders) => orders.retryCancel(orderNo),
  (orders) => orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1', ...money }),
  (orders) => orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T2', ...money }),
  (orders) => orders.recordPaymentFailed(orderNo, { factId: 'f-1' }),
  (orders) => orders.recordClosedAtGateway(orderNo),
  (orders) => orders.resolveCancel(orderNo, { resolution: 'open', evidence, by }),
];

const choices = [
  ...['retry', 'abandon', 'resolve?as=cancelled', 'resolve?as=paid', 'resolve?as=failed'],
  ...['resolve?as=open', 'acknowledge?number=1', 'acknowledge?number=2'],
  ...['retract?revision=1', 'retract?revision=2', 'retract?revision=3'],
];

const written: Readonly<Record<string, string>> = { note: 'seen', evidence, ...payment };

/** Fills in what the form asks for, and confirms until it is recorded. */
async function settle({ get, send }: Pick<Operator, 'get' | 'send'>, path: string) {
  let shown = await get(form(path));
  if (!shown.html.includes('method="post"')) return { shown, answer: null };
  const names = [...shown.html.matchAll(/<(?:textarea|input)\s+id="field-([A-Za-z]+)"/g)];
  const asked = Object.fromEntries(names.map(([, name = '']) => [name, written[name] ?? '']));
  let answer = await send(shown, asked);
  if (answer.status === 200) {
    shown = answer;
    answer = await send(shown);
  }
  return { shown, answer };
}

describe('a form of the console', () => {
  test('records what it showed, whatever the order has been through', async () => {
    const seen = new Map<string, number>();
    const kinds = fc.constantFrom<CancelOutcome['kind'][]>('outcome-unknown', 'blocked', 'refused');
    const lives = fc.array(fc.constantFrom(...happenings), { maxLength: 5 });
    const property = fc.asyncProperty(
      fc.array(kinds, { minLength: 1, maxLength: 3 }),
      lives,
      fc.constantFrom(...choices),
      async (outcomes, life, path) => {
        const { orders, get, send, gateway } = await consoleWorld(outcomes);
        await orders.create(order);
        await orders.cancel(orderNo, { reason });
        for (const happens of life) await happens(orders);
        const before = await orders.history(orderNo);
        const calls = gateway.calls.length;

        const { shown, answer } = await settle({ get, send }, path);

        const after = await orders.history(orderNo);
        if (answer === null) {
          expect(after).toEqual(before);
          return;
        }
        expect(answer.status, textOf(answer.html)).toBe(201);
        const previewed = eventsShown(shown);
        const recorded = after.slice(before.length, before.length + previewed.length);
        expect(recorded.map(({ type }) => type)).toEqual(previewed.map(({ type }) => type));
        for (const [place, { type, data, metadata }] of recorded.entries()) {
          expect(metadata).toMatchObject({
            source: 'console',
            actor: { kind: 'operator', id: 'li.wei' },
          });
          const fields = Object.entries(data).map(([name, value]) => {
            const text = typeof value === 'string' ? value : JSON.stringify(value);
            return [name, name === 'amountMinor' ? `${text} (128.00 CNY)` : text];
          });
          const stored = Object.fromEntries(fields) as Record<string, string>;
          const isLeft = previewed[place]?.data['evidence'] === 'as you write it below';
          const { note, ...others } = stored;
          expect({ ...others, ...(isLeft ? { evidence: 'as you write it below' } : {}) }).toEqual(
            previewed[place]?.data,
          );
          expect([undefined, 'seen']).toContain(note);
          seen.set(type, (seen.get(type) ?? 0) + 1);
        }
        expect(shown.html.includes('It is called to cancel the order')).toBe(
          gateway.calls.length > calls,
        );
      },
    );
    await fc.assert(property, { numRuns: 250 });
    for (const type of [
      'CancelRetryRequested',
      'CancelResolved',
      'FactRetracted',
      'AnomalyAcknowledged',
    ]) {
      expect(seen.get(type), type).toBeGreaterThan(3);
    }
  });

  test('of an order in doubt that was paid records the resolution and the payment, and opens nothing', async () => {
    // given
    const { orders, get, send, kept } = await consoleWorld(['outcome-unknown']);
    await orders.create(order);
    await orders.cancel(orderNo, { reason });

    // when
    const empty = await get(form('resolve?as=paid'));
    const confirm = await send(empty, { evidence, ...payment });
    const answer = await send(confirm);

    // then
    expect(eventsShown(empty).map(({ type }) => type)).toEqual(['CancelResolved']);
    expect(eventsShown(confirm).map(({ type }) => type)).toEqual([
      'CancelResolved',
      'PaymentSucceeded',
    ]);
    expect([empty.status, confirm.status, answer.status]).toEqual([200, 200, 201]);
    expect(await orders.get(orderNo)).toMatchObject({ state: 'paid', anomalies: [] });
    expect(kept[0]?.events.map(({ type }) => type)).toEqual(['CancelResolved', 'PaymentSucceeded']);
  });

  test('shows a payment of another amount as an anomaly before it is recorded', async () => {
    const { orders, get, send } = await consoleWorld(['outcome-unknown']);
    await orders.create(order);
    await orders.cancel(orderNo, { reason });

    const shown = await send(await get(form('resolve?as=paid')), {
      evidence,
      ...payment,
      amount: '128',
    });

    expect(textOf(shown.html)).toContain("the payment's amount differs from the order's");
    expect((await orders.get(orderNo))?.state).toBe('cancelling');
  });

  test('records nothing for the second of two operators, and says what the first did', async () => {
    // given
    const made = await consoleWorld(['blocked', 'confirmed']);
    const { orders, get, send } = made;
    const second = operator(made, { kind: 'operator', id: 'zhang.san' });
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    const [one, two] = [await get(form('abandon')), await second.get(form('retry'))];

    // when
    const [first, moved] = [await send(one), await second.send(two)];

    // then
    expect([first.status, moved.status]).toEqual([201, 409]);
    expect(textOf(moved.html)).toContain('You saw revision 2; now it is revision 3.');
    expect(textOf(moved.html)).toContain('li.wei');
    expect(moved.html).toContain(`${form('retry')}"`);
    expect((await orders.history(orderNo)).map(({ type }) => type).slice(3)).toEqual([
      'CancelAbandoned',
    ]);
  });

  test('sent again is answered by the same receipt, and records nothing twice', async () => {
    const { orders, get, send, gateway } = await consoleWorld(['blocked', 'blocked', 'confirmed']);
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    const shown = await get(form('retry'));

    const [first, again] = await Promise.all([send(shown), send(shown)]);
    const later = await send(shown);

    expect([first.status, again.status, later.status]).toEqual([201, 201, 201]);
    expect(new Set([first.location, again.location, later.location]).size).toBe(1);
    expect(gateway.calls).toHaveLength(2);
  });

  test('sent again with other words says that it was answered, and records nothing', async () => {
    const { orders, get, send } = await consoleWorld(['blocked']);
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    const shown = await get(form('abandon'));
    const { location } = await send(shown, { note: 'one' });
    const before = await orders.history(orderNo);

    const answer = await send(shown, { note: 'two' });

    expect(answer.status).toBe(409);
    expect(answer.html).toContain(location);
    expect(await orders.history(orderNo)).toEqual(before);
  });

  test.each([
    'cancel',
    'create',
    'resolve',
    'resolve?as=lost',
    'retract',
    'acknowledge?number=0',
    'retry/x',
  ])('does not exist for %s', async (path) => {
    const { orders, get } = await consoleWorld(['blocked']);
    await orders.create(order);

    expect((await get(form(path))).status).toBe(404);
  });

  test('completes a payment that could not be recorded with its resolution, when it is sent again', async () => {
    // given
    const made = await consoleWorld(['outcome-unknown']);
    const { orders, get, send, kept } = made;
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    const confirm = await send(await get(form('resolve?as=paid')), { evidence, ...payment });
    const record = orders.recordPaymentSucceeded.bind(orders);
    orders.recordPaymentSucceeded = () => Promise.reject(new Error('the store is away'));

    // when
    const half = await get((await send(confirm)).location);
    orders.recordPaymentSucceeded = record;
    const whole = await send(half);

    // then
    expect(textOf(half.html)).toContain('The resolution is recorded. The payment is not');
    expect(whole.status).toBe(201);
    expect((await orders.history(orderNo)).map(({ type }) => type).slice(3)).toEqual([
      ...['CancelResolved', 'PaymentSucceeded'],
    ]);
    expect(kept.map(({ answer }) => answer)).toEqual(['accepted', 'accepted']);
  });

  test('does not exist where nobody may act', async () => {
    const made = await consoleWorld(['blocked']);
    const reader = operator(made, null);
    await made.orders.create(order);
    await made.orders.cancel(orderNo, { reason });
    const { action, fields } = formIn(await made.get(form('retry')));

    const page = await reader.get(`/orders/${orderNo}`);

    expect(page.html).not.toContain('/act/');
    expect((await reader.get(form('retry'))).status).toBe(404);
    expect((await reader.post(action, fields)).status).toBe(404);
  });
});
