import type { Anomaly } from '../../machines/payment-order.facts.ts';
import { received, refunded } from '../../machines/payment-order.money.ts';
import type { Money } from '../../machines/payment-order.money.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { orderNoOf } from '../history/event.ts';
import type { FoundEvent } from '../history/event.ts';
import { isClosedState } from '../history/machine.ts';
import { escapeForTerminal } from '../text.ts';
import { amountText, moneyText } from '../timeline/amount.ts';
import { standingOf } from '../timeline/anomalies.ts';
import { gatewayText } from '../timeline/event-details.ts';
import { eventWords, timeOf } from '../timeline/timeline.ts';
import type { TimelineEntry } from '../timeline/timeline.ts';
import type { EventWords } from '../words/events/en.ts';
import type { Localized } from '../words/language.ts';
import { paymentsIn, refundsIn } from './answers/money.ts';
import type { MoneyTold } from './answers/money.ts';
import type { KnownAtEnd } from './known-at-end.ts';
import type { ReportHeader, ReportMoney } from './report-data.ts';
import { shownAmount } from './money-words.ts';
import { apartAsShown, localizedDuration } from './times.ts';

/** What stands at the head of a report: the order, its money, its state, and what is open. */
export function headerOf(
  events: readonly FoundEvent[],
  timeline: readonly TimelineEntry[],
  { known, certain, notKnownFrom, unread }: KnownAtEnd,
): ReportHeader {
  const places = new Map(events.map(({ revision }, place) => [revision, place]));
  const at = (revision: number) => places.get(revision) ?? 0;
  const orderNo = known?.orderNo || orderNoOf(events[0]?.stream ?? '');
  const isCertain = notKnownFrom === null && unread === null;
  const [first, last] = [timeline[0], timeline.at(-1)];
  const endedWith = endOf(timeline);
  return {
    orderNo: escapeForTerminal(orderNo),
    processBillNo: escapeForTerminal(known?.processBillNo ?? ''),
    gateway: known?.gateway ? escapeForTerminal(gatewayText(known.gateway)) : null,
    expected: amountText(known?.amountMinor, known?.currency),
    received: paymentsIn(events).map((told) => moneyOf(told, at)),
    receivedInAll: known === null ? [] : isCertain ? sumsOf(received(known)) : null,
    refunded: refundsIn(events).map((told) => moneyOf(told, at)),
    refundedInAll: known === null ? [] : isCertain ? sumsOf(refunded(known)) : null,
    state: last?.to ?? '',
    isInDoubt: last?.isInDoubt ?? false,
    beganAt: first?.recordedAt || null,
    beganWith: 0,
    endedAt: endedWith === null ? null : (timeline[endedWith]?.recordedAt ?? null),
    endedWith,
    lasted: lastedOf(first, endedWith === null ? undefined : timeline[endedWith]),
    anomalies: (certain?.anomalies ?? []).map((anomaly) => ({
      ...reportAnomaly(anomaly),
      at: at(anomaly.revision),
    })),
    notKnownFrom,
    isRead: unread === null,
  };
}

/** The place of the event by which the order came to the closed state in which it is. */
function endOf(timeline: readonly TimelineEntry[]): number | null {
  const to = timeline.at(-1)?.to ?? null;
  if (to === null || !isClosedState(paymentOrderMachine, to)) return null;
  return timeline.findLastIndex((entry) => entry.to === to && entry.from !== to);
}

function lastedOf(
  first: TimelineEntry | undefined,
  end: TimelineEntry | undefined,
): Localized | null {
  const [from, until] = [timeOf(first?.recordedAt ?? ''), timeOf(end?.recordedAt ?? '')];
  // A clock that was set back measures nothing.
  return from === null || until === null || until < from
    ? null
    : localizedDuration(apartAsShown(from, until));
}

function sumsOf(sums: readonly Money[] | null): readonly string[] | null {
  return sums === null ? null : sums.map(moneyText);
}

function moneyOf(
  { number, amount, toldBy }: MoneyTold,
  at: (revision: number) => number,
): ReportMoney {
  return {
    amount: shownAmount(amount),
    number: number === null ? null : escapeForTerminal(number),
    at: at(toldBy[0].revision),
  };
}

function reportAnomaly(anomaly: Anomaly): Omit<ReportHeader['anomalies'][number], 'at'> {
  const { number, code } = anomaly;
  const both = (textIn: (words: EventWords) => string): Localized => ({
    en: textIn(eventWords.en),
    'zh-CN': textIn(eventWords['zh-CN']),
  });
  return {
    ...{ number, code, standing: standingOf(anomaly) },
    meaning: both(({ anomalies }) => anomalies[code]),
    whatToDo: both(({ whatToDo }) => whatToDo[code]),
  };
}
