import type { RecordedStep } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { conditionFrom } from '../input/condition.ts';
import { required } from '../input/options.ts';
import type { Context } from '../io.ts';
import { existing, warnOfFaults, withOrders } from '../session.ts';

export const commands = [
  command('bisect <ORDER>', {
    about: 'the first revision at which a condition holds, and every span in which it does',
    options: {
      when: required('--when <CONDITION>', "such as 'state=cancelling.inDoubt' or 'paid,closed'"),
    },
    help: `
Conditions: state=S (or inside it), type=T, anomaly=CODE, attempts=N, and started, paid, failed,
closed, in-doubt, anomaly (an open one). != or a ! before a word negates; commas mean and.
Every revision is checked, so a condition may hold, cease and hold again.`,
    run: (context, { when }, orderNo) => bisect(context, orderNo, when),
  }),
];

type Span = { readonly from: number; until: number | null };

/** Checks every revision: a condition may hold, cease and hold again, which halving would miss. */
function bisect(context: Context, orderNo: string, when: string): Promise<number> {
  const holds = conditionFrom(when);
  const { screen, words } = context;
  return withOrders(context, 'read', async (orders) => {
    await existing(orders, orderNo);
    const spans: Span[] = [];
    let first: RecordedStep | null = null;
    let isHolding = false;
    let checked = 0;
    for await (const step of orders.recordedSteps(orderNo)) {
      checked += 1;
      const last = spans.at(-1);
      const isTrue = holds(step);
      if (isTrue && !isHolding) spans.push({ from: step.revision, until: null });
      if (!isTrue && isHolding && last !== undefined) last.until = step.revision - 1;
      if (isTrue) first ??= step;
      isHolding = isTrue;
    }
    if (screen.json) screen.document({ when, checked, first, spans });
    else if (first === null) screen.lines([words.history.neverHolds(checked)]);
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
