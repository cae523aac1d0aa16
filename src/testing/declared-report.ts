import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { AttemptResult } from '../../machines/payment-order.facts.ts';
import { waitAfter, withRefusal } from './declared-cancel.ts';
import { flagged, isInDoubt } from './declared-known.ts';
import type { DeclaredFacts } from './declared-known.ts';
import { withPayment } from './declared-money.ts';

// What the answer to a question tells, by the design's words; no code of the machine is used.

type Report = PaymentOrderEvent<'StatusReported'>;

export function withReport(known: DeclaredFacts, report: Report): DeclaredFacts {
  const { toldAt } = known;
  // What came after the question is not contradicted by the answer.
  const was = (at: number | null) => at !== null && at <= report.headRevision;
  const isSure = { ...known, answers: doubtsAs(known, report, 'settled') };
  switch (report.status) {
    case 'unavailable':
      return known;
    case 'unknown':
      return stillAsking(known, report, known.answers);
    case 'pending': {
      const isTold = report.conclusive && (toldAt.refused === null || was(toldAt.refused));
      const answers = isTold ? doubtsAs(known, report, 'not-seen') : known.answers;
      return stillAsking(known, report, answers);
    }
    case 'canceled': {
      const closed = { ...isSure, closed: true, closedOutThere: true };
      return flagged(closed, was(toldAt.paid) && 'contradicted');
    }
    case 'failed': {
      const waits = isInDoubt(isSure) || isSure.answers.includes('in-flight');
      const cancel = known.cancel && { ...known.cancel, isOver: known.cancel.isOver || !waits };
      return flagged({ ...isSure, failed: true, cancel }, was(toldAt.paid) && 'contradicted');
    }
    case 'succeeded': {
      const { amountMinor, currency } = report;
      const { payments, isNew, ...found } = withPayment(known, { amountMinor, currency });
      return flagged(
        { ...isSure, paid: true, payments },
        found.isMismatch && 'amount-mismatch',
        isNew && was(toldAt.closed) && 'paid-after-cancel',
        isNew && was(toldAt.failed) && 'paid-after-failure',
        found.isContradicted && was(toldAt.payment) && 'contradicted',
      );
    }
  }
}

/** The doubts about attempts that had been made when it was asked. */
function doubtsAs(
  { answers }: DeclaredFacts,
  { attempts }: Report,
  as: AttemptResult,
): readonly AttemptResult[] {
  const asked = answers.slice(0, attempts).map((answer) => (answer === 'unknown' ? as : answer));
  return [...asked, ...answers.slice(attempts)];
}

/** Without a doubt, nobody waits for the answer. */
function stillAsking(
  known: DeclaredFacts,
  { retryInMs }: Report,
  answers: readonly AttemptResult[],
): DeclaredFacts {
  if (!isInDoubt(known)) return known;
  const doubts = isInDoubt({ answers });
  const after = { ...known, answers, questions: known.questions + (doubts ? 1 : 0) };
  const wait = retryInMs === undefined ? waitAfter(after, !doubts, -1) : retryInMs;
  return { ...after, retryInMs: wait, cancel: withRefusal(after) };
}
