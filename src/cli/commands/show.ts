import type { DisputeEvent } from '../../dispute.ts';
import type { Moment, OrderAsOf } from '../../index.ts';
import { orderNotFound } from '../../order/decide.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { momentFrom, UsageError } from '../input/arguments.ts';
import { flag, text } from '../input/options.ts';
import type { Context } from '../io.ts';
import { orderLines } from '../output/order-lines.ts';
import { existing, readOrder } from '../session.ts';

export const commands = [
  command('show <ORDER>', {
    about: 'the order as its history says, now or as of a revision or a time',
    options: {
      asOf: text(
        '--as-of <REV|TIME>',
        'a revision, or ISO 8601 with an offset: what was recorded by then',
      ),
      occurred: flag(
        '--occurred',
        'with --as-of TIME: and the facts that had happened, recorded later',
      ),
    },
    run: (context, { asOf, occurred }, orderNo) => {
      if (asOf !== undefined) return showAsOf(context, orderNo, momentFrom(asOf, occurred));
      if (occurred) throw new UsageError('--occurred goes with --as-of TIME');
      return readOrder(context, orderNo, async (orders) => {
        const order = await orders.get(orderNo);
        if (order === null) throw orderNotFound(orderNo);
        await context.screen.answer(order, async () =>
          orderLines(context, order, await existing(orders, orderNo)),
        );
      });
    },
  }),
];

function showAsOf(context: Context, orderNo: string, moment: Moment): Promise<number> {
  return readOrder(context, orderNo, async (orders) => {
    const then = await orders.getAsOf(orderNo, moment);
    const events = await existing(orders, orderNo);
    const document = { asOf: moment, order: null, learnedLater: [], ...then };
    await context.screen.answer(document, () => pastLines(context, orderNo, then, events));
  });
}

async function pastLines(
  context: Context,
  orderNo: string,
  then: OrderAsOf | null,
  events: readonly DisputeEvent[],
): Promise<readonly string[]> {
  const { screen, words } = context;
  if (then === null) return [words.history.notYet(escapeForTerminal(orderNo))];
  return [
    words.history.asOf(then.revision, escapeForTerminal(then.recordedAt)),
    '',
    // Commands act on the order as it is now, so none is suggested.
    ...(await orderLines(context, { ...then.order, allowed: [] }, before(then, events))),
    ...then.learnedLater.map(({ type, revision, metadata }) => {
      const occurredAt = escapeForTerminal(metadata.occurredAt ?? '');
      const line = words.history.learnedLater(type, occurredAt, metadata.recordedAt, revision);
      return screen.paint('yellow', line);
    }),
  ];
}

/** What an order as of a moment is made of. */
function before(then: OrderAsOf, events: readonly DisputeEvent[]): readonly DisputeEvent[] {
  const learnedLater = new Set(then.learnedLater.map(({ revision }) => revision));
  return events.filter(({ revision }) => revision <= then.revision || learnedLater.has(revision));
}
