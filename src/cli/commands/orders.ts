import { compact } from '../../compact.ts';
import { minorFrom } from '../../currency.ts';
import { command } from '../command.ts';
import { parseCommand, parseCreate } from '../../order/input.ts';
import type { FoundOrder } from '../../index.ts';
import { gatewayOfNewOrder } from '../input/gateways.ts';
import { oneOf, UsageError, wholeNumber } from '../input/arguments.ts';
import type { Flags } from '../input/options.ts';
import { flag, required, text } from '../input/options.ts';
import { bulk, bulkOptions, isBulk } from './bulk.ts';
import { personNamedIn } from '../person.ts';
import { send } from '../session.ts';

const recordedWithActor = `
If it is rejected, that is recorded too. The record names who asked if you give --actor.`;

const note = text('--note <TEXT>', 'stored with the event', { mayBeEmpty: true });
const resolutions = ['cancelled', 'paid', 'failed', 'open'] as const;

export const amountOptions = {
  amount: text(
    '--amount <AMOUNT>',
    'in minor units (fen for CNY), or with a decimal point, as 128.00',
  ),
  currency: text('--currency <CODE>', 'of the amount: ISO 4217'),
};

/** Commands may be rejected. Arguments are read before the store is opened. */
export const commands = [
  command('create <ORDER>', {
    about: 'create an order',
    options: {
      processBillNo: required('--process-bill-no <NO>', 'the process bill it belongs to'),
      ...amountOptions,
    },
    purpose: 'create',
    run: (context, { processBillNo, ...amount }, orderNo) => {
      const gateway = gatewayOfNewOrder(context.settings);
      const order = compact({ orderNo, processBillNo, ...amountFrom(amount), gateway });
      parseCreate(order);
      return send(context, (orders, options) => orders.create({ ...order, ...options }));
    },
  }),
  command('start <ORDER>', {
    about: 'the payer was sent to pay',
    help: recordedWithActor,
    purpose: 'change',
    run: (context, _flags, orderNo) =>
      send(context, (orders, options) => orders.startPayment(orderNo, options)),
  }),
  command('cancel <ORDER>', {
    about: 'cancel at the gateway; waits for the outcome of the first attempt',
    help: recordedWithActor,
    options: {
      reason: text('--reason <TEXT>', 'sent with the call, at most 512 characters', {
        mayBeEmpty: true,
      }),
      noWait: flag('--no-wait', 'answer once the request is recorded; the call still completes'),
    },
    purpose: 'call',
    run: (context, { reason, noWait }, orderNo) => {
      const input = compact({ reason });
      parseCommand(orderNo, 'RequestCancel', input);
      return send(context, (orders, options) =>
        orders.cancel(orderNo, { ...input, wait: !noWait, ...options }),
      );
    },
  }),
  command('retry [ORDER]', {
    about: 'operator: make another attempt now, of one order or of those found by --why',
    options: { note, ...bulkOptions },
    purpose: 'call',
    run: (context, { note: said, ...many }, orderNo) => {
      const input = { ...compact({ note: said }), actor: personNamedIn(context) };
      if (isBulk(many, orderNo) || orderNo === undefined) {
        return bulk(context, many, {
          command: 'retry',
          calls: true,
          each: (orders, found) =>
            retriable.has(found.stateDetail)
              ? [() => orders.retryCancel(found.orderNo, input)]
              : [],
        });
      }
      parseCommand(orderNo, 'RetryCancel', input);
      return send(context, (orders, options) =>
        orders.retryCancel(orderNo, { ...options, ...input }),
      );
    },
  }),
  command('abandon <ORDER>', {
    about: 'operator: give the cancel up; never while in doubt',
    options: { note },
    purpose: 'change',
    run: (context, flags, orderNo) => {
      const input = { ...compact(flags), actor: personNamedIn(context) };
      parseCommand(orderNo, 'AbandonCancel', input);
      return send(context, (orders, options) =>
        orders.abandonCancel(orderNo, { ...options, ...input }),
      );
    },
  }),
  command('resolve <ORDER> <RESOLUTION>', {
    about: 'operator: end a doubt by evidence: cancelled, paid, failed or open',
    options: { evidence: required('--evidence <TEXT>', 'what was found, and where') },
    purpose: 'change',
    run: (context, { evidence }, orderNo, given) => {
      const resolution = oneOf(given, resolutions, 'RESOLUTION');
      const actor = personNamedIn(context);
      const input = { resolution, evidence, by: actor.id, actor };
      parseCommand(orderNo, 'ResolveCancel', input);
      return send(context, (orders, options) =>
        orders.resolveCancel(orderNo, { ...options, ...input }),
      );
    },
  }),
  command('retract <ORDER> <REV>', {
    about: 'operator: take back a fact, a resolution or a retraction recorded by mistake',
    help: `
Nothing is deleted, and no call follows from it. REV is the revision that "log" shows.`,
    options: { evidence: required('--evidence <TEXT>', 'why it was a mistake, and what shows it') },
    purpose: 'change',
    run: (context, { evidence }, orderNo, given) => {
      const revision = wholeNumber(given, 'REV', 0);
      const actor = personNamedIn(context);
      const input = { revision, evidence, by: actor.id, actor };
      parseCommand(orderNo, 'RetractFact', input);
      return send(context, (orders, options) =>
        orders.retractFact(orderNo, { ...options, ...input }),
      );
    },
  }),
  command('acknowledge [ORDER] [N]', {
    about: 'operator: close an anomaly by its number, or with --why anomaly those of many orders',
    options: {
      note,
      ...bulkOptions,
      code: text(
        '--code <CODE>',
        'with --why: only anomalies of this kind, such as double-payment',
      ),
    },
    purpose: 'change',
    run: (context, { note: said, code, ...many }, orderNo, given) => {
      const actor = personNamedIn(context);
      const by = { ...compact({ note: said }), by: actor.id, actor };
      if (isBulk(many, orderNo) || orderNo === undefined) {
        return bulk(context, many, {
          command: 'acknowledge',
          calls: false,
          each: (orders, found) =>
            openAnomalies(found, code).map(
              (number) => () => orders.acknowledgeAnomaly(found.orderNo, { ...by, number }),
            ),
        });
      }
      if (code !== undefined) throw new UsageError('--code can only be used with --why');
      if (given === undefined) throw new UsageError('give the number of the anomaly');
      const input = { ...by, number: wholeNumber(given, 'number') };
      parseCommand(orderNo, 'AcknowledgeAnomaly', input);
      return send(context, (orders, options) =>
        orders.acknowledgeAnomaly(orderNo, { ...options, ...input }),
      );
    },
  }),
];

/** The states in which another attempt may be asked for. */
const retriable: ReadonlySet<string> = new Set([
  ...['cancelling.backingOff', 'cancelling.inDoubt', 'cancelling.needsReview'],
]);

function openAnomalies({ why }: FoundOrder, code: string | undefined): readonly number[] {
  return why.flatMap((reason) =>
    reason.why === 'anomaly' && (code === undefined || code === reason.code) ? [reason.number] : [],
  );
}

/** Reads an amount; the order checks that it has a currency. */
export function amountFrom({ amount, currency }: Flags<typeof amountOptions>): {
  readonly amountMinor?: number;
  readonly currency?: string;
} {
  const amountMinor = amount === undefined ? undefined : minorFrom(amount, currency);
  return compact({ amountMinor, currency });
}
