import type { Bug, Detector } from './bugs.ts';

const seeds: Detector = { by: 'seeds' };

/** What could go wrong with the answer to a question. */
export const bugsOfQuestions: readonly Bug[] = [
  {
    name: 'a status is applied to another order',
    file: 'src/gateway/query-wire.ts',
    from: "  if (named !== orderNo) return nothing('order-differs');\n",
    to: '',
    detector: seeds,
  },
  {
    name: 'pending is taken as conclusive too early',
    file: 'src/order/question.ts',
    from: 'conclusive: conclusiveInMs <= 0 && !isInFlight(order.known),',
    to: 'conclusive: conclusiveInMs <= Infinity && !isInFlight(order.known),',
    detector: seeds,
  },
  {
    name: 'a status is applied to an attempt made after it was asked',
    file: 'src/order/question.ts',
    from: "    const event = { type: 'StatusReported', ...answer } as const;",
    to:
      '    const attempts = found?.known.answers.length ?? answer.attempts;\n' +
      "    const event = { type: 'StatusReported', ...answer, attempts } as const;",
    detector: { by: 'level', level: 'crashes', scale: 1 },
  },
  {
    name: 'unknown is taken as pending',
    file: 'machines/payment-order.reports.ts',
    from: "  const isConclusive = status === 'pending' && conclusive &&",
    to: "  const isConclusive = status !== 'unavailable' && conclusive &&",
    detector: seeds,
  },
  {
    name: 'the platform is asked again without end',
    file: 'machines/payment-order.facts.ts',
    from: 'after.questions - 1] ?? null;',
    to: 'after.questions - 1] ?? policy.unknownMs[0] ?? null;',
    detector: seeds,
  },
  {
    name: 'an answer that settles nothing is recorded however late it comes',
    file: 'src/order/decide-report.ts',
    from: ': isStanding && room > 0',
    to: ': (isStanding || newest !== undefined) && room > 0',
    detector: seeds,
  },
  {
    name: 'a refusal after a pending status brings no doubt back',
    file: 'machines/payment-order.fold.ts',
    from: "after === 'refused' ? doubtedAgain(known, given) : given;",
    to: "after === 'refused' && known.closed ? doubtedAgain(known, given) : given;",
    detector: seeds,
  },
];
