import { closingCauses } from '../../../machines/payment-order.events.ts';
import type { FactType } from '../../../machines/payment-order.events.ts';
import { compact } from '../../compact.ts';
import { minorFrom } from '../../currency.ts';
import type { CommandOptions, PaymentOrders, Receipt } from '../../index.ts';
import { instantIn } from '../../local-time.ts';
import { parseFact } from '../../order/input.ts';
import { command } from '../command.ts';
import { oneOf, refuseWithout } from '../input/arguments.ts';
import type { Flags } from '../input/options.ts';
import { required, text } from '../input/options.ts';
import type { Context } from '../io.ts';
import { send } from '../session.ts';
import { amountFrom, amountOptions } from './orders.ts';

const transactionNo = text('--transaction-no <NO>', "the channel's number of the payment");
const code = text('--code <CODE>', "the channel's code");

/** What every fact may be given. */
const told = {
  occurredAt: text('--occurred-at <TIME>', 'ISO 8601 with an offset, or local with --time-zone'),
  timeZone: text('--time-zone <ZONE>', 'of --occurred-at, such as Asia/Shanghai'),
  factId: text('--fact-id <ID>', "the source's id of it; the same id again is a duplicate"),
  message: text('--message <TEXT>', "the source's own words"),
};

/** Facts are never rejected. */
export const commands = [
  command('paid <ORDER>', {
    about: 'fact: money came in',
    options: { transactionNo, ...amountOptions, ...told },
    purpose: 'change',
    run: (context, { transactionNo, amount, currency, ...said }, orderNo) => {
      const payment = { transactionNo, ...amountFrom({ amount, currency }) };
      const input = compact({ ...payment, ...saidIn(said) });
      return record(context, orderNo, 'PaymentSucceeded', input, (orders, fact) =>
        orders.recordPaymentSucceeded(orderNo, fact),
      );
    },
  }),
  command('failed <ORDER>', {
    about: 'fact: the order will not be paid',
    options: { code, ...told },
    purpose: 'change',
    run: (context, { code, ...said }, orderNo) => {
      const input = compact({ code, ...saidIn(said) });
      return record(context, orderNo, 'PaymentFailed', input, (orders, fact) =>
        orders.recordPaymentFailed(orderNo, fact),
      );
    },
  }),
  command('declined <ORDER>', {
    about: 'fact: an attempt of the payer failed; the order stays payable',
    options: { transactionNo, code, ...told },
    purpose: 'change',
    run: (context, { transactionNo, code, ...said }, orderNo) => {
      const input = compact({ transactionNo, code, ...saidIn(said) });
      return record(context, orderNo, 'PaymentDeclined', input, (orders, fact) =>
        orders.recordPaymentDeclined(orderNo, fact),
      );
    },
  }),
  command('refunded <ORDER>', {
    about: 'fact: money went back',
    options: {
      refundNo: required('--refund-no <NO>', 'the number of the refund'),
      amount: required('--amount <AMOUNT>', amountOptions.amount.about),
      currency: required('--currency <CODE>', amountOptions.currency.about),
      transactionNo,
      ...told,
    },
    purpose: 'change',
    run: (context, { refundNo, amount, currency, transactionNo, ...said }, orderNo) => {
      const refund = { refundNo, amountMinor: minorFrom(amount, currency), currency };
      const input = { ...refund, ...compact({ transactionNo, ...saidIn(said) }) };
      return record(context, orderNo, 'PaymentRefunded', input, (orders, fact) =>
        orders.recordPaymentRefunded(orderNo, fact),
      );
    },
  }),
  command('closed <ORDER>', {
    about: 'fact: the platform or the channel closed it',
    options: {
      code,
      cause: text('--cause <CAUSE>', 'expired, closed-by-platform or closed-by-channel'),
      ...told,
    },
    purpose: 'change',
    run: (context, { code, cause, ...said }, orderNo) => {
      const stated = cause === undefined ? undefined : oneOf(cause, closingCauses, '--cause');
      const input = compact({ code, cause: stated, ...saidIn(said) });
      return record(context, orderNo, 'ClosedAtGateway', input, (orders, fact) =>
        orders.recordClosedAtGateway(orderNo, fact),
      );
    },
  }),
];

/** A local time becomes an instant here, so that the order is given none that it must refuse. */
function saidIn({ occurredAt, timeZone, ...said }: Flags<typeof told>) {
  if (occurredAt === undefined) refuseWithout('with --occurred-at', { '--time-zone': timeZone });
  const isLocal = occurredAt !== undefined && timeZone !== undefined;
  return { ...said, occurredAt: isLocal ? instantIn(occurredAt, timeZone) : occurredAt };
}

/** Checks the fact before the store is opened. */
function record<Input extends object>(
  context: Context,
  orderNo: string,
  type: FactType,
  input: Input,
  run: (orders: PaymentOrders, fact: Input & CommandOptions) => Promise<Receipt>,
): Promise<number> {
  parseFact(orderNo, type, input);
  return send(context, (orders, options) => run(orders, { ...input, ...options }));
}
