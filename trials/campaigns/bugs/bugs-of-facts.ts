import type { Bug, Detector } from './bugs.ts';

const seeds: Detector = { by: 'seeds' };
const reference: Detector = { by: 'tests', files: 'test/testing/declared-target.test.ts' };

/** What a fold could do wrong with facts that are told twice, come without a number, or go. */
export const bugsOfFacts: readonly Bug[] = [
  {
    name: 'a retraction forgets anomalies that were acknowledged',
    file: 'machines/payment-order.fold.ts',
    from: '  const kept = before.map((anomaly) =>',
    to: '  const kept = before.filter(isOpen).map((anomaly) =>',
    detector: seeds,
  },
  {
    name: 'a retraction numbers anomalies again',
    file: 'machines/payment-order.fold.ts',
    from: 'number: kept.length + index + 1',
    to: 'number: index + 1',
    detector: seeds,
  },
  {
    name: 'a retraction moves an order in doubt',
    file: 'machines/payment-order.guards.ts',
    from: '    return paid || closed;',
    to: '    return paid || closed || inDoubt(context);',
    detector: seeds,
  },
  {
    name: 'a retraction drops a doubt',
    file: 'machines/payment-order.machine.ts',
    from: "            { guard: 'isCancelOpen', target: 'needsReview' },\n",
    to: '',
    detector: seeds,
  },
  {
    name: 'a refund that is told twice is counted twice',
    file: 'machines/payment-order.money.ts',
    from: '    if (!first.has(refund.refundNo)) first.set(refund.refundNo, refund);',
    to: '    first.set(String(first.size), refund);',
    detector: reference,
  },
  {
    name: 'a payment without a number is taken for another one',
    file: 'machines/payment-order.money.ts',
    from: '  return isUnnumbered || noneHasNumber ? payments :',
    to: '  return isUnnumbered && noneHasNumber ? payments :',
    detector: seeds,
  },
  {
    name: 'a failure that occurred before the payment contradicts it',
    file: 'machines/payment-order.money.ts',
    from: '    known.paid && !isBefore &&',
    to: '    known.paid && (!isBefore || known.paid) &&',
    detector: seeds,
  },
  {
    name: 'what is retracted may be retracted again',
    file: 'machines/payment-order.remembered.ts',
    from: "  return retractedIn(history).has(revision) ? 'already-retracted' : null;",
    to: '  return null;',
    detector: seeds,
  },
];
