import { enterPaid, knownFrom, record } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import type { RecordedEvent } from '../event-store/event-store.ts';
import { readableEvent } from './codec.ts';
import type { MachineIdentity } from './stored-event.ts';

/** One event and what was known behind it, as it was recorded: no machine is asked. */
export type RecordedStep = {
  /** 0-based. */
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly occurredAt?: string;
  /** Dotted paths, as stored; `from` is null for the first event. */
  readonly from: string | null;
  readonly to: string;
  /** The machine that decided it. */
  readonly machine: MachineIdentity;
  /** What the order knew then, folded from the data alone. */
  readonly known: OrderFacts;
  /** False for an event whose data this version cannot read: it adds nothing to `known`. */
  readonly isRead: boolean;
};

/** Replays events as they were recorded, whichever version of the machine wrote them. */
export async function* recordedSteps(
  events: AsyncIterable<RecordedEvent> | Iterable<RecordedEvent>,
): AsyncGenerator<RecordedStep, void, undefined> {
  let known = knownFrom(undefined);
  for await (const event of events) {
    const step = recordedStep(known, event);
    known = step.known;
    yield step;
  }
}

/** The next step, from what was known before it. */
export function recordedStep(before: OrderFacts, event: RecordedEvent): RecordedStep {
  const { revision, id, type, metadata } = event;
  const { recordedAt, occurredAt, from, to, machine } = metadata;
  const known = knownAfter(before, event);
  return {
    ...{ revision, id, type },
    recordedAt: textOf(recordedAt),
    ...(typeof occurredAt === 'string' ? { occurredAt } : {}),
    from: typeof from === 'string' ? from : null,
    to: textOf(to),
    machine: identityIn(machine),
    known: known ?? before,
    isRead: known !== null,
  };
}

/** Null where the data cannot be read. */
function knownAfter(known: OrderFacts, recorded: RecordedEvent): OrderFacts | null {
  const event = readableEvent(recorded);
  if (event === null) return null;
  if (event.type === 'PaymentOrderCreated') return knownFrom(event);
  const next = record(known, event);
  const { from, to } = recorded.metadata;
  return to === 'paid' && from !== 'paid' ? enterPaid(next) : next;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function identityIn(machine: unknown): MachineIdentity {
  const isObject = typeof machine === 'object' && machine !== null;
  // Either field may be missing, or of any type.
  const { version, hash } = (isObject ? machine : {}) as {
    readonly [Part in keyof MachineIdentity]?: unknown;
  };
  return { version: textOf(version), hash: textOf(hash) };
}
