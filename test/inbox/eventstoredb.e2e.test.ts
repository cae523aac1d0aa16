import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sha256 } from '../../src/text.ts';
import { aServer, aStore } from '../event-store/eventstoredb/support.ts';
import { bodyOf, order, orderNo, payment, translate, vouchedBy } from './world.ts';

async function onServer() {
  const server = await aServer();
  const store = await aStore(server.connectionString);
  const errors: unknown[] = [];
  const orders = await openPaymentOrders({
    ...{ store, runtime: systemRuntime(), onError: (error: unknown) => errors.push(error) },
  });
  return { server, errors, orders, inbox: orders.inbox({ translate }) };
}

describe('an inbox on EventStoreDB', () => {
  test('keeps, applies, lists and checks notices among streams of others', async () => {
    const { server, orders, inbox, errors } = await onServer();
    server.seed('payment-1', [{}]);
    server.seed('paymentNotices-1', [{}]);
    await inbox.receive({ body: payment, vouchedBy });
    await inbox.receive({ body: '\0'.repeat(65_536) });
    await inbox.receive({ body: bodyOf('T2', 'O2'), vouchedBy });

    const { order: created } = await orders.create(order);
    const recovered = await orders.recoverOnce({ only: 'notices' });
    const listed = await Array.fromAsync(inbox.list(), (notice) => notice.status);
    const verified = await Array.fromAsync(inbox.verifyAll(), ({ faults }) => faults);

    expect(created.state).toBe('paid');
    expect(listed).toEqual(['applied', 'held', 'waiting']);
    expect(recovered.notices).toEqual({ waiting: 1, applied: 0 });
    expect(verified).toHaveLength(5);
    expect(verified.flat()).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('names the stream that its user may not write', async () => {
    const { server, inbox } = await onServer();
    const stream = `paymentNotice-${sha256(payment)}`;
    const fault = { kind: 'status', code: status.PERMISSION_DENIED, commits: false } as const;
    server.faults.onAppend(fault, { stream });

    const receiving = inbox.receive({ body: payment, vouchedBy });

    await expect(receiving).rejects.toMatchObject({
      code: 'store-denied',
      message: expect.stringContaining(stream) as unknown,
    });
  });

  test('creates orders for a user without any right on the streams of notices', async () => {
    const { server, orders, errors } = await onServer();
    const stream = `paymentNoticeFor-${orderNo}`;
    server.faults.onRead({ kind: 'status', code: status.PERMISSION_DENIED }, { stream });

    const { kind } = await orders.create(order);

    expect(kind).toBe('accepted');
    expect(errors).toMatchObject([
      { code: 'store-denied', message: expect.stringContaining(stream) as unknown },
    ]);
  });
});
