import type { EventType } from '../../machines/payment-order.events.ts';
import { enterPaid, knownFrom, record } from '../../machines/payment-order.known.ts';
import type { Anomaly, Known } from '../../machines/payment-order.known.ts';
import { upcastEvent } from '../history/codec.ts';
import type { HistoryEvent } from '../index.ts';
import { inert } from './inert.ts';
import type { Words } from './words/words.ts';

/** What a reader wants to see of each event of a history; the rest is in `--json`. */
export function eventSentences(words: Words, events: readonly HistoryEvent[]): readonly string[] {
  let known: Known = knownFrom(undefined);
  return events.map((stored) => {
    const before = known;
    known = after(before, stored);
    const { type } = stored;
    const { dataLabels, texts } = words;
    return [
      ...(beginsAttempt.has(type) ? [words.beginsAttempt(known.answers.length)] : []),
      ...(type === 'CommandRejected' ? [rejection(words, stored)] : []),
      ...labelled(dataLabels, { ...shownData(stored), occurredAt: stored.metadata.occurredAt }),
      ...amount(stored),
      ...transport(words, stored),
      ...known.anomalies.slice(before.anomalies.length).map((anomaly) => opened(words, anomaly)),
      ...labelled(texts, stored.data),
    ].join(' · ');
  });
}

const beginsAttempt: ReadonlySet<EventType> = new Set([
  'CancelRequested',
  'CancelRetryDue',
  'CancelRetryRequested',
] as const);

/** What the order knew then, folded as the machine does, but also where a history is altered. */
function after(known: Known, stored: HistoryEvent): Known {
  const { metadata } = stored;
  const event = upcastEvent(stored);
  if (event.type === 'PaymentOrderCreated') return knownFrom(event);
  const next = record(known, event);
  return metadata.to === 'paid' && metadata.from !== 'paid' ? enterPaid(next) : next;
}

/** Fields that say the same as another one, or are said in words, are left out. */
function shownData({ type, data }: HistoryEvent): Readonly<Record<string, unknown>> {
  const { factId, rule, responseMsg, cause, ...others } = data;
  const result = rule === 'confirmed' ? true : rule === 'refused' ? false : undefined;
  // An id drawn from the content says nothing that the content does not.
  const isOwnId = typeof factId === 'string' && !factId.startsWith('sha256:');
  const shown = {
    ...others,
    ...(cause === 'unstated' ? {} : { cause }),
    ...(isOwnId && factId !== data['transactionNo'] ? { factId } : {}),
    // The message to such an answer is 'success', also where nothing was cancelled.
    ...(result === undefined ? { rule, responseMsg } : { cancelResult: result }),
  };
  return type === 'CommandRejected' ? { ...shown, code: undefined, command: undefined } : shown;
}

function labelled(
  labels: Readonly<Record<string, string>>,
  data: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(labels)
    .filter(([field]) => Object.hasOwn(data, field) && data[field] !== undefined)
    .map(([field, label]) => `${label} ${text(data[field])}`);
}

function rejection({ rejections, commandRejected }: Words, { data }: HistoryEvent): string {
  const { code } = data;
  const meanings: Readonly<Record<string, string>> = rejections;
  const why = typeof code === 'string' && Object.hasOwn(meanings, code) ? meanings[code] : null;
  return commandRejected(text(data['command']), why ?? text(code));
}

function amount({ data: { amountMinor, currency } }: HistoryEvent): readonly string[] {
  return amountMinor === undefined ? [] : [`${text(amountMinor)} ${text(currency)}`];
}

/** When the request left, how long its answer took, and when the next one is due. */
function transport(words: Words, { data, metadata }: HistoryEvent): readonly string[] {
  const { sentAt, durationMs, retryInMs } = data;
  const { recordedAt, to } = metadata;
  const parts: string[] = [];
  if (typeof sentAt === 'string') {
    const isSameDay = sentAt.slice(0, 10) === recordedAt.slice(0, 10);
    parts.push(words.sent(inert(isSameDay ? sentAt.slice(11, -1) : sentAt)));
  }
  if (typeof durationMs === 'number') parts.push(words.took(Math.round(durationMs)));
  // Drawn for every outcome, but only these states wait for it.
  const waits = to === 'cancelling.backingOff' || to === 'cancelling.inDoubt';
  if (waits && typeof retryInMs === 'number') parts.push(words.retryIn(retryInMs));
  return parts;
}

function opened(words: Words, { number, code }: Anomaly): string {
  return words.opensAnomaly(number, code);
}

function text(value: unknown): string {
  return inert(typeof value === 'string' ? value : JSON.stringify(value));
}
