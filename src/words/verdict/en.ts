import { counted } from '../phrases.ts';
import { begunWithCapital, prose } from '../prose.ts';
import type { MomentPiece, Prose } from '../prose.ts';

/** One moment or two, or the first and the last of several. */
export type Span = {
  readonly from: MomentPiece;
  readonly to: MomentPiece | null;
  /** Whether those are all. */
  readonly isPair: boolean;
};

const at = (span: Span | null): Prose => {
  if (span === null) return [', at a time that is withheld'];
  const { from, to, isPair } = span;
  if (to === null) return prose` at ${from}`;
  return isPair ? prose` at ${from} and ${to}` : prose` from ${from} to ${to}`;
};

const andMore = (more: number) => (more === 0 ? '' : `, nor ${more} more`);

/** How an order ended, clause by clause, and what is open. Names and amounts arrive as text. */
export const en = {
  sentence: (clauses: readonly Prose[]): Prose => {
    const joined = clauses.reduce((said, clause) => prose`${said}; ${clause}`);
    return prose`${begunWithCapital(joined)}.`;
  },
  created: (span: Span | null): Prose => prose`the order was created${at(span)}`,
  requested: (who: string, span: Span | null): Prose => prose`${who} asked to cancel${at(span)}`,
  notAccepted: (who: string, span: Span | null): Prose =>
    prose`${who} asked to cancel${at(span)}, which was not accepted`,
  paid: (amount: string, span: Span | null): Prose => prose`paid ${amount}${at(span)}`,
  amountUnknown: 'an amount that is not known',
  payments: (count: number, amount: string | null): string =>
    `${counted(count, 'payment')}${amount === null ? '' : `, ${amount} in all,`}`,
  paidOften: (payments: string, span: Span | null): Prose => prose`${payments} came${at(span)}`,
  numbered: (amount: string, number: string): string => `${amount} (${number})`,
  paidByReport: (span: Span | null): Prose =>
    prose`the platform reported the order paid${at(span)}`,
  paidByOperator: (who: string, span: Span | null): Prose =>
    prose`${who} found the order paid${at(span)}`,
  failed: (span: Span | null): Prose => prose`the payment failed${at(span)}`,
  failedByReport: (span: Span | null): Prose =>
    prose`the platform reported the payment failed${at(span)}`,
  failedByOperator: (who: string, span: Span | null): Prose =>
    prose`${who} found the payment failed${at(span)}`,
  confirmed: (span: Span | null): Prose => prose`the platform confirmed the cancel${at(span)}`,
  closed: (span: Span | null): Prose => prose`the order was found closed at the gateway${at(span)}`,
  closings: {
    expired: (span: Span | null): Prose => prose`the order was closed unpaid${at(span)}`,
    'closed-by-platform': (span: Span | null): Prose =>
      prose`the platform closed the order${at(span)}`,
    'closed-by-channel': (span: Span | null): Prose =>
      prose`the channel closed the order${at(span)}`,
  } as Readonly<Record<string, (span: Span | null) => Prose>>,
  closedByReport: (span: Span | null): Prose =>
    prose`the platform reported the order closed${at(span)}`,
  closedByOperator: (who: string, span: Span | null): Prose =>
    prose`${who} found the order cancelled${at(span)}`,
  refused: (count: number, span: Span | null): Prose =>
    count === 1
      ? prose`the platform did not cancel${at(span)}`
      : prose`the platform did not cancel, ${count} times${at(span)}`,
  blocked: (span: Span | null, why: string): Prose =>
    prose`the last call was blocked${at(span)}${why === '' ? '' : `, because ${why}`}`,
  abandoned: (who: string, span: Span | null): Prose =>
    prose`${who} abandoned the cancel${at(span)}`,
  refunded: (amount: string, span: Span | null): Prose => prose`${amount} went back${at(span)}`,
  refundedOften: (amount: string, count: number, span: Span | null): Prose =>
    prose`${amount} went back in ${count} refunds${at(span)}`,

  /** That it is paid and cancelled, and perhaps more that contradicts. */
  bothTrue: (meanings: readonly string[], more: number): string =>
    `The payment and the cancel are both on record, and nobody has acknowledged that contradiction${meanings.map((meaning) => `, nor that ${meaning}`).join('')}${andMore(more)}.`,
  contradictions: (meanings: readonly string[], more: number): string =>
    `Nobody has acknowledged that ${meanings.join(', nor that ')}${andMore(more)}.`,
  /** A meaning that reads otherwise in a sentence than in a list. */
  unresolved: 'the order was paid while a call might have cancelled it',
  inDoubt: (calls: readonly number[], since: MomentPiece | null, isPaid: boolean): Prose => {
    const subject = calls.length === 1 ? `call ${calls[0] ?? ''}` : `one of ${calls.length} calls`;
    const time = since === null ? [] : prose` since ${since}`;
    return prose`Whether ${subject} cancelled is not known${time}${isPaid ? ', though the order is paid' : ''}.`;
  },
  review: 'The calls have stopped, and a person must decide how it goes on.',
  reviewBlocked: 'A person must remove the cause, and then ask for another call.',
  calling: (call: number): string => `Call ${call} is under way.`,
  callsAgain: (calls: number): string =>
    `No call has worked yet (${calls} so far), and another one follows.`,
  waiting: 'No money has arrived yet.',
  nothingOpen: 'Nothing is open in this record.',
  acknowledged: 'The contradiction was acknowledged, and nothing is open in this record.',
  retracted: 'What was recorded by mistake was retracted, and nothing is open in this record.',
  notCertain: (revision: number): string =>
    `What is withheld from revision ${revision} on may change this.`,
  missing: (revision: number): string =>
    `Revision ${revision} is missing from this history, and may change this.`,
  unreadable: (revision: number): string =>
    `This version cannot read revision ${revision}, which may change this.`,
  stateUnknown: 'How the order stands is not recorded.',
  doubt: 'Whether a call cancelled is not known.',
};

export type VerdictWords = typeof en;
