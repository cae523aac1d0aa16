import type { AnomalyCode } from '../../../machines/payment-order.facts.ts';
import { totals } from '../../../machines/payment-order.money.ts';
import type { FoundEvent } from '../../history/event.ts';
import { textIn } from '../../history/event.ts';
import { escapeForTerminal } from '../../text.ts';
import { reportedIn } from '../../timeline/event-details.ts';
import { eventWords, timeOf } from '../../timeline/timeline.ts';
import type { Language } from '../../words/language.ts';
import type { MomentPiece, Prose } from '../../words/prose.ts';
import type { Span, VerdictWords } from '../../words/verdict/en.ts';
import { en } from '../../words/verdict/en.ts';
import { zhCN } from '../../words/verdict/zh-CN.ts';
import { statedMsOf } from '../answers/events-told.ts';
import { refundsIn } from '../answers/money.ts';
import type { MoneyTold } from '../answers/money.ts';
import type { Clause } from '../answers/types.ts';
import { entryAt, eventAt, inEach, personOf, recordedAt } from './history-read.ts';
import type { HistoryRead } from './history-read.ts';
import { shownAmount } from '../money-words.ts';
import type { ReportVerdict, Statement } from '../report-data.ts';
import { ruleText } from './say-replies.ts';

type Saying = {
  readonly words: VerdictWords;
  readonly language: Language;
  readonly history: HistoryRead;
};

const verdictWords = { en, 'zh-CN': zhCN };

/** A longer number is left to the amounts below the verdict. */
const numberMax = 20;

const sentencesMax = 3;

/** How the order ended and what is open, in one or two sentences. */
export function verdictOf(history: HistoryRead): ReportVerdict {
  const { clauses } = history.answers.verdict;
  const last = clauses.flatMap(({ revisions }) => revisions).toSorted((a, b) => b - a)[0];
  const ended: readonly Statement[] =
    clauses.length === 0
      ? []
      : [
          statement(history, last, (saying) =>
            saying.words.sentence(clauses.map((clause) => sayClause(saying, clause))),
          ),
        ];
  const { tone, sentences } = openOf(history);
  const uncertain = uncertaintyOf(history);
  const room = sentencesMax - ended.length - uncertain.length;
  const isSettled = tone === 'good' && uncertain.length > 0;
  return {
    tone: isSettled ? 'plain' : tone,
    sentences: [...ended, ...(isSettled ? [] : sentences.slice(0, room)), ...uncertain],
  };
}

/** What cannot be read may change what the rest says. */
function uncertaintyOf(history: HistoryRead): readonly Statement[] {
  const { notKnownFrom, unread } = history;
  if (notKnownFrom !== null) {
    return [statement(history, notKnownFrom, ({ words }) => words.notCertain(notKnownFrom))];
  }
  if (unread === null) return [];
  const { revision, isMissing } = unread;
  return [
    statement(history, isMissing ? undefined : revision, ({ words }) =>
      isMissing ? words.missing(revision) : words.unreadable(revision),
    ),
  ];
}

function statement(
  history: HistoryRead,
  revision: number | undefined,
  say: (saying: Saying) => string | Prose,
): Statement {
  const text = inEach((_words, language) => {
    const said = say({ words: verdictWords[language], language, history });
    return typeof said === 'string' ? [said] : said;
  });
  return { text, at: revision === undefined ? null : history.at(revision), more: null };
}

function sayClause(saying: Saying, { kind, revisions }: Clause): Prose {
  const { words, history, language } = saying;
  const [revision = 0] = revisions;
  const event = eventAt(history, revision);
  const who = personIn(saying, revision);
  const span = spanOf(history, revisions);
  switch (kind) {
    case 'created':
      return words.created(span);
    case 'requested':
      return words.requested(who, span);
    case 'not-accepted':
      return words.notAccepted(who, span);
    case 'paid':
      return sayPaid(saying, revisions, span);
    case 'paid-by-report':
      return words.paidByReport(span);
    case 'paid-by-operator':
      return words.paidByOperator(who, span);
    case 'failed':
      return sayByWhom(
        event,
        words.failed,
        words.failedByReport,
        words.failedByOperator,
        who,
      )(span);
    case 'confirmed':
      return words.confirmed(span);
    case 'closed': {
      const cause = textIn(event?.data ?? {}, 'cause') ?? '';
      const known = Object.hasOwn(words.closings, cause) ? words.closings[cause] : undefined;
      const told = known ?? words.closed;
      return sayByWhom(event, told, words.closedByReport, words.closedByOperator, who)(span);
    }
    case 'refused':
      return words.refused(revisions.length, span);
    case 'blocked':
      return words.blocked(span, ruleText(language, textIn(event?.data ?? {}, 'rule')) ?? '');
    case 'abandoned':
      return words.abandoned(who, span);
    case 'refunded':
      return sayRefunded(saying, revisions, span);
  }
}

type SayAt = (span: Span | null) => Prose;

/** A fact, the platform's status, or what an operator found. */
function sayByWhom(
  event: FoundEvent | undefined,
  fact: SayAt,
  byReport: SayAt,
  byOperator: (who: string, span: Span | null) => Prose,
  who: string,
): SayAt {
  if (event !== undefined && reportedIn(event) !== null) return byReport;
  return event?.type === 'CancelResolved' ? (span) => byOperator(who, span) : fact;
}

function personIn({ history, language }: Saying, revision: number): string {
  return inEach((words) => personOf(words, history, revision))[language];
}

function sayPaid(
  { words, history }: Saying,
  revisions: readonly number[],
  span: Span | null,
): Prose {
  const payments = history.payments.filter(({ toldBy }) => revisions.includes(toldBy[0].revision));
  const total = sumOf(payments);
  const [only] = payments;
  if (payments.length > 1) return words.paidOften(words.payments(payments.length, total), span);
  const sum = total ?? words.amountUnknown;
  const number = only?.number ?? null;
  const isShort = number !== null && number.length <= numberMax;
  return words.paid(isShort ? words.numbered(sum, escapeForTerminal(number)) : sum, span);
}

function sayRefunded(
  { words, history }: Saying,
  revisions: readonly number[],
  span: Span | null,
): Prose {
  const refunds = refundsIn(history.events);
  const sum = sumOf(refunds) ?? words.amountUnknown;
  const count = revisions.length;
  return count === 1 ? words.refunded(sum, span) : words.refundedOften(sum, count, span);
}

/** By currency; null where one amount is not known. */
function sumOf(all: readonly MoneyTold[]): string | null {
  const amounts = all.flatMap(({ amount }) => amount ?? []);
  if (amounts.length < all.length || all.length === 0) return null;
  return totals(amounts).map(shownAmount).join(' + ');
}

/** When it happened by its source, else when it was recorded; of many, from the first to the last. */
function spanOf(history: HistoryRead, revisions: readonly number[]): Span | null {
  const moments = revisions
    .flatMap((revision) => whenOf(history, revision) ?? [])
    .toSorted((one, other) => (timeOf(one.at) ?? 0) - (timeOf(other.at) ?? 0));
  const [first, last] = [moments[0], moments.at(-1)];
  if (first === undefined || last === undefined) return null;
  const isOne = first === last;
  return { from: first, to: isOne ? null : last, isPair: moments.length === 2 };
}

function whenOf(history: HistoryRead, revision: number): MomentPiece | null {
  const event = eventAt(history, revision);
  const occurredAt = entryAt(history, revision)?.occurredAt ?? null;
  if (event === undefined || occurredAt === null || statedMsOf(event) === null) {
    return recordedAt(history, revision);
  }
  return { at: occurredAt };
}

type Open = Pick<ReportVerdict, 'tone' | 'sentences'>;

const bothTrue: ReadonlySet<AnomalyCode> = new Set(['cancelled-and-paid', 'paid-after-cancel']);

/** How many contradictions are named. */
const namedMax = 2;

/** What is open, and how bad that is. */
function openOf(history: HistoryRead): Open {
  const doubt = sayDoubt(history);
  const contradictions = sayContradictions(history, doubt.length > 0);
  const state = history.timeline.at(-1)?.to ?? '';
  if (contradictions.length > 0 || (doubt.length > 0 && state === 'paid')) {
    return { tone: 'bad', sentences: [...contradictions, ...doubt] };
  }
  if (doubt.length > 0) {
    return { tone: state === 'cancelling.needsReview' ? 'bad' : 'doubt', sentences: doubt };
  }
  const { tone, say } = standing(history, state);
  return { tone, sentences: [statement(history, undefined, ({ words }) => say(words))] };
}

function standing(
  { answers, attempts }: HistoryRead,
  state: string,
): { readonly tone: ReportVerdict['tone']; readonly say: (words: VerdictWords) => string } {
  const { clauses, acknowledged } = answers.verdict;
  const isBlocked = clauses.some(({ kind }) => kind === 'blocked');
  switch (state) {
    case 'created':
    case 'paying':
      return { tone: 'plain', say: ({ waiting }) => waiting };
    case 'cancelling.needsReview':
      return { tone: 'bad', say: (words) => (isBlocked ? words.reviewBlocked : words.review) };
    case 'cancelling.backingOff':
      return { tone: 'plain', say: (words) => words.callsAgain(attempts.length) };
    case 'cancelling.requesting':
      return { tone: 'plain', say: (words) => words.calling(attempts.length) };
    case 'cancelling.inDoubt':
      return { tone: 'doubt', say: ({ doubt }) => doubt };
    case 'paid':
    case 'cancelled':
    case 'failed': {
      const isRetracted = answers.knowledge.some(({ retractedBy }) => retractedBy !== null);
      if (acknowledged.length > 0) return { tone: 'good', say: (words) => words.acknowledged };
      return {
        tone: 'good',
        say: (words) => (isRetracted ? words.retracted : words.nothingOpen),
      };
    }
    default:
      return { tone: 'plain', say: (words) => words.stateUnknown };
  }
}

function sayContradictions(history: HistoryRead, isInDoubt: boolean): readonly Statement[] {
  const { open } = history.answers.verdict;
  const anomalies = history.anomalies.filter(
    // The doubt says the same, and since when.
    ({ number, code }) => open.includes(number) && !(code === 'cancel-unresolved' && isInDoubt),
  );
  const both = anomalies.find(({ code }) => bothTrue.has(code));
  const others = anomalies.filter(({ code }) => !bothTrue.has(code));
  const kinds = new Map(others.toReversed().map((anomaly) => [anomaly.code, anomaly]));
  const named = [...kinds.values()].toReversed().slice(0, namedMax);
  const more = others.length - named.length;
  const [first] = both === undefined ? named : [both];
  if (first === undefined) return [];
  return [
    statement(history, first.revision, ({ words, language }) => {
      const meanings = named.map(({ code }) =>
        code === 'cancel-unresolved' ? words.unresolved : eventWords[language].anomalies[code],
      );
      return (both === undefined ? words.contradictions : words.bothTrue)(meanings, more);
    }),
  ];
}

function sayDoubt(history: HistoryRead): readonly Statement[] {
  const { verdict, doubts } = history.answers;
  const { inDoubt } = verdict;
  if (inDoubt.length === 0) return [];
  const from = doubts.find(({ until }) => until === null)?.from ?? 0;
  const isPaid = history.timeline.at(-1)?.to === 'paid';
  return [
    statement(history, from, ({ words }) =>
      words.inDoubt(inDoubt, recordedAt(history, from), isPaid),
    ),
  ];
}
