import { paymentOrderMachine } from '../../../machines/payment-order.machine.ts';
import { diagram } from '../../diagram/diagram.ts';
import { transitionTable } from '../../diagram/table.ts';
import { orderNotFound } from '../../order/decide.ts';
import { command } from '../command.ts';
import { oneOf, UsageError } from '../input/arguments.ts';
import { required } from '../input/options.ts';
import { exitCodes } from '../output/failure.ts';
import { withOrders } from '../session.ts';

export const commands = [
  command('diagram [ORDER]', {
    about: 'the machine as a diagram, with the path of an order drawn in, or as a table',
    options: {
      format: required('--format <FORMAT>', 'mermaid, dot, svg or table', { fallback: 'mermaid' }),
    },
    run: async (context, flags, orderNo) => {
      const format = oneOf(flags.format, ['mermaid', 'dot', 'svg', 'table'], '--format');
      const show = (drawn: string) =>
        context.screen.answer({ format, diagram: drawn }, () => [drawn.trimEnd()]);
      if (format === 'table') {
        if (orderNo !== undefined) throw new UsageError('--format table goes without ORDER');
        await show(transitionTable(paymentOrderMachine));
      } else if (orderNo === undefined) {
        await show(diagram(paymentOrderMachine, format));
      } else {
        return withOrders(context, async (orders) => {
          const events = await orders.history(orderNo);
          if (events.length === 0) throw orderNotFound(orderNo);
          const path = events.map(({ type, metadata: { from, to } }) => ({ type, from, to }));
          await show(diagram(paymentOrderMachine, format, path));
          return exitCodes.ok;
        });
      }
      return exitCodes.ok;
    },
  }),
];
