/**
 * What commands and facts would record now. Whoever decides must see it before, and a second
 * description of it could be wrong. So it is made by what would record it: the same input, the same
 * decision, the same machine. Only the append and the call are left out.
 */

import { z } from 'zod';
import { beginsAttempt, eventRoles, hasRole } from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { isOpen } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { parseInput } from '../parse.ts';
import type { EventContext, OrderHistory } from '../history/load.ts';
import { evolve, loadOrder, prepareEvent } from '../history/load.ts';
import { commands } from './commands.ts';
import { decideCommand, decideFact } from './decide.ts';
import type { Decision } from './decide.ts';
import { identityOf } from './gateways.ts';
import { eventContextOf, parseCommand, parseFact, parseOrderNo } from './input.ts';
import type { ParsedCommand, ParsedFact } from './input.ts';
import type { Preview, PreviewedType, PreviewStep } from './query-types.ts';
import type { OrderDependencies } from './transact.ts';
import { begunCall } from './transact.ts';
import type { CommandAnswer, CommandType } from './types.ts';
import { viewOf } from './view.ts';

type ParsedPreview = { readonly type: PreviewedType } & (
  ({ readonly kind: 'command' } & ParsedCommand) | ({ readonly kind: 'fact' } & ParsedFact)
);

// The keys of the table are all commands.
const commandTypes = (Object.keys(commands) as CommandType[]).filter(
  (type) => type !== 'CreatePaymentOrder',
);

const stepsSchema = z
  .array(
    z.strictObject({
      type: z.enum([...commandTypes, ...eventRoles.fact]),
      payload: z.unknown(),
    } satisfies Record<keyof PreviewStep, z.ZodType>),
  )
  .max(100);

/** Parses commands and facts as their own methods do. */
function parseSteps(orderNo: string, given: unknown): readonly ParsedPreview[] {
  return parseInput(stepsSchema, given, 'steps').map(({ type, payload }) =>
    hasRole(type, 'fact')
      ? { kind: 'fact', type, ...parseFact(orderNo, type, payload) }
      : { kind: 'command', type, ...parseCommand(orderNo, type, payload) },
  );
}

/**
 * Each step as it would be answered after those before it. One that is rejected is the last. Null
 * where there is no such order.
 *
 * @throws {PaymentOrderError} what the command or the fact would throw
 */
export async function previewAll(
  dependencies: OrderDependencies,
  orderNo: string,
  steps: readonly { readonly type: PreviewedType; readonly payload: unknown }[],
): Promise<readonly Preview[] | null> {
  const parsedNo = parseOrderNo(orderNo);
  const parsed = parseSteps(parsedNo, steps);
  let order = await loadOrder(dependencies.store, dependencies.compiled, parsedNo);
  if (order === null) return null;
  const previews: Preview[] = [];
  for (const each of parsed) {
    const { preview, after } = await previewOf(dependencies, order, each);
    previews.push(preview);
    if (preview.answer === 'rejected') break;
    order = after;
  }
  return previews;
}

async function previewOf(
  dependencies: OrderDependencies,
  order: OrderHistory,
  parsed: ParsedPreview,
): Promise<{ readonly preview: Preview; readonly after: OrderHistory }> {
  const { decision, context } = decidedOn(dependencies, order, parsed);
  const { answer } = decision;
  const about = {
    ...answeredBy(answer),
    type: parsed.type,
    revision: order.head.revision,
    from: order.fold.state,
  };
  const view = viewOf(order);
  if (decision.kind === 'answer') {
    const nothing = { to: order.fold.state, events: [], calls: false, opens: [], closes: [] };
    return { preview: { ...about, ...nothing, order: view }, after: order };
  }
  const { compiled, runtime } = dependencies;
  const event = await asItIsStored(dependencies, order, decision.event);
  const whole = { ...context, commandDigest: decision.commandDigest };
  const step = prepareEvent(compiled, order, order.stream, event, whole, runtime);
  const after = evolve(compiled, order, { ...step.stored, position: '' });
  const preview = {
    ...about,
    to: after.fold.state,
    events: [{ type: step.stored.type, data: step.stored.data }],
    calls: begunCall(step) !== undefined,
    ...anomaliesBetween(order.known, after.known),
    order: view,
  };
  return { preview, after };
}

function decidedOn(
  dependencies: OrderDependencies,
  order: OrderHistory,
  parsed: ParsedPreview,
): { readonly decision: Decision; readonly context: EventContext } {
  const { orderNo, options } = parsed;
  if (parsed.kind === 'fact') {
    const { fact, occurredAt } = parsed;
    const context = { ...eventContextOf(options, 'fact', dependencies), occurredAt };
    return { decision: decideFact(order, orderNo, fact), context };
  }
  const { command } = parsed;
  const context = eventContextOf(options, 'command', dependencies);
  return { decision: decideCommand(order, orderNo, command, options), context };
}

function answeredBy(answer: CommandAnswer): Pick<Preview, 'answer' | 'code'> {
  return { answer: answer.kind, code: answer.kind === 'rejected' ? answer.code : null };
}

/** With what the service adds to an event that begins an attempt. Nothing is claimed. */
async function asItIsStored(
  { gateways, attemptDeadlineMs }: OrderDependencies,
  { known }: OrderHistory,
  event: PaymentOrderEvent,
): Promise<PaymentOrderEvent> {
  if (!beginsAttempt(event)) return event;
  const gateway = await gateways.require(known, event.type, 'looks');
  return { ...event, attemptDeadlineMs, gateway: identityOf(gateway) };
}

/** Those that are open afterwards and were not, and the other way round. */
function anomaliesBetween(
  before: OrderFacts,
  after: OrderFacts,
): Pick<Preview, 'opens' | 'closes'> {
  const were = new Set(before.anomalies.filter(isOpen).map(({ number }) => number));
  const are = after.anomalies.filter(isOpen);
  const stay = new Set(are.map(({ number }) => number));
  return {
    opens: are.filter(({ number }) => !were.has(number)).map(({ code }) => code),
    closes: [...were].filter((number) => !stay.has(number)),
  };
}
