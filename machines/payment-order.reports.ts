/**
 * What an order learns from the platform's answer to a question. A report speaks of the attempts
 * that had been made when it was asked, and contradicts nothing that was recorded after that.
 */

import {
  endedByRefusal,
  endedBy,
  inDoubt,
  isInFlight,
  wasKnown,
  withAnomalies,
} from './payment-order.facts.ts';
import type { AttemptResult, OrderFacts } from './payment-order.facts.ts';
import { recordPayment } from './payment-order.money.ts';
import type { RememberedReport } from './payment-order.remembered.ts';

export function recordReport(known: OrderFacts, report: RememberedReport): OrderFacts {
  const { revision, status, attempts, headRevision, payment } = report;
  const isAgainstMoney = wasKnown(known.since.paid, headRevision) && 'contradicted';
  const settled = withoutDoubtOf(known, attempts, 'settled');
  switch (status) {
    case 'succeeded':
      return recordPayment(settled, { revision, payment, headRevision });
    case 'canceled': {
      const closed = { ...settled, closed: true, closedAtGateway: true };
      return withAnomalies(closed, revision, isAgainstMoney);
    }
    case 'failed': {
      const isOver = !inDoubt(settled) && !isInFlight(settled);
      const failed = { ...(isOver ? endedBy(settled, report.type) : settled), failed: true };
      return withAnomalies(failed, revision, isAgainstMoney);
    }
    case 'pending':
    case 'unknown':
      return inDoubt(known) ? afterWait(known, report) : known;
    case 'unavailable':
      return known;
  }
}

/** A question asked in doubt ends it, or is counted. */
function afterWait(known: OrderFacts, report: RememberedReport): OrderFacts {
  const { status, conclusive, attempts, headRevision, retryInMs } = report;
  const { refused } = known.since;
  // A refusal that came after the question brings a doubt that the answer knows nothing of.
  const isConclusive = status === 'pending' && conclusive && (refused ?? 0) <= headRevision;
  const next = isConclusive ? withoutDoubtOf(known, attempts, 'not-seen') : known;
  const questions = known.questions + (inDoubt(next) ? 1 : 0);
  return endedByRefusal({ ...next, questions, retryInMs });
}

function withoutDoubtOf(known: OrderFacts, attempts: number, result: AttemptResult): OrderFacts {
  const answers = known.answers.map((answer, index) =>
    answer === 'unknown' && index < attempts ? result : answer,
  );
  return { ...known, answers };
}
