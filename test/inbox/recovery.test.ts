import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import { noticeListPrefix } from '../../src/inbox/events.ts';
import type { Translate } from '../../src/inbox/types.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { heldMsMax } from '../../src/runtime.ts';
import { PiecesPerTurn, hurryingRuntime } from '../turns.ts';
import { scriptedGateway } from '../../src/testing/scripted-gateway.ts';
import { withWays } from '../event-store/with-ways.ts';
import {
  bodyOf,
  inboxWorld,
  openInbox,
  order,
  orderNo,
  payment,
  translate,
  vouchedBy,
} from './world.ts';

const minuteMs = 60_000;

describe('recovery of notices', () => {
  test('needs a gateway only where it fires timers too', async () => {
    const { orders } = await inboxWorld();

    await expect(orders.startRecovery()).rejects.toMatchObject({ code: 'gateway-not-configured' });
    await expect(orders.recoverOnce()).rejects.toMatchObject({ code: 'gateway-not-configured' });
    await orders.startRecovery({ only: 'notices' });

    expect(await orders.recoverOnce({ only: 'notices' })).toEqual({ waiting: 0, fired: 0 });
    await orders.close();
  });

  test('settles notices unless it is for orders alone', async () => {
    const { memory, runtime, orders, inbox } = await inboxWorld();
    await orders.create(order);
    await inbox.receive({ body: '{"refunded":"R1"}', vouchedBy });
    const gateway = scriptedGateway(memory, () => Promise.reject(new Error('no call')));
    await using other = await openPaymentOrders({ store: memory, runtime, gateway });
    other.inbox({ translate: (notice) => translate({ ...notice, orderNo }) });

    await other.startRecovery({ only: 'orders' });
    await runtime.advance(120 * minuteMs);
    const ofOrders = await other.recoverOnce({ only: 'orders' });
    const ofBoth = await other.recoverOnce();

    expect(ofOrders).toEqual({ waiting: 0, fired: 0 });
    expect(ofBoth).toEqual({ waiting: 0, fired: 0, notices: { waiting: 1, applied: 1 } });
    await orders.close();
  });

  test('tries again what its translator could not say, with growing waits up to an hour', async () => {
    const asked: number[] = [];
    let isKnown = false;
    const { orders, inbox, runtime } = await inboxWorld({
      translate: (notice) => {
        asked.push(runtime.monotonicMs());
        return translate({ ...notice, orderNo: isKnown ? orderNo : undefined });
      },
    });
    await orders.create(order);
    await orders.startRecovery({ only: 'notices' });
    const { status, problem, noticeId } = await inbox.receive({
      ...{ body: '{"refunded":"R1"}', vouchedBy },
    });

    await runtime.advance(48 * 60 * minuteMs);
    isKnown = true;
    await runtime.advance(61 * minuteMs);

    expect({ status, problem }).toEqual({
      ...{ status: 'waiting', problem: 'nobody knows the order of this refund' },
    });
    const waits = asked.slice(1).map((ms, index) => ms - (asked[index] ?? 0));
    expect(waits.slice(0, 4)).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(Math.max(...waits)).toBe(60 * minuteMs);
    expect((await inbox.get(noticeId))?.status).toBe('applied');
    expect(runtime.pendingTimers()).toBe(0);
    await orders.close();
  });

  test('settles what a process received that had no translator', async () => {
    const { orders, memory, runtime } = await inboxWorld();
    await orders.create(order);
    const other = await openInbox(memory, runtime);
    const { status, noticeId } = await orders.inbox().receive({ body: payment, vouchedBy });

    const recovered = await other.orders.recoverOnce({ only: 'notices' });

    expect(status).toBe('waiting');
    expect(recovered).toEqual({ waiting: 0, fired: 0, notices: { waiting: 1, applied: 1 } });
    expect((await other.inbox.get(noticeId))?.status).toBe('applied');
  });

  test('lists a notice that its process did not list, and leaves held ones alone', async () => {
    let isDead = false;
    const { inbox, memory, runtime } = await inboxWorld({
      store: (memory) =>
        withWays(memory, {
          append: (stream, ...batch) =>
            isDead && stream.startsWith(noticeListPrefix)
              ? Promise.reject(new PaymentOrderError('store-denied', 'dead'))
              : memory.append(stream, ...batch),
        }),
    });
    await inbox.receive({ body: bodyOf('T2') });
    isDead = true;
    await expect(inbox.receive({ body: payment, vouchedBy })).rejects.toThrow('dead');
    const other = await openInbox(memory, runtime);

    const recovered = await other.orders.recoverOnce({ only: 'notices' });
    const receipt = await other.orders.create(order);

    expect(recovered.notices).toEqual({ waiting: 1, applied: 0 });
    expect(receipt.order.state).toBe('paid');
  });

  test('lets the process have its turn however many notices wait', async () => {
    const runtime = hurryingRuntime();
    const memory = openMemoryStore(runtime);
    const pieces = new PiecesPerTurn();
    const { inbox } = await openInbox(memory, runtime);
    for (let index = 0; index < 400; index += 1) {
      await inbox.receive({ body: bodyOf(`T${index}`, `O${index}`), vouchedBy });
    }
    const counted = async function* <Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
      for await (const item of items) {
        pieces.piece();
        yield item;
      }
    };
    const other = await openInbox(memory, runtime, {
      store: () =>
        withWays(memory, {
          read: (...range) => counted(memory.read(...range)),
          readAll: (...range) => counted(memory.readAll(...range)),
        }),
    });

    await pieces.during(async () => {
      await other.orders.recoverOnce({ only: 'notices' });
      await Array.fromAsync(other.inbox.list());
    });

    expect(pieces.all).toBeGreaterThan(4 * 400);
    expect(pieces.most).toBeLessThanOrEqual(2 * heldMsMax + 32);
  });

  test('begins nothing after close', async () => {
    const { orders, inbox, runtime } = await inboxWorld();
    await orders.startRecovery({ only: 'notices' });
    await inbox.receive({ body: payment, vouchedBy });
    await runtime.advance(1_000);

    await orders.close();

    expect(runtime.pendingTimers()).toBe(0);
    await expect(inbox.receive({ body: payment })).rejects.toMatchObject({ code: 'store-closed' });
    await expect(inbox.get('0'.repeat(64))).rejects.toMatchObject({ code: 'store-closed' });
    await expect(inbox.list().next()).rejects.toMatchObject({ code: 'store-closed' });
  });
});

describe('a translator', () => {
  const rubbish: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['text', 'fact'],
    ['another kind', { kind: 'paid' }],
    ['no fact', { kind: 'fact', orderNo, type: 'PaymentSucceeded' }],
    ['a type that is no fact', { kind: 'fact', orderNo, type: 'PaymentStarted', fact: {} }],
    ['an unknown field', { kind: 'fact', orderNo, type: 'PaymentFailed', fact: { paid: 1 } }],
    ['options', { kind: 'fact', orderNo, type: 'PaymentFailed', fact: { commandId: 'c' } }],
    ['an array', { kind: 'fact', orderNo, type: 'PaymentFailed', fact: [] }],
    ['no order', { kind: 'fact', type: 'PaymentFailed', fact: {} }],
  ];

  test.each(rubbish)('that gives %s leaves the notice unreadable', async (_name, given) => {
    // What a translator in JavaScript may give.
    const { inbox, orders } = await inboxWorld({ translate: () => given as never });
    await orders.create(order);

    const receipt = await inbox.receive({ body: payment, vouchedBy });

    expect(receipt).toMatchObject({ status: 'held', code: 'unreadable' });
    expect(await orders.get(orderNo)).toMatchObject({ revision: 0 });
  });

  test('gives a problem of any form, which becomes one sentence', async () => {
    const problem = `a\nb\u202e\ud800${'x'.repeat(1_000)}`;
    const { inbox } = await inboxWorld({ translate: () => ({ kind: 'unreadable', problem }) });

    const receipt = await inbox.receive({ body: payment, vouchedBy });

    expect(receipt.problem).toMatch(/^a b \ufffdx+$/);
    expect(receipt.problem).toHaveLength(300);
  });

  test('that throws is reported, and asked again on demand alone', async () => {
    let isMended = false;
    const mending: Translate = (notice) => {
      if (isMended) return translate(notice);
      throw new RangeError('boom');
    };
    const { inbox, orders, errors } = await inboxWorld({ translate: mending });
    await orders.create(order);
    const { noticeId } = await inbox.receive({ body: payment, vouchedBy });
    isMended = true;

    const repeated = await inbox.receive({ body: payment, vouchedBy });
    const retried = await inbox.retry(noticeId, { by: 'li' });

    expect(repeated).toMatchObject({ status: 'held', code: 'unreadable' });
    expect(errors).toMatchObject([{ code: 'translator-failed', cause: { name: 'RangeError' } }]);
    expect(retried).toMatchObject({ status: 'applied' });
  });

  test('that never answers holds no notice up for longer than 10 s', async () => {
    const { inbox, runtime, errors } = await inboxWorld({
      translate: () => new Promise(() => undefined),
    });
    const receiving = inbox.receive({ body: payment, vouchedBy });

    await runtime.advance(10_000);

    expect(await receiving).toMatchObject({ status: 'waiting' });
    expect(errors).toMatchObject([{ code: 'translator-failed' }]);
  });
});

describe('creating an order', () => {
  test('reports what it cannot read of notices, and is not held up by it', async () => {
    const denied = new PaymentOrderError('store-denied', 'no right to read it');
    const { orders, errors } = await inboxWorld({
      store: (memory) =>
        withWays(memory, {
          read: (stream, from) => {
            if (stream.startsWith(noticeListPrefix)) throw denied;
            return memory.read(stream, from);
          },
        }),
    });

    const receipt = await orders.create(order);

    expect(receipt).toMatchObject({ kind: 'accepted', revision: 0 });
    expect(errors).toEqual([denied]);
  });

  test('records what waited in the order of its coming, past a notice that cannot be read', async () => {
    const { orders, inbox, memory, errors } = await inboxWorld();
    const bodies = ['T1', 'T2', 'T3'].map((no) => bodyOf(no));
    const ids: string[] = [];
    for (const body of bodies) ids.push((await inbox.receive({ body, vouchedBy })).noticeId);
    const stream = `paymentNotice-${ids[1] ?? ''}`;
    const last = await memory.readLast(stream);
    if (last === null) throw new TypeError('it was received');
    const damaged = { ...last, id: crypto.randomUUID(), type: 'OfTheFuture' };
    await memory.append(stream, [damaged], last.revision);

    const { order: created } = await orders.create(order);

    expect(created.payments.map(({ transactionNo }) => transactionNo)).toEqual(['T1', 'T3']);
    expect(errors).toMatchObject([{ code: 'unknown-event-type', stream }]);
  });
});
