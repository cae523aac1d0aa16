import { textIn } from '../../history/event.ts';
import type { FoundEvent } from '../../history/event.ts';
import { isPartWithheld } from '../../history/withheld.ts';
import { statedMsOf } from '../answers/events-told.ts';
import { amountIn, paymentsIn, refundsIn } from '../answers/money.ts';
import type { MoneyTold } from '../answers/money.ts';
import { marked, pointAt } from './lane-mark.ts';
import type { Placed, PlaceOf } from './lane-mark.ts';
import { shortNumber, shownAmount } from '../money-words.ts';
import type { LaneMark } from '../report-data.ts';

/** Money once, however many events tell of it; and what was taken back, each event by itself. */
export function moneyMarks(
  events: readonly FoundEvent[],
  placed: readonly Placed[],
  placeOf: PlaceOf,
): readonly LaneMark[] {
  const told = [...paymentsIn(events), ...refundsIn(events)];
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
  const { recordedMs } = first;
  const statedMs = toldBy.map(({ event }) => statedMsOf(event)).find((ms) => ms !== null) ?? null;
  const isKnownLater = statedMs !== null && (recordedMs === null || statedMs <= recordedMs);
  const movedMs = isKnownLater ? statedMs : recordedMs;
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

/** Of an event by itself: its number and amount. */
export function moneyWord(event: FoundEvent): string {
  if (isPartWithheld(event, 'data')) return '';
  const name = event.type === 'PaymentRefunded' ? 'refundNo' : 'transactionNo';
  return moneyText({ number: textIn(event.data, name), amount: amountIn(event) });
}

function moneyText({ number, amount }: Pick<MoneyTold, 'number' | 'amount'>): string {
  const short = number === null ? '' : shortNumber(number);
  return [short, shownAmount(amount) ?? ''].join(' ').trim();
}
