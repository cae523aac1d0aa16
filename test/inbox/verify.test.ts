import { describe, expect, test } from 'vitest';
import type { EventStore, RecordedEvent } from '../../src/event-store/event-store.ts';
import { noticeStreamOf } from '../../src/inbox/events.ts';
import { verifyNotices } from '../../src/inbox/verify.ts';
import { sha256 } from '../../src/text.ts';
import { withWays } from '../event-store/with-ways.ts';
import { bodyOf, inboxWorld, order, payment, vouchedBy } from './world.ts';

const stream = noticeStreamOf(sha256(payment));

/** One notice of each standing, and the order of one. */
async function someNotices() {
  const world = await inboxWorld();
  const { orders, inbox } = world;
  await orders.create(order);
  await inbox.receive({ body: payment, vouchedBy });
  await inbox.receive({ body: bodyOf('T2', 'O2'), vouchedBy });
  await inbox.receive({ body: bodyOf('T3') });
  await inbox.receive({ body: 'x'.repeat(70_000) });
  const { noticeId } = await inbox.receive({ body: 'no JSON' });
  await inbox.discard(noticeId, { by: 'li', reason: 'noise' });
  return world;
}

const faultsOf = async (store: EventStore) => {
  const verified = verifyNotices(() => ({ store }));
  return (await Array.fromAsync(verified)).flatMap(({ faults }) => faults);
};

/** The store as it is read with some of its events changed, or taken away. */
const altered = (
  memory: EventStore,
  change: (event: RecordedEvent) => RecordedEvent | null,
): EventStore =>
  withWays(memory, {
    read: async function* (...from) {
      for await (const event of memory.read(...from)) {
        const changed = change(event);
        if (changed !== null) yield changed;
      }
    },
  });

describe('checking notices', () => {
  test('finds no fault in what was written, and counts every stream', async () => {
    const { memory, orders } = await someNotices();

    const verified = await Array.fromAsync(orders.inbox().verifyAll());

    expect(verified.map(({ ok, events }) => [ok, events])).toEqual([
      ...[2, 2, 2, 2, 3].map((events) => [true, events]),
      [true, 1],
    ]);
    expect(await faultsOf(memory)).toEqual([]);
    expect(await orders.checkStore()).toEqual([]);
  });

  const isReceived = ({ stream: of, revision }: RecordedEvent) => of === stream && revision === 0;
  const changes: readonly (readonly [
    what: string,
    change: (event: RecordedEvent) => RecordedEvent | null,
    code: string,
  ])[] = [
    [
      'another body',
      (event) =>
        isReceived(event)
          ? { ...event, data: { ...event.data, body: { text: bodyOf('T9') } } }
          : event,
      'body-altered',
    ],
    [
      'another voucher',
      (event) => (isReceived(event) ? { ...event, data: { ...event.data, delivery: {} } } : event),
      'data-altered',
    ],
    [
      'another standing',
      (event) =>
        isReceived(event) ? { ...event, metadata: { ...event.metadata, to: 'held' } } : event,
      'standing-altered',
    ],
    ['no first event', (event) => (isReceived(event) ? null : event), 'not-contiguous'],
    [
      'an unknown type',
      (event) => (isReceived(event) ? { ...event, type: 'NoticeLost' } : event),
      'unknown-event-type',
    ],
    [
      'no fact in its order',
      (event) => (event.type === 'PaymentSucceeded' ? null : event),
      'fact-missing',
    ],
    [
      'the fact of another notice',
      (event) =>
        event.type === 'PaymentSucceeded'
          ? { ...event, metadata: { ...event.metadata, noticeId: sha256('other') } }
          : event,
      'fact-altered',
    ],
  ];

  test.each(changes)('names %s', async (_what, change, code) => {
    const { memory } = await someNotices();

    const faults = await faultsOf(altered(memory, change));

    expect(faults.map((fault) => fault.code)).toContain(code);
    expect(new Set(faults.map((fault) => fault.stream))).toEqual(new Set([stream]));
    for (const { message } of faults) expect(message).not.toMatch(/T1|T9/);
  });

  test('names a stream whose name is no digest, and an entry of a list that is none', async () => {
    const { memory } = await someNotices();
    const [first] = await Array.fromAsync(memory.read(stream));
    if (first === undefined) throw new TypeError('it was received');
    await memory.append('paymentNotice-1', [{ ...first, id: crypto.randomUUID() }], 'no-stream');
    await memory.append(
      'paymentNoticeFor-O3',
      [{ ...first, id: crypto.randomUUID() }],
      'no-stream',
    );

    const faults = await faultsOf(memory);

    expect(faults.map(({ stream: of, code }) => `${of} ${code}`)).toEqual([
      'paymentNotice-1 link-altered',
      'paymentNotice-1 body-altered',
      'paymentNoticeFor-O3 link-altered',
      'paymentNoticeFor-O3 illegal-history',
    ]);
  });
});

test('orders are listed without the notices', async () => {
  const { orders } = await someNotices();

  expect(await Array.fromAsync(orders.orderNumbers())).toEqual(['O1']);
  expect(await Array.fromAsync(orders.list())).toHaveLength(1);
  expect((await Array.fromAsync(orders.verifyAll())).map(({ ok }) => ok)).toEqual([true]);
});
