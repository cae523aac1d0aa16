/**
 * The commands: which event each asks for, and why the machine may not take it.
 *
 * The machine says which event moves which state. It does not say why another one does not; that is
 * written down here once, for receipts, for `explain` and for what is recorded.
 */

import type { EventData, PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { inDoubt, isOpen } from '../../machines/payment-order.facts.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { newestRetractable } from '../../machines/payment-order.remembered.ts';
import { compact } from '../compact.ts';
import type { OrderHistory } from '../history/load.ts';
import type { Fold, Interpreter } from '../interpreter/interpreter.ts';
import type {
  Command,
  CommandAnswer,
  CommandEvents,
  CommandType,
  OrderState,
  RecordedCode,
  RejectionCode,
} from './types.ts';

type CommandRule<T extends CommandType> = {
  /** Whose wish it is. An operator decides where an order no longer goes on by itself. */
  readonly asks: 'caller' | 'operator';
  /** What is appended if the machine takes it. Its schema checks the command's payload. */
  readonly event: CommandEvents[T];
  /** The reason if the machine does not take it. */
  readonly rejected: (order: Pick<OrderHistory, 'fold' | 'known'>) => RejectionCode;
};

/** Every command: whose it is, the event that it asks for, and why that may not be taken. */
export const commands = {
  CreatePaymentOrder: {
    asks: 'caller',
    event: 'PaymentOrderCreated',
    rejected: () => 'order-exists',
  },
  StartPayment: {
    asks: 'caller',
    event: 'PaymentStarted',
    rejected: ({ fold }) => whyNotOpen(fold, 'StartPayment'),
  },
  RequestCancel: {
    asks: 'caller',
    event: 'CancelRequested',
    rejected: ({ fold }) => whyNotOpen(fold, 'RequestCancel'),
  },
  RetryCancel: { asks: 'operator', event: 'CancelRetryRequested', rejected: whyNoCancelWaits },
  AbandonCancel: { asks: 'operator', event: 'CancelAbandoned', rejected: whyNoCancelWaits },
  ResolveCancel: { asks: 'operator', event: 'CancelResolved', rejected: whyNoCancelWaits },
  // Why a certain revision is not, `decideCommand` says.
  RetractFact: { asks: 'operator', event: 'FactRetracted', rejected: () => 'not-retractable' },
  AcknowledgeAnomaly: {
    asks: 'operator',
    event: 'AnomalyAcknowledged',
    rejected: () => 'no-open-anomaly',
  },
} as const satisfies { readonly [T in CommandType]: CommandRule<T> };

function whyNotOpen(fold: Fold, type: 'StartPayment' | 'RequestCancel'): RejectionCode {
  switch (stateOf(fold)) {
    case 'created':
    case 'paying':
      return 'already-started';
    case 'cancelling':
      return 'already-cancelling';
    case 'paid':
      return 'already-paid';
    case 'cancelled':
      return 'already-cancelled';
    case 'failed':
      // A cancel is refused here only where the order is closed as well.
      return type === 'RequestCancel' ? 'already-cancelled' : 'payment-failed';
  }
}

function whyNoCancelWaits({ fold, known }: Pick<OrderHistory, 'fold' | 'known'>): RejectionCode {
  if (fold.pending.calls.length > 0) return 'attempt-in-flight';
  if (stateOf(fold) !== 'cancelling') return 'no-open-cancel';
  return inDoubt(known) ? 'cancel-in-doubt' : 'not-in-doubt';
}

/** The answer to a command that is not accepted. */
export function answerTo(type: CommandType, code: RecordedCode): CommandAnswer {
  if (code === 'already-created') return { kind: 'duplicate' };
  // A second request for a cancel that is in progress or done is a repeat, not a mistake.
  const isRepeat = code === 'already-cancelling' || code === 'already-cancelled';
  return type === 'RequestCancel' && isRepeat ? { kind: 'duplicate' } : { kind: 'rejected', code };
}

/**
 * The event that a command asks for.
 *
 * @param gateway - What a new order records of its gateway. Default: the name that was given.
 */
export function eventOf({ type, payload }: Command, gateway = namedIn(payload)): PaymentOrderEvent {
  // The table pairs each command with the event whose data is its payload.
  const event = { type: commands[type].event, ...payload } as PaymentOrderEvent;
  return event.type === 'PaymentOrderCreated' ? compact({ ...event, gateway }) : event;
}

type NewGateway = EventData<'PaymentOrderCreated'>['gateway'];

function namedIn(payload: Command['payload']): NewGateway {
  const name = 'gateway' in payload ? payload.gateway : undefined;
  return name === undefined ? undefined : { name };
}

/** The commands that the machine would take now, in the order of an order's life. */
export function allowedCommands(
  interpreter: Interpreter,
  fold: Fold,
  known: OrderFacts,
): readonly CommandType[] {
  // A guard may look at the data of its event, so the candidates have some that is valid.
  const number = known.anomalies.find(isOpen)?.number ?? 0;
  const revision = newestRetractable(known.history) ?? 0;
  const data = { resolution: 'open', evidence: 'candidate', by: 'candidate', number, revision };
  // The keys of the table are all commands.
  const types = Object.keys(commands) as CommandType[];
  return types.filter((type) => interpreter.takes(fold, { type: commands[type].event, ...data }));
}

/** The order's state: the first part of the machine's dotted path. */
export function stateOf({ state }: Pick<Fold, 'state'>): OrderState {
  // The machine's top-level states are exactly these six.
  return state.split('.')[0] as OrderState;
}
