import { instantOf } from '../../runtime.ts';
import type { FindingWords } from '../../words/findings/en.ts';
import type { Language } from '../../words/language.ts';
import { prose } from '../../words/prose.ts';
import type { MomentPiece, Prose } from '../../words/prose.ts';
import type { CallAndMoney, MoneyAndCall } from '../answers/types.ts';
import { apartAsShown, msBetween } from '../times.ts';
import {
  durationText,
  moneyName,
  neighboursAlike,
  personOf,
  recordedAt,
  sentenceOf,
} from './history-read.ts';
import type { HistoryRead, Told } from './history-read.ts';
import { amountOf, detailsOf, momentOf } from './say-parts.ts';

type Run = readonly [CallAndMoney, ...CallAndMoney[]];

/** More payments than these are counted. */
const namedMax = 3;

/** Two times are compared within this, ms, so that milliseconds decide. */
const exactBelowMs = 1_000;

/** Was each call made before or after the money moved? Neighbours that stand alike are one answer. */
export function sayCalls(history: HistoryRead): readonly Told[] {
  const { calls, replies } = history.answers;
  const decisive = new Set(
    replies.flatMap(({ attempt, outcome, isOpen }) =>
      isOpen || outcome === 'confirmed' ? [attempt] : [],
    ),
  );
  const runs = neighboursAlike(calls, ({ sending, money }) =>
    JSON.stringify([sending, money.map(({ revision, moved, by }) => [revision, moved, by])]),
  );
  const told = runs.map((run) => ({
    text: sentenceOf((words, language) => sayRun(words, language, history, run)),
    at: history.at(run[0].revision),
    more: null,
    isDecisive: run.some(({ attempt }) => decisive.has(attempt)),
  }));
  return calls.length === 0 ? [] : [...told, ...sayRetractedPayments(history)];
}

function sayRun(
  words: FindingWords,
  language: Language,
  history: HistoryRead,
  run: Run,
): string | Prose {
  const [first, last] = [run[0], run.at(-1) ?? run[0]];
  const [from, to] = [sentAt(first), sentAt(last)];
  if (from === null || to === null) {
    const say = {
      unsent: words.notSent,
      withheld: words.sendingWithheld,
      unknown: words.sendingUnknown,
    };
    const { sending } = first;
    return say[sending === 'sent' ? 'unknown' : sending](first.attempt, last.attempt);
  }
  const isOne = run.length === 1;
  const beginning = isOne
    ? words.wasSent(first.attempt, from)
    : words.wereSent(first.attempt, last.attempt, from, to);
  if (first.money.length === 0) {
    const { isCertain } = history.answers.verdict;
    return prose`${beginning}${words.joined}${isCertain ? words.noMoney : words.noMoneyShown}`;
  }
  if (first.money.length > namedMax) {
    const moved = { before: 0, during: 0, after: 0, unclear: 0 };
    for (const each of first.money) moved[each.moved] += 1;
    return words.ofManyPayments(first.money.length, beginning, moved);
  }
  const said = sayMoney(words, language, history, run);
  return isOne ? said : prose`${beginning}${words.joined}${said}`;
}

/** Each source of money and how it stands to the call, or to the nearest of several. */
function sayMoney(words: FindingWords, language: Language, history: HistoryRead, run: Run): Prose {
  let amountBefore: string | null = null;
  const order = ['before', 'during', 'after', 'unclear'];
  const places = [...run[0].money.keys()].toSorted((one, other) => {
    const [a, b] = [run[0].money[one], run[0].money[other]];
    return order.indexOf(a?.moved ?? '') - order.indexOf(b?.moved ?? '');
  });
  return places.reduce<Prose>((said, place, index) => {
    const nearest = (run[0].money[place]?.moved === 'before' ? run[0] : run.at(-1)) ?? run[0];
    const money = nearest.money[place];
    if (money === undefined) return said;
    const told = history.paymentOf.get(money.revision) ?? { number: null, amount: null };
    const amount = JSON.stringify(told.amount);
    const named = moneyName(
      words,
      history,
      amount === amountBefore ? { ...told, amount: null } : told,
    );
    amountBefore = amount;
    const reference = referenceTo(words, run, nearest, money, index);
    const part = relation({ words, language, history, call: nearest }, money, named, reference);
    return said.length === 0 ? part : prose`${said}${words.joined}${part}`;
  }, []);
}

/** The call in words: with its time where it is named first. */
function referenceTo(
  words: FindingWords,
  run: Run,
  nearest: CallAndMoney,
  { moved, by, apartMs }: MoneyAndCall,
  index: number,
): string | Prose {
  if (run.length > 1) {
    if (moved === 'during') return words.eachOfThem;
    return moved === 'before' ? words.firstOfThem : words.lastOfThem;
  }
  const [sent, sentMs] = [sentAt(nearest), nearest.sentMs];
  if (sent === null || sentMs === null) return words.call(nearest.attempt);
  const isExact = by === 'stated' && apartMs !== null && apartMs < exactBelowMs;
  if (!isExact) return index === 0 ? words.sentCall(nearest.attempt, sent) : words.it;
  const movedMs = moved === 'before' ? sentMs - apartMs : sentMs + apartMs;
  const movedAt: MomentPiece = { at: instantOf(movedMs), isExact: true };
  if (index > 0) return words.itExactly(movedAt);
  return words.sentCallExactly(nearest.attempt, { ...sent, isExact: true }, movedAt);
}

type Saying = {
  readonly words: FindingWords;
  readonly language: Language;
  readonly history: HistoryRead;
  readonly call: CallAndMoney;
};

function relation(saying: Saying, told: MoneyAndCall, money: string, call: string | Prose): Prose {
  const { words } = saying;
  const { source, moved, by, apartMs, learnedMs } = told;
  const apart = afterSending(saying, (apartMs ?? 0) * (moved === 'before' ? -1 : 1));
  const learned = afterSending(saying, learnedMs ?? 0);
  const distance = words.distance(learnedMs, learned, call);
  if (source === 'reported') return words.paidByReport(distance);
  if (source === 'resolved') return words.paidByOperator(distance);
  switch (moved) {
    case 'before': {
      if (by === 'recorded')
        return words.recordedBefore(money, apartMs === null ? null : apart, call);
      return prose`${words.movedBefore(money, apart, call)}${whenLearned(saying, told)}`;
    }
    case 'during':
      return call === words.eachOfThem
        ? words.movedDuringEach(money, call)
        : words.movedDuring(money, apart, call);
    case 'after':
      return words.movedAfter(money, apart, call);
    case 'unclear':
      return words.movedUnclear(money, distance);
  }
}

/** How long after the call was sent, or before it. */
function afterSending({ language, call }: Saying, ms: number): string {
  const sentMs = call.sentMs ?? 0;
  return durationText(language, apartAsShown(sentMs, sentMs + ms));
}

/** When we knew of money that had moved before the call: by its notice, or before that by asking. */
function whenLearned(saying: Saying, { revision, learnedMs }: MoneyAndCall): string {
  const { words, history, call } = saying;
  if (learnedMs === null) return '';
  if (learnedMs <= 0) return words.knewThen;
  const asked = history.answers.reports.find(
    (report) => report.status === 'succeeded' && report.retractedBy === null,
  );
  const learned = words.learnedAfter(afterSending(saying, learnedMs));
  if (asked === undefined || asked.revision > revision || history.payments.length > 1) {
    return learned;
  }
  const knewMs = msBetween(
    instantOf(call.sentMs ?? 0),
    recordedAt(history, asked.revision)?.at ?? '',
  );
  if (knewMs === null) return learned;
  return knewMs > 0 ? words.learnedByAsking(afterSending(saying, knewMs)) : words.knewThen;
}

/** Why a payment in the timeline is not the money of the other answers. */
function sayRetractedPayments(history: HistoryRead): readonly Told[] {
  return history.answers.knowledge.flatMap(({ revision, retractedBy }) => {
    const event = history.events[history.at(revision)];
    if (event?.type !== 'PaymentSucceeded' || retractedBy === null) return [];
    const text = sentenceOf((words) =>
      words.retractedPayment(
        amountOf(words, event),
        personOf(words, history, retractedBy),
        momentOf(words, history, retractedBy),
      ),
    );
    const more = detailsOf(history, event, retractedBy);
    return [{ text, at: history.at(revision), more, isDecisive: false }];
  });
}

function sentAt({ sentMs }: CallAndMoney): MomentPiece | null {
  return sentMs === null ? null : { at: instantOf(sentMs) };
}
