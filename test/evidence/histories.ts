import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { DisputeEvent } from '../../src/dispute.ts';
import { chainLink, chainStart } from '../../src/history/chain.ts';
import { streamOf } from '../../src/history/event.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { validHistories } from '../../src/testing/histories.ts';
import type { History } from '../../src/testing/replayed-order.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { sha256 } from '../../src/text.ts';
import { metadataOfFormat1, withoutLink } from '../history/format-1.ts';

const compiled = compileMachine();

/** Numbers that look like those of cards and phones, in place of the usual short ones. */
const numbers: ReadonlyMap<string, string> = new Map([
  ...[['T1', '4111111111111111'] as const, ['T2', '5500 0000 0000 0004'] as const],
  ...[['R1', '6011000000000004'] as const, ['R2', '340000000000009'] as const],
  ...[['F1', '13800138000'] as const, ['operator-1', '+44 20 7183 8750'] as const],
]);

function numbered(event: PaymentOrderEvent): PaymentOrderEvent {
  const fields = Object.entries(event).map(([name, value]): [string, unknown] => [
    name,
    (typeof value === 'string' ? numbers.get(value) : undefined) ?? value,
  ]);
  // Texts alone were replaced, by texts that the same fields may hold.
  return Object.fromEntries(fields) as PaymentOrderEvent;
}

const contexts = fc.record({
  actor: fc.constantFrom(
    undefined,
    { kind: 'customer', id: '13800138000' },
    { kind: 'operator', id: 'li.wei' },
    { kind: 'gateway', id: 'default' },
  ),
  $correlationId: fc.constantFrom('4111111111111111', 'c-1', null),
  $causationId: fc.constantFrom(undefined, '13900139000', 'c-1'),
  source: fc.constantFrom('command', 'notice', 'desk 138 0013 8000'),
  commandId: fc.constantFrom(undefined, 'cancel 13800138000'),
  noticeId: fc.constantFrom(undefined, sha256('a notice')),
  vouchedBy: fc.constantFrom(undefined, 'mTLS', 'clerk 13800138000'),
});

/** Stored histories in hash format 2. Anything in them may have to be withheld. */
export function storedHistories(eventsMax: number): Arbitrary<readonly DisputeEvent[]> {
  return fc
    .tuple(validHistories({ eventsMax }), fc.infiniteStream(contexts), fc.boolean(), fc.nat())
    .map(([history, drawn, isNumbered, seed]) => {
      const events = isNumbered ? history.map(numbered) : history;
      return stored(events, drawn, seed);
    });
}

type Drawn = typeof contexts extends Arbitrary<infer T> ? T : never;

function stored(history: History, drawn: Iterator<Drawn>, seed: number): readonly DisputeEvent[] {
  const runtime = simulatedRuntime({ seed });
  const orderNo = 'O1';
  const events: DisputeEvent[] = [];
  let order: OrderHistory | null = null;
  for (const event of history) {
    const given = event.type === 'PaymentOrderCreated' ? { ...event, orderNo } : event;
    // It never ends.
    const { $correlationId, commandId, ...context } = drawn.next().value as Drawn;
    const whole = {
      ...context,
      $correlationId: $correlationId ?? runtime.newId(),
      ...(commandId === undefined ? {} : { commandId, commandDigest: sha256(commandId) }),
    };
    const step = prepareEvent(compiled, order, streamOf(orderNo), given, whole, runtime);
    const { id, type, data, metadata } = step.prepared;
    events.push({ stream: streamOf(orderNo), revision: events.length, id, type, data, metadata });
    order = evolve(compiled, order, step.stored);
  }
  return events;
}

/** The same history, of which the first events were stored in format 1, before the rest. */
export function fromFormat1<T extends DisputeEvent>(
  events: readonly T[],
  count: number,
): readonly T[] {
  const runtime = simulatedRuntime({ seed: count });
  const randomHex = (bytes: number) => runtime.randomHex(bytes);
  let prevHash: string = chainStart;
  return events.map((event) => {
    const chained = withoutLink(event.metadata);
    const metadata =
      event.revision < count
        ? metadataOfFormat1(event, prevHash)
        : { ...chained, ...chainLink({ ...event, metadata: chained }, randomHex, prevHash) };
    prevHash = String(metadata['hash']);
    return { ...event, metadata };
  });
}

/** The fields without one of them. */
export function without(fields: DisputeEvent['data'], name: string): DisputeEvent['data'] {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => field !== name));
}
