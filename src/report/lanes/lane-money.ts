import { orderNoOf, textIn } from '../../history/event.ts';
import type { FoundEvent } from '../../history/event.ts';
import { isPartWithheld } from '../../history/withheld.ts';
import { escapeForTerminal } from '../../text.ts';
import { amountText } from '../../timeline/amount.ts';
import { timeOf } from '../../timeline/timeline.ts';
import { paymentsIn, refundsIn } from '../answers/money.ts';
import type { MoneyTold } from '../answers/money.ts';
import { marked, pointAt } from './lane-mark.ts';
import type { Placed, PlaceOf } from './lane-mark.ts';
import type { LaneMark } from '../report-data.ts';

/** Money once, however many events tell of it; and what was taken back, each event by itself. */
export function moneyMarks(
  events: readonly FoundEvent[],
  placed: readonly Placed[],
  placeOf: PlaceOf,
): readonly LaneMark[] {
  const orderNo = orderNoOf(events[0]?.stream ?? '');
  const told = [...paymentsIn(events, orderNo), ...refundsIn(events)];
  const retracted = placed.filter(
    ({ event, entry }) =>
      entry.retraction !== null &&
      (event.type === 'PaymentSucceeded' || event.type === 'PaymentRefunded'),
  );
  return [
    ...told.flatMap((money) =>
      moneyMark(
        money.toldBy.flatMap(({ revision }) => placeOf(revision) ?? []),
        money,
      ),
    ),
    ...retracted.flatMap((found) => moneyMark([found], null)),
  ];
}

function moneyMark(toldBy: readonly Placed[], money: MoneyTold | null): readonly LaneMark[] {
  const [first] = toldBy;
  if (first === undefined) return [];
  const recordedMs = first.recordedMs;
  const statedMs = toldBy.map(statedOf).find((ms) => ms !== null) ?? null;
  const isLate = statedMs !== null && (recordedMs === null || statedMs <= recordedMs);
  const movedMs = isLate ? statedMs : recordedMs;
  if (movedMs === null) return [];
  const what = money === null ? moneyWord(first.event) : moneyText(money);
  const isRefund = first.event.type === 'PaymentRefunded';
  const mark = marked(
    'money',
    first.at,
    pointAt(movedMs),
    first.entry,
    isRefund ? 'plain' : 'good',
    (words) => (isRefund ? words.refund(what) : words.payment(what)),
  );
  return [{ ...mark, recordedMs: recordedMs === movedMs ? null : recordedMs }];
}

/** When it occurred by its source; null if it gave no time, or one after the recording. */
function statedOf({ entry, recordedMs }: Placed): number | null {
  const ms = timeOf(entry.occurredAt ?? '');
  return ms === null || (recordedMs !== null && ms > recordedMs) ? null : ms;
}

/** Of an event by itself: its number and amount. */
export function moneyWord(event: FoundEvent): string {
  const { data, type } = event;
  if (isPartWithheld(event, 'data')) return '';
  const { amountMinor, currency } = data;
  const isAmount = typeof amountMinor === 'number' && typeof currency === 'string';
  return moneyText({
    number: textIn(data, type === 'PaymentRefunded' ? 'refundNo' : 'transactionNo'),
    amount: isAmount ? { amountMinor, currency } : null,
  });
}

function moneyText({ number, amount }: Pick<MoneyTold, 'number' | 'amount'>): string {
  const text = amount === null ? null : amountText(amount.amountMinor, amount.currency);
  return [shortNumber(number), text]
    .map((part) => escapeForTerminal(part ?? ''))
    .join(' ')
    .trim();
}

/** Platforms give 28 digits, of which the last ones tell transactions apart. */
function shortNumber(number: string | null): string | null {
  const signs = Array.from(number ?? '');
  return signs.length <= 12 ? number : `…${signs.slice(-6).join('')}`;
}
