/**
 * Compares the platform's bill with all orders, and records what is missing here.
 *
 * The bill comes first and in any order, so it is kept on the disk until our side has passed by, one
 * order at a time. Nothing of either side is held that grows with their number.
 */

import { z } from 'zod';
import { gatewayName } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { BillAnswer, BillEntry, BillRequest } from '../gateway/cancel-gateway.ts';
import { actorSchema } from '../history/event.ts';
import type { HandlerDependencies } from '../order/handle.ts';
import { listOrderNumbers } from '../order/read.ts';
import { aFunction, parseInput } from '../parse.ts';
import { late, nextTurn, withinLimit } from '../runtime.ts';
import { compareOrder, compareUnknown } from './compare.ts';
import type { Found } from './compare.ts';
import { Expectation, daysOf } from './days.ts';
import { billFromGateway } from './gateway.ts';
import type { GivenItem } from './gateway.ts';
import { loadOurSide } from './our-side.ts';
import type { LoadedOrder } from './our-side.ts';
import { recordTold } from './record.ts';
import { readGiven, readRow } from './rows.ts';
import { Tallies } from './tally.ts';
import type { BillDifference, ReconcileOptions } from './types.ts';

const optionsSchema: z.ZodType<ReconcileOptions> = z.strictObject({
  from: z.string(),
  to: z.string(),
  gateway: gatewayName.optional(),
  bill: z
    .string()
    .refine((path) => path !== '' && !path.includes('\0'), 'must be a path')
    .optional(),
  record: z.boolean().optional(),
  actor: actorSchema.optional(),
  onUnreadable: aFunction<NonNullable<ReconcileOptions['onUnreadable']>>().optional(),
  signal: z.instanceof(AbortSignal).optional(),
} satisfies Record<keyof ReconcileOptions, z.ZodType>);

/** Throws once the payment orders are closed. It is asked before each order. */
type Open = () => HandlerDependencies;

export async function* reconcile(
  open: Open,
  given: ReconcileOptions,
): AsyncGenerator<BillDifference> {
  const options = parseInput(optionsSchema, given);
  const items = await billOf(open(), options);
  const expects = new Expectation(options);
  const tallies = new Tallies();
  try {
    yield* counted(open, items, tallies, expects, options);
    yield* compared(open, tallies, expects, options);
  } finally {
    tallies.close();
  }
}

/**
 * @throws {PaymentOrderError} `invalid-input`, `gateway-not-configured` or `gateway-cannot-be-asked`
 */
async function billOf(
  dependencies: HandlerDependencies,
  options: ReconcileOptions,
): Promise<AsyncGenerator<BillEntry | GivenItem>> {
  const { gateways, runtime, attemptDeadlineMs, running, onError } = dependencies;
  const days = daysOf(options);
  const name = gateways.ofNewOrder(options.gateway)?.name;
  if (options.bill !== undefined) {
    // The reader of CSV is for those alone who read a file.
    const { billFromFile } = await import('./file.ts');
    return billFromFile(options.bill);
  }
  const port = gateways.all.find((gateway) => gateway.name === name)?.port;
  if (port?.queryBill === undefined) throw cannotBeAsked(port !== undefined);
  // As a method: a port may be an instance of a class.
  const ask = port.queryBill.bind(port);
  // A port that never answers must hold up neither the comparison nor `close`.
  const inTime = async (request: BillRequest) => {
    const answer = await withinLimit(runtime, attemptDeadlineMs, () => ask(request));
    return answer === late ? unanswered : answer;
  };
  const queryBill: typeof ask = (request) => running.track(inTime(request));
  return billFromGateway({ queryBill, onError }, days);
}

const unanswered: BillAnswer = { status: 'unknown', rule: 'query-unanswered' };

function cannotBeAsked(isConfigured: boolean): PaymentOrderError {
  return isConfigured
    ? new PaymentOrderError(
        'gateway-cannot-be-asked',
        'this gateway gives no bills; give it queryBill, or reconcile with a file',
      )
    : new PaymentOrderError(
        'gateway-not-configured',
        'no gateway is configured to ask for bills; give url, appId and privateKey, or reconcile ' +
          'with a file',
      );
}

/** Counts the rows of the bill, and gives what cannot be counted. */
async function* counted(
  open: Open,
  items: AsyncGenerator<BillEntry | GivenItem>,
  tallies: Tallies,
  expects: Expectation,
  { signal }: ReconcileOptions,
): AsyncGenerator<BillDifference> {
  for await (const item of items) {
    signal?.throwIfAborted();
    await nextTurn(open().runtime);
    if (item.kind === 'unread') expects.nothingOf(item);
    if (item.kind === 'unread' || item.kind === 'bad-row') yield unsolved(item);
    else {
      const { line } = item;
      const row = item.kind === 'row' ? readRow(item.row, line) : readGiven(item.given, line);
      if (row !== null && 'kind' in row) yield unsolved(row);
      else if (row !== null) tallies.add(row);
    }
  }
}

async function* compared(
  open: Open,
  tallies: Tallies,
  expects: Expectation,
  options: ReconcileOptions,
): AsyncGenerator<BillDifference> {
  const { signal } = options;
  for await (const orderNo of listOrderNumbers(open)) {
    signal?.throwIfAborted();
    const order = await loaded(open(), orderNo, options);
    if (order !== null) {
      const { side, history } = order;
      const told = tallies.ofOrder(orderNo);
      const { gateways } = open();
      if (await gateways.isOf(history.known, gateways.ofNewOrder(options.gateway)?.name)) {
        for (const found of compareOrder(side, told, expects)) {
          yield await solved(open(), history, found, options);
        }
      } else {
        for (const found of compareUnknown(told)) yield ofOther(found);
      }
    }
    tallies.forget(orderNo);
  }
  for (const found of compareUnknown(tallies.rest())) {
    signal?.throwIfAborted();
    yield await solved(open(), null, found, options);
  }
}

/** Null where it cannot be read: nothing can be said of it then. */
async function loaded(
  dependencies: HandlerDependencies,
  orderNo: string,
  { onUnreadable }: ReconcileOptions,
): Promise<LoadedOrder | null> {
  try {
    return await loadOurSide(dependencies, orderNo);
  } catch (error) {
    if (onUnreadable === undefined) throw error;
    onUnreadable(orderNo, error);
    return null;
  }
}

async function solved(
  dependencies: HandlerDependencies,
  order: LoadedOrder['history'] | null,
  found: Found,
  options: ReconcileOptions,
): Promise<BillDifference> {
  if (found.kind === 'bad-row') return unsolved(found);
  const recorded = await recordTold(dependencies, order, found, options);
  const isMissingHere =
    found.kind === 'payment-missing-here' || found.kind === 'refund-missing-here';
  // One order has one sum: payments in a second currency contradict the first.
  const isSolved = recorded === 'fact' && isMissingHere && found.there.length === 1;
  return { ...found, recorded, remains: !isSolved };
}

/** Its number is that of an order of another gateway. */
function ofOther(found: Found): BillDifference {
  return found.kind === 'bad-row'
    ? unsolved(found)
    : { ...found, recorded: 'other-gateway', remains: true };
}

function unsolved<T extends object>(found: T) {
  return { ...found, recorded: 'none', remains: true } as const;
}
