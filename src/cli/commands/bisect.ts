import type { RecordedStep } from '../../index.ts';
import { conditionFrom } from '../input/condition.ts';
import type { Context } from '../context.ts';
import { warnOfFaults } from '../output/faults.ts';
import { escapeForTerminal } from '../../text.ts';
import { existing, withOrders } from '../session.ts';

type Span = { readonly from: number; until: number | null };

/**
 * The first revision at which a condition holds, and every span in which it does. A condition may
 * hold, cease, and hold again, and halving would miss that: every revision is looked at.
 */
export function bisect(context: Context, orderNo: string, when: string): Promise<number> {
  const holds = conditionFrom(when);
  const { screen, words } = context;
  return withOrders(context, 'read', async (orders) => {
    await existing(orders, orderNo);
    const spans: Span[] = [];
    let first: RecordedStep | null = null;
    let isHolding = false;
    let looked = 0;
    for await (const step of orders.recordedSteps(orderNo)) {
      looked += 1;
      const last = spans.at(-1);
      const isTrue = holds(step);
      if (isTrue && !isHolding) spans.push({ from: step.revision, until: null });
      if (!isTrue && isHolding && last !== undefined) last.until = step.revision - 1;
      if (isTrue) first ??= step;
      isHolding = isTrue;
    }
    if (screen.json) screen.document({ when, looked, first, spans });
    else if (first === null) screen.lines([words.history.neverHolds(looked)]);
    else {
      const { revision, type, recordedAt } = first;
      screen.lines([
        words.history.holdsFrom(revision, escapeForTerminal(type), escapeForTerminal(recordedAt)),
        ...spans.map(({ from, until }) => words.history.span(from, until)),
      ]);
    }
    return warnOfFaults(context, orders, orderNo);
  });
}
