import { setup } from 'xstate';
import type { EventStore, RecordedEvent } from '../../../src/event-store/event-store.ts';
import { compileMachine } from '../../../src/history/machine.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import { newSigningKey } from '../../../src/tlog/c2sp/keys.ts';
import { withWays } from '../../../test/event-store/with-ways.ts';
import type { Forcings, Kit } from './forcing.ts';
import { anything, failureOf, failuresOf, ordersWithOne } from './forcing.ts';

type Change = (event: RecordedEvent) => RecordedEvent;

/** Reads a history of three events, each of which was changed; asks everything that reads. */
async function readingChanged(
  { secrets, show }: Kit,
  change: Change,
  which = [1],
): Promise<readonly unknown[]> {
  const { orders, store } = await ordersWithOne();
  await orders.startPayment('O1');
  await orders.cancel('O1', { reason: secrets.pem.slice(0, 512) });
  const changed = holding(store, (event) =>
    which.includes(event.revision) ? change(event) : event,
  );
  const reading = await openPaymentOrders({ store: changed });
  show('a verification', await reading.verify('O1').catch(() => null));
  return [await failureOf(() => reading.get('O1'))];
}

function holding(store: EventStore, change: Change): EventStore {
  return withWays(store, {
    async *read(...range) {
      for await (const event of store.read(...range)) yield change(event);
    },
  });
}

/** For each secret one history. */
async function perSecret(
  kit: Kit,
  change: (text: string) => Change,
  which?: number[],
): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (const text of kit.secrets.all) {
    failures.push(...(await readingChanged(kit, change(text), which)));
  }
  return failures;
}

export const historyErrors = {
  'log-contradicted': async () => {
    const { orders } = await ordersWithOne();
    const log = orders.transparencyLog();
    const [ours, theirs] = ['example.com/ours', 'example.com/theirs'].map(
      (name) => newSigningKey('log', name).text,
    );
    await log.checkpoint({ key: ours ?? '' });
    return [await failureOf(() => log.checkpoint({ key: theirs ?? '' }))];
  },
  'unknown-event-type': (kit) => perSecret(kit, (text) => (event) => ({ ...event, type: text })),
  'unknown-schema-version': (kit) =>
    readingChanged(kit, (event) => ({
      ...event,
      metadata: { ...event.metadata, schemaVersion: 99 },
    })),
  'invalid-event': async (kit) => [
    ...(await perSecret(kit, (text) => (event) => ({ ...event, data: { card: text } }))),
    ...(await perSecret(kit, (text) => (event) => ({ ...event, data: { [text]: text } }))),
    ...(await perSecret(kit, (text) => (event) => ({
      ...event,
      metadata: { ...event.metadata, [text]: text },
    }))),
    ...(await perSecret(kit, (text) => (event) => ({
      ...event,
      metadata: { ...event.metadata, recordedAt: text },
    }))),
    ...(await perSecret(kit, (text) => (event) => ({ ...event, data: { orderNo: text } }), [0])),
  ],
  'not-contiguous': (kit) =>
    readingChanged(kit, (event) => ({ ...event, revision: event.revision + 5 })),
  'illegal-history': (kit) =>
    readingChanged(
      kit,
      (event) => ({
        ...event,
        type: 'PaymentStarted',
        data: {},
        metadata: { ...event.metadata, schemaVersion: 1 },
      }),
      [2],
    ),
  'replay-divergence': (kit) =>
    perSecret(kit, () => (event) => ({
      ...event,
      metadata: { ...event.metadata, to: 'cancelled' },
    })),
  'unsupported-machine': ({ secrets }) =>
    failuresOf(
      secrets.all.map((text) => () => {
        const machine = setup({}).createMachine({
          initial: 'created',
          context: { text },
          states: { created: { type: 'final' } },
        });
        compileMachine(anything(machine));
      }),
    ),
} satisfies Partial<Forcings>;
