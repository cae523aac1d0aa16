import { closingCauses } from '../../../machines/payment-order.events.ts';
import { compact } from '../../compact.ts';
import { parseFact } from '../../order/input.ts';
import { command } from '../command.ts';
import { oneOf } from '../input/arguments.ts';
import { required, text } from '../input/options.ts';
import { send } from '../session.ts';
import { amountFrom, amountOptions } from './orders.ts';

const occurredAt = text('--occurred-at <TIME>', 'ISO 8601 with an offset');
const factId = text('--fact-id <ID>', "the source's id of it; the same id again is a duplicate");
const code = text('--code <CODE>', "the channel's code");

/** Facts are never rejected. */
export const commands = [
  command('paid <ORDER>', {
    about: 'fact: money came in',
    options: {
      transactionNo: required('--transaction-no <NO>', "the channel's number of the payment"),
      ...amountOptions,
      occurredAt,
      factId,
    },
    purpose: 'change',
    run: (context, { amount, currency, ...fact }, orderNo) => {
      const input = { ...compact(fact), ...amountFrom({ amount, currency }) };
      parseFact(orderNo, 'PaymentSucceeded', input);
      return send(context, (orders, options) =>
        orders.recordPaymentSucceeded(orderNo, { ...input, ...options }),
      );
    },
  }),
  command('failed <ORDER>', {
    about: 'fact: the payment failed',
    options: { factId, code, occurredAt },
    purpose: 'change',
    run: (context, fact, orderNo) => {
      const input = compact(fact);
      parseFact(orderNo, 'PaymentFailed', input);
      return send(context, (orders, options) =>
        orders.recordPaymentFailed(orderNo, { ...input, ...options }),
      );
    },
  }),
  command('closed <ORDER>', {
    about: 'fact: the platform or the channel closed it',
    options: {
      factId,
      code,
      cause: text('--cause <CAUSE>', 'expired, closed-by-platform or closed-by-channel'),
      occurredAt,
    },
    purpose: 'change',
    run: (context, { cause, ...fact }, orderNo) => {
      const stated = cause === undefined ? undefined : oneOf(cause, closingCauses, '--cause');
      const input = compact({ ...fact, cause: stated });
      parseFact(orderNo, 'ClosedAtGateway', input);
      return send(context, (orders, options) =>
        orders.recordClosedAtGateway(orderNo, { ...input, ...options }),
      );
    },
  }),
];
