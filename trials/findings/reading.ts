import { eventSchemas, isEventType } from '../../machines/payment-order.events.ts';
import type { EventType, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { FoundEvent } from '../../src/history/event.ts';
import { remembered } from '../../src/testing/declared-facts.ts';
import { knownAtFirst } from '../../src/testing/declared-known.ts';
import type { DeclaredFacts } from '../../src/testing/declared-known.ts';

// A history, read with the schemas and the declared facts alone. Nothing here comes from the fold of
// the machine or from what the report is made of.

/** An event, and what the order knew after it. */
export type Read = {
  readonly event: FoundEvent;
  readonly revision: number;
  readonly recordedMs: number | null;
  readonly occurredMs: number | null;
  /** The state, as recorded; empty where it is not. */
  readonly to: string;
  readonly known: DeclaredFacts;
  /** Whether its data could be read; withheld data is read as none. */
  readonly isRead: boolean;
  /** Whether all of its data is withheld. */
  readonly isWithheld: boolean;
  /** Whether nothing is withheld up to here that may decide. */
  readonly isCertain: boolean;
};

export function readAll(events: readonly FoundEvent[]): readonly Read[] {
  let known = knownAtFirst({ orderNo: '', processBillNo: '' });
  let isCertain = true;
  const types: string[] = [];
  const unnumbered = new Set<string>();
  return events.map((event) => {
    const { revision, type, metadata } = event;
    const parsed = parsedOf(event);
    if (parsed !== null) known = after(known, parsed, revision);
    types.push(type);
    if (isNumberWithheld(event)) unnumbered.add(type);
    const isWithheld = isWhole(event, 'data');
    const isAmbiguous = unnumbered.has(type) && types.filter((one) => one === type).length > 1;
    const lacksData = isWithheld && !saysAllByType.has(type);
    const lacksState = parsed === null && isWhole(event, 'metadata');
    isCertain &&= !isAmbiguous && !lacksData && !lacksState;
    return {
      ...{ event, revision, known, isCertain, isWithheld, isRead: parsed !== null },
      recordedMs: msIn(metadata, 'recordedAt'),
      occurredMs: msIn(metadata, 'occurredAt'),
      to: textOf(metadata['to']) ?? '',
    };
  });
}

/** What the order knows with one more event; what it would not take adds nothing. */
function after(before: DeclaredFacts, event: PaymentOrderEvent, revision: number): DeclaredFacts {
  if (event.type === 'PaymentOrderCreated') return knownAtFirst(event);
  const counted = { ...before, revision: revision - 1 };
  return remembered(counted, event) ?? { ...before, revision };
}

/** Null where this version does not know the type, or cannot read the data. */
function parsedOf(event: FoundEvent): PaymentOrderEvent | null {
  const { type } = event;
  if (!isEventType(type)) return null;
  const parsed = eventSchemas[type].safeParse(isWhole(event, 'data') ? {} : withTexts(event));
  // The schema is that of the type.
  return parsed.success ? ({ type, ...parsed.data } as PaymentOrderEvent) : null;
}

/** A withheld text is some text, and no other withheld one. */
function withTexts({ data, withheld }: FoundEvent): FoundEvent['data'] {
  const seals = withheld?.data;
  if (seals === undefined || typeof seals === 'string') return data;
  const texts = Object.entries(seals).map(([name, seal]): readonly [string, unknown] => [
    name,
    `withheld-${seal.slice(0, 12)}`,
  ]);
  return { ...data, ...Object.fromEntries(texts) };
}

export function isWhole({ withheld }: FoundEvent, part: 'data' | 'metadata'): boolean {
  return typeof withheld?.[part] === 'string';
}

const numberOf: ReadonlyMap<string, string> = new Map([
  ['PaymentSucceeded', 'transactionNo'],
  ['PaymentRefunded', 'refundNo'],
]);

function isNumberWithheld({ type, withheld }: FoundEvent): boolean {
  const seals = withheld?.data;
  const name = numberOf.get(type);
  return typeof seals === 'object' && name !== undefined && name in seals;
}

/** Nothing that their data holds decides anything. */
const saysAllByType: ReadonlySet<string> = new Set<EventType>([
  'PaymentStarted',
  'PaymentDeclined',
  'ClosedAtGateway',
  'CancelRequested',
  'CancelRetryDue',
  'CancelRetryRequested',
  'CancelAbandoned',
  'CommandRejected',
]);

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function msIn(fields: Readonly<Record<string, unknown>>, name: string): number | null {
  const text = textOf(fields[name]) ?? '';
  const ms = /^[+-]?\d+-\d\d-\d\dT.*(Z|:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? null : ms;
}
