import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { knownFrom } from '../../machines/payment-order.facts.ts';
import { record } from '../../machines/payment-order.fold.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { readableEvent } from './codec.ts';
import type { FoundEvent, MachineIdentity } from './event.ts';
import { foundEvents, textIn } from './event.ts';
import { Certainty, isPartWithheld, withPlaceholders } from './withheld.ts';

/** One event and what the order knew after it, as recorded: no machine is asked. */
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
  /**
   * False for an event whose data this version cannot read: it adds nothing to `known`. Of withheld
   * data, it adds what the type alone says.
   */
  readonly isRead: boolean;
};

/** Replays events as they were recorded, whichever version of the machine wrote them. */
export async function* recordedSteps(
  events: AsyncIterable<FoundEvent> | Iterable<FoundEvent>,
): AsyncGenerator<RecordedStep, void, undefined> {
  let known = knownFrom(undefined);
  for await (const event of events) {
    const step = recordedStep(known, event);
    known = step.known;
    yield step;
  }
}

/** The next step, from what was known before it. */
export function recordedStep(before: OrderFacts, found: FoundEvent): RecordedStep {
  const { revision, id, type, metadata } = found;
  const known = knownAfter(before, found);
  const occurredAt = textIn(metadata, 'occurredAt');
  return {
    revision,
    id,
    type,
    recordedAt: textIn(metadata, 'recordedAt') ?? '',
    ...(occurredAt === null ? {} : { occurredAt }),
    from: textIn(metadata, 'from'),
    to: textIn(metadata, 'to') ?? '',
    machine: identityIn(metadata['machine']),
    known: known ?? before,
    isRead: known !== null && !isPartWithheld(found, 'data'),
  };
}

/** An event, and what the order knew before and after it. */
export type KnownStep<T extends FoundEvent = FoundEvent> = {
  readonly event: T;
  readonly before: OrderFacts;
  readonly known: OrderFacts;
  /** False for an event whose data this version cannot read: it adds nothing to `known`. */
  readonly isRead: boolean;
  /** False once something is withheld that decides: then `known` may lack it, or count it twice. */
  readonly isCertain: boolean;
};

/**
 * What the order knew along its history, as recorded, also where the machine would object. Of what is
 * withheld, its events have placeholders.
 */
export function* knownAlong<T extends FoundEvent>(events: Iterable<T>): Generator<KnownStep<T>> {
  let known = knownFrom(undefined);
  const certainty = new Certainty();
  for (const event of foundEvents(events)) {
    const before = known;
    const after = knownAfter(before, event);
    const isCertain = certainty.after(event, after !== null);
    known = after ?? before;
    yield { event: withPlaceholders(event), before, known, isRead: after !== null, isCertain };
  }
}

/** The one fold of recorded data without the machine; null where the data cannot be read. */
function knownAfter(known: OrderFacts, found: FoundEvent): OrderFacts | null {
  // Withheld data is empty, so it is read as what the type alone says.
  const isTypeAlone = isPartWithheld(found, 'data');
  const event = readableEvent(isTypeAlone ? { ...found, withheld: undefined } : found);
  return event === null ? null : knownWith(known, event, found.revision);
}

/** What the order knows with the event of a revision, as recorded: no machine is asked. */
export function knownWith(
  known: OrderFacts,
  event: PaymentOrderEvent,
  revision: number,
): OrderFacts {
  if (event.type === 'PaymentOrderCreated') return knownFrom(event);
  // The fold counts events, and those that cannot be read count too.
  return record({ ...known, revision: revision - 1 }, event);
}

function identityIn(machine: unknown): MachineIdentity {
  // Damaged metadata may hold any value; one without fields spreads to none.
  const fields = { ...(machine as object | null | undefined) };
  return { version: textIn(fields, 'version') ?? '', hash: textIn(fields, 'hash') ?? '' };
}
