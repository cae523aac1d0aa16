import { hasRole, isEventType, reportedStatuses } from '../../machines/payment-order.events.ts';
import type { ReportedStatus } from '../../machines/payment-order.events.ts';
import type { GatewayOfOrder } from '../../machines/payment-order.facts.ts';
import { amountText } from './amount.ts';
import type { FoundEvent } from '../history/event.ts';
import { textIn } from '../history/event.ts';
import { isPartWithheld } from '../history/withheld.ts';
import { escapeForTerminal } from '../text.ts';
import type { EventWords } from '../words/events/en.ts';
import { closedAsRetracted, opened } from './anomalies.ts';
import type { ReadStep } from './retractions.ts';
import { readAlong } from './retractions.ts';

/** Something that readers want to see next to what happened. Escaped, on one line. */
export type Detail = {
  readonly text: string;
  /** What the words stand for, such as the name of a rule; null where they say it all. */
  readonly code: string | null;
  /** A moment that follows the words: as stored (UTC), and as a line shows it. */
  readonly moment: { readonly at: string; readonly text: string } | null;
};

/** The details of each event that readers want to see next to its type. */
export function eventDetails(words: EventWords, events: Iterable<FoundEvent>): readonly string[] {
  return Array.from(readAlong(events), (step) => {
    const { retractedBy } = step;
    const details = lineOf(words, detailsOf(words, step));
    if (retractedBy === null) return details;
    const retraction = retractionText(words, retractedBy);
    return details === '' ? retraction : `${retraction} · ${details}`;
  });
}

/** Details on one line. */
export function lineOf(words: EventWords, details: readonly Detail[]): string {
  return details
    .map(({ text, code, moment }) => {
      const said = moment === null ? text : `${text} ${moment.text}`;
      return code === null ? said : words.coded(said, code);
    })
    .join(' · ');
}

export function detailsOf(words: EventWords, step: ReadStep): readonly Detail[] {
  const { event, known } = step;
  const { type, data, metadata } = event;
  const { dataLabels, texts } = words;
  const begun = hasRole(type, 'beginsAttempt') ? [words.beginsAttempt(known.answers.length)] : [];
  // Nothing of the data is there to be shown.
  if (isPartWithheld(event, 'data'))
    return [...begun, words.withheld, ...notice(words, event)].map(plain);
  return [
    ...begun.map(plain),
    ...(type === 'CommandRejected' ? rejection(words, event) : []),
    ...(type === 'FactRetracted' ? target(words, step) : []).map(plain),
    ...decision(words, data),
    ...labelled(dataLabels, shownData(event)).map(plain),
    ...byRule(words, event),
    ...occurred(words, metadata['occurredAt']),
    ...[...proof(words, event), ...amount(event)].map(plain),
    ...transport(words, event),
    ...opened(step).map(({ number, code }) =>
      coded(words.opensAnomaly(number, words.anomalies[code]), code),
    ),
    ...closedAsRetracted(step).map(({ number, code }) =>
      coded(words.retractsAnomaly(number, words.anomalies[code]), code),
    ),
    ...[...wrote(words, event), ...labelled(texts, data), ...notice(words, event)].map(plain),
  ];
}

const plain = (text: string): Detail => ({ text, code: null, moment: null });

const coded = (text: string, code: string): Detail => ({ text, code, moment: null });

function occurred(words: EventWords, at: unknown): readonly Detail[] {
  if (at === undefined) return [];
  const shown = text(at);
  return [{ text: words.occurredAt, code: null, moment: { at: shown, text: shown } }];
}

/** A word for a stored code, with the code; the code alone if it is not known. */
function named(names: Readonly<Record<string, string>>, code: unknown): Detail {
  const shown = text(code);
  const name = typeof code === 'string' && Object.hasOwn(names, code) ? names[code] : undefined;
  return name === undefined ? plain(shown) : coded(name, shown);
}

/** How an operator resolved a doubt, and why the platform closed an order. */
function decision(words: EventWords, data: FoundEvent['data']): readonly Detail[] {
  const { resolution, cause } = data;
  return [
    ...(resolution === undefined ? [] : [named(words.resolutions, resolution)]),
    ...(cause === undefined || cause === 'unstated' ? [] : [named(words.causes, cause)]),
  ];
}

/** By what an answer was classified, unless its headline says the same. */
function byRule(words: EventWords, event: FoundEvent): readonly Detail[] {
  const { rule } = event.data;
  if (rule === undefined || isResultIn(event)) return [];
  const { text: meaning, code } = named(words.rules, rule);
  return [{ text: words.byRule(meaning), code, moment: null }];
}

/** What the platform wrote, and what the source of a fact did, in their own words. */
function wrote(words: EventWords, event: FoundEvent): readonly string[] {
  const { responseMsg, message } = event.data;
  return [
    // The message of such an answer is 'success' even if nothing was cancelled.
    ...(responseMsg === undefined || isResultIn(event) ? [] : [words.wrote(text(responseMsg))]),
    ...(message === undefined ? [] : [words.sourceWrote(text(message))]),
  ];
}

/** Whether an answer is a result, which the event's headline says. */
function isResultIn({ type, data }: FoundEvent): boolean {
  const { rule, status } = data;
  return cancelResultOf(rule) !== null || (type === 'StatusReported' && rule === status);
}

/** What happened, by the event's type; of a question, by its answer. */
export function headlineOf(words: EventWords, event: FoundEvent): string {
  const { type } = event;
  const reported = reportedIn(event);
  if (reported !== null) return words.reports[reported];
  return isEventType(type) ? words.headlines[type] : words.unknownEvent(escapeForTerminal(type));
}

/** What the platform answered to a question; null for any other event. */
export function reportedIn({ type, data }: FoundEvent): ReportedStatus | null {
  if (type !== 'StatusReported') return null;
  return reportedStatuses.find((status) => status === data['status']) ?? null;
}

/** Who took an event back, when and why, by the event that did. */
export function retractionText(words: EventWords, { revision, data }: FoundEvent): string {
  return words.retracted(revision, text(data['by']), text(data['evidence']));
}

/** A text of the stored fields, escaped for a terminal; null if there is none. */
export function escapedIn(fields: FoundEvent['data'], field: string): string | null {
  const found = textIn(fields, field);
  return found === null ? null : escapeForTerminal(found);
}

/** The gateway of an order or an attempt, with its account; null if none is recorded. Not escaped. */
export function gatewayIn({ gateway }: FoundEvent['data']): string | null {
  if (typeof gateway !== 'object' || gateway === null) return null;
  const [name, appId] = [textIn({ ...gateway }, 'name'), textIn({ ...gateway }, 'appId')];
  return gatewayText({ name: name ?? '?', appId });
}

/** A gateway as people read it: its name, and its account where that is known. Not escaped. */
export function gatewayText({ name, appId }: GatewayOfOrder): string {
  return appId === null ? name : `${name} (${appId})`;
}

/** The platform's `cancel_result`, by the rule that was applied; null if its answer held none. */
export function cancelResultOf(rule: unknown): boolean | null {
  return rule === 'confirmed' ? true : rule === 'refused' ? false : null;
}

/** The data without fields that repeat another field or that are shown in words. */
function shownData({ type, data }: FoundEvent): Readonly<Record<string, unknown>> {
  const { factId, rule, amount, ...others } = data;
  // An id computed from the content, or equal to its number, adds nothing to it.
  const isOwnId =
    typeof factId === 'string' &&
    !factId.startsWith('sha256:') &&
    factId !== data['transactionNo'] &&
    factId !== data['refundNo'];
  return {
    ...others,
    code: type === 'CommandRejected' ? undefined : others['code'],
    // Where it could be read, it is shown as an amount.
    amount: data['amountMinor'] === undefined ? amount : undefined,
    gateway: gatewayIn(data) ?? undefined,
    factId: isOwnId ? factId : undefined,
    cancelResult: cancelResultOf(rule) ?? undefined,
  };
}

function labelled(
  labels: Readonly<Record<string, string>>,
  data: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(labels)
    .filter(([field]) => Object.hasOwn(data, field) && data[field] !== undefined)
    .map(([field, label]) => `${label} ${text(data[field])}`);
}

/** What a retraction takes back. */
function target(words: EventWords, { event, retracts }: ReadStep): readonly string[] {
  const what = retracts === null ? null : headlineOf(words, retracts);
  return [words.retracts(text(event.data['revision']), what)];
}

/** Enough digits to find the notice by; all of them are in the metadata. */
const noticeIdDigits = 12;

/** The notice that a fact came by. */
function notice(words: EventWords, { metadata }: FoundEvent): readonly string[] {
  const [noticeId, vouchedBy] = [escapedIn(metadata, 'noticeId'), escapedIn(metadata, 'vouchedBy')];
  return [
    ...(noticeId === null ? [] : [words.notice(noticeId.slice(0, noticeIdDigits))]),
    ...(vouchedBy === null ? [] : [words.vouchedBy(vouchedBy)]),
  ];
}

/** Whether `pending` says anything of the attempts that had been made. */
function proof(words: EventWords, event: FoundEvent): readonly string[] {
  const { data } = event;
  if (reportedIn(event) !== 'pending' || data['attempts'] === 0) return [];
  return [data['conclusive'] === true ? words.conclusive : words.notConclusive];
}

function rejection(words: EventWords, { data }: FoundEvent): readonly Detail[] {
  const { text: command } = named(words.commands, data['command']);
  const { text: why, code } = named(words.rejections, data['code']);
  const said = { text: words.commandRejected(command, why), code, moment: null };
  return data['isLastRecorded'] === true ? [said, plain(words.lastRejection)] : [said];
}

function amount({ data: { amountMinor, currency } }: FoundEvent): readonly string[] {
  if (amountMinor === undefined) return [];
  const isWhole = typeof amountMinor === 'number' && /^\d+$/.test(String(amountMinor));
  const isAmount = isWhole && typeof currency === 'string';
  const shown = isAmount ? amountText(amountMinor, currency) : null;
  // Data that was altered in the store may be of any type; it is shown as stored.
  return [escapeForTerminal(shown ?? `${text(amountMinor)} ${text(currency)}`)];
}

/** When the request was sent, how long the answer took, and when what follows is due. */
function transport(words: EventWords, { data, metadata }: FoundEvent): readonly Detail[] {
  const { sentAt, durationMs, retryInMs } = data;
  const { to } = metadata;
  const parts: Detail[] = [];
  if (typeof sentAt === 'string') {
    const isSameDay = sentAt.slice(0, 10) === textIn(metadata, 'recordedAt')?.slice(0, 10);
    const shown = escapeForTerminal(isSameDay ? sentAt.slice(11, -1) : sentAt);
    const moment = { at: escapeForTerminal(sentAt), text: shown };
    parts.push({ text: words.sent, code: null, moment });
  }
  if (typeof durationMs === 'number') parts.push(plain(words.took(words.duration(durationMs))));
  if (typeof retryInMs === 'number') {
    const wait = words.duration(retryInMs);
    // Every outcome has a wait, but only these states use it.
    if (to === 'cancelling.backingOff') parts.push(plain(words.retryIn(wait)));
    if (to === 'cancelling.inDoubt') parts.push(plain(words.askedIn(wait)));
  }
  return parts;
}

function text(value: unknown): string {
  const shown = value ?? '?';
  return escapeForTerminal(typeof shown === 'string' ? shown : JSON.stringify(shown));
}
