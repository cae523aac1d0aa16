/** Parts of sentences that several questions share. */

import { hasRole } from '../../../machines/payment-order.events.ts';
import type { FoundEvent } from '../../history/event.ts';
import { textIn } from '../../history/event.ts';
import { escapeForTerminal } from '../../text.ts';
import { escapedIn } from '../../timeline/event-details.ts';
import type { FindingWords } from '../../words/findings/en.ts';
import type { LocalizedProse, Prose } from '../../words/prose.ts';
import { amountIn } from '../answers/money.ts';
import { shortNumber, shownAmount } from '../money-words.ts';
import { eventAt, inEach, moneyName, personOf, recordedAt } from './history-read.ts';
import type { HistoryRead } from './history-read.ts';

/** What a fact says. */
export function factText(words: FindingWords, history: HistoryRead, event: FoundEvent): string {
  const { type, data, revision } = event;
  switch (type) {
    case 'PaymentSucceeded': {
      const payment = history.paymentOf.get(revision);
      return words.arrived(
        payment === undefined ? amountOf(words, event) : moneyName(words, history, payment),
      );
    }
    case 'PaymentRefunded':
      return words.wentBack(shownAmount(amountIn(event)));
    case 'PaymentFailed':
      return words.failed;
    case 'PaymentDeclined':
      return words.declined;
    default: {
      const cause = textIn(data, 'cause') ?? '';
      const known = Object.hasOwn(words.closings, cause) ? words.closings[cause] : undefined;
      return known ?? words.foundClosed;
    }
  }
}

/** A payment that does not count, by its own number and amount. */
export function amountOf(words: FindingWords, event: FoundEvent): string {
  const number = textIn(event.data, 'transactionNo');
  const amount = shownAmount(amountIn(event));
  return number === null ? words.theMoney(amount) : words.numbered(shortNumber(number), amount);
}

/** That it does not count; empty where it does. */
export function retractionText(
  words: FindingWords,
  history: HistoryRead,
  retractedBy: number | null,
): Prose {
  if (retractedBy === null) return [];
  return words.doesNotCount(
    personOf(words, history, retractedBy),
    momentOf(words, history, retractedBy),
  );
}

/** When an event was recorded, or that this is withheld. */
export function momentOf(words: FindingWords, history: HistoryRead, revision: number): Prose {
  const at = recordedAt(history, revision);
  return [at ?? words.withheldTime];
}

/** How the operator found the order, in words. */
export function resolutionIn(words: FindingWords, data: FoundEvent['data']): string {
  const resolution = String(data['resolution']);
  const known = Object.hasOwn(words.resolutions, resolution)
    ? words.resolutions[resolution]
    : undefined;
  return known ?? shown(data['resolution']);
}

/** A stored number or text, escaped; empty where it is neither. */
export function shown(value: unknown): string {
  return typeof value === 'number' || typeof value === 'string'
    ? escapeForTerminal(String(value))
    : '';
}

const reasonMax = 40;

/** As much of a reason as its sentence holds; the whole of a longer one is folded. */
export function beginningOf(reason: string): string {
  if (reason.length <= reasonMax) return reason;
  let beginning = '';
  for (const letter of reason) {
    if (beginning.length + letter.length > reasonMax) break;
    beginning += letter;
  }
  return `${beginning.trim()}…`;
}

/** Long texts, each with its name. */
export function detailsOf(
  history: HistoryRead,
  event: FoundEvent,
  retractedBy: number | null = null,
): LocalizedProse | null {
  const retraction = retractedBy === null ? undefined : eventAt(history, retractedBy);
  const texts = (labels: FindingWords['labels']) =>
    [event, ...(retraction === undefined ? [] : [retraction])].flatMap(({ data }) =>
      (['reason', 'note', 'evidence', 'message'] as const).flatMap((name) => {
        const text = escapedIn(data, name);
        return text === null || isShown(event, name, text) ? [] : [`${labels[name]}: ${text}`];
      }),
    );
  if (texts(inEach((words) => words.labels).en).length === 0) return null;
  return inEach((words) => [texts(words.labels).join(' · ')]);
}

/** Whether the sentence itself gives it. */
function isShown({ type, data }: FoundEvent, name: string, text: string): boolean {
  const isRequest = type === 'CommandRejected' || hasRole(type, 'beginsAttempt');
  return (
    isRequest &&
    (name === 'reason' || name === 'note') &&
    beginningOf(text) === text &&
    data[name] !== undefined
  );
}
