import { paymentOrderMachine } from '../../../machines/payment-order.machine.ts';
import type { DiagramFormat, PathStep } from '../../diagram/diagram.ts';
import { diagram } from '../../diagram/diagram.ts';
import { transitionTable } from '../../diagram/table.ts';
import { orderNotFound } from '../../order/decide.ts';
import { command } from '../command.ts';
import { oneOf, UsageError } from '../input/arguments.ts';
import { required } from '../input/options.ts';
import type { Context } from '../io.ts';
import { withOrders } from '../session.ts';

export const commands = [
  command('diagram [ORDER]', {
    about: 'the machine as a diagram, with the path of an order drawn in, or as a table',
    options: {
      format: required('--format <FORMAT>', 'mermaid, dot, svg or table', { fallback: 'mermaid' }),
    },
    run: (context, { format }, orderNo) => drawDiagram(context, orderNo, format),
  }),
];

function drawDiagram(
  context: Context,
  orderNo: string | undefined,
  formatGiven: string,
): Promise<number> {
  const format = oneOf(formatGiven, ['mermaid', 'dot', 'svg', 'table'], '--format');
  if (format === 'table') {
    if (orderNo !== undefined) throw new UsageError('--format table goes without ORDER');
    return Promise.resolve(show(context, format, transitionTable(paymentOrderMachine)));
  }
  if (orderNo === undefined) return Promise.resolve(print(context, format));
  return withOrders(context, 'read', async (orders) => {
    const events = await orders.history(orderNo);
    if (events.length === 0) throw orderNotFound(orderNo);
    const path = events.map(({ type, metadata: { from, to } }) => ({ type, from, to }));
    return print(context, format, path);
  });
}

function print(context: Context, format: DiagramFormat, path?: readonly PathStep[]): number {
  return show(context, format, diagram(paymentOrderMachine, format, path));
}

function show({ screen }: Pick<Context, 'screen'>, format: string, drawn: string): number {
  if (screen.json) screen.document({ format, diagram: drawn });
  else screen.lines([drawn.trimEnd()]);
  return 0;
}
