import { hasRole } from '../../machines/payment-order.events.ts';
import type { Anomaly } from '../../machines/payment-order.facts.ts';
import { amountText } from './amount.ts';
import type { FoundEvent } from '../history/event.ts';
import type { KnownStep } from '../history/recorded-steps.ts';
import { textIn } from '../history/event.ts';
import { knownAlong } from '../history/recorded-steps.ts';
import { escapeForTerminal } from '../text.ts';
import type { EventWords } from '../words/events/en.ts';

/** What a reader wants to see of each event of a history beside its type; the rest is JSON. */
export function eventDetails(words: EventWords, events: Iterable<FoundEvent>): readonly string[] {
  return Array.from(knownAlong(events), (step) => detailsOf(words, step));
}

export function detailsOf(words: EventWords, { event, before, known }: KnownStep): string {
  const { type, data, metadata } = event;
  const { dataLabels, texts } = words;
  return [
    ...(hasRole(type, 'beginsAttempt') ? [words.beginsAttempt(known.answers.length)] : []),
    ...(type === 'CommandRejected' ? [rejection(words, event)] : []),
    ...labelled(dataLabels, { ...shownData(event), occurredAt: metadata['occurredAt'] }),
    ...amount(event),
    ...transport(words, event),
    ...known.anomalies.slice(before.anomalies.length).map((anomaly) => opened(words, anomaly)),
    ...labelled(texts, data),
  ].join(' · ');
}

/** What the platform said of the cancel, `cancel_result`; null where it did not say it. */
export function cancelResultOf(rule: unknown): boolean | null {
  return rule === 'confirmed' ? true : rule === 'refused' ? false : null;
}

/** Fields that say the same as another one, or are said in words, are left out. */
function shownData({ type, data }: FoundEvent): Readonly<Record<string, unknown>> {
  const { factId, rule, responseMsg, cause, ...others } = data;
  const result = cancelResultOf(rule);
  // An id drawn from the content says nothing that the content does not.
  const isOwnId = typeof factId === 'string' && !factId.startsWith('sha256:');
  const shown = {
    ...others,
    ...(cause === 'unstated' ? {} : { cause }),
    ...(isOwnId && factId !== data['transactionNo'] ? { factId } : {}),
    // The message to such an answer is 'success', also where nothing was cancelled.
    ...(result === null ? { rule, responseMsg } : { cancelResult: result }),
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

function rejection({ rejections, commandRejected }: EventWords, { data }: FoundEvent): string {
  const { code } = data;
  const meanings: Readonly<Record<string, string>> = rejections;
  const why = typeof code === 'string' && Object.hasOwn(meanings, code) ? meanings[code] : null;
  return commandRejected(text(data['command']), why ?? text(code));
}

function amount({ data: { amountMinor, currency } }: FoundEvent): readonly string[] {
  if (amountMinor === undefined) return [];
  const isWhole = typeof amountMinor === 'number' && /^\d+$/.test(String(amountMinor));
  const isAmount = isWhole && typeof currency === 'string';
  const told = isAmount ? amountText(amountMinor, currency) : null;
  // What was altered in the store may be of any type, and is shown as it stands.
  return [escapeForTerminal(told ?? `${text(amountMinor)} ${text(currency)}`)];
}

/** When the request left, how long its answer took, and when the next one is due. */
function transport(words: EventWords, { data, metadata }: FoundEvent): readonly string[] {
  const { sentAt, durationMs, retryInMs } = data;
  const { to } = metadata;
  const parts: string[] = [];
  if (typeof sentAt === 'string') {
    const isSameDay = sentAt.slice(0, 10) === textIn(metadata, 'recordedAt')?.slice(0, 10);
    parts.push(words.sent(escapeForTerminal(isSameDay ? sentAt.slice(11, -1) : sentAt)));
  }
  if (typeof durationMs === 'number') parts.push(words.took(words.duration(durationMs)));
  // Drawn for every outcome, but only these states wait for it.
  const waits = to === 'cancelling.backingOff' || to === 'cancelling.inDoubt';
  if (waits && typeof retryInMs === 'number') parts.push(words.retryIn(words.duration(retryInMs)));
  return parts;
}

function opened(words: EventWords, { number, code }: Anomaly): string {
  return words.opensAnomaly(number, code);
}

function text(value: unknown): string {
  return escapeForTerminal(typeof value === 'string' ? value : JSON.stringify(value ?? null));
}
