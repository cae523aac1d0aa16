import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import type { PaymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { PaymentOrderError } from '../errors.ts';
import { millisecondsOf } from '../runtime.ts';
import type { Fold, Interpreter } from '../interpreter/interpreter.ts';
import { boundedCopy } from '../interpreter/bounded.ts';
import { createInterpreter } from '../interpreter/interpreter.ts';
import type { Cause } from '../interpreter/pending.ts';
import { machineIdentity } from './machine-identity.ts';
import type { MachineIdentity, StoredEvent } from './stored-event.ts';

/** The machine by which histories are folded. */
export type CompiledMachine = {
  readonly interpreter: Interpreter;
  readonly identity: MachineIdentity;
};

/** A law is a pure function of its machine, and takes longer to make than an order to fold. */
const laws = new WeakMap<PaymentOrderMachine, CompiledMachine>();

export function compileMachine(
  machine: PaymentOrderMachine = paymentOrderMachine,
): CompiledMachine {
  const known = laws.get(machine);
  if (known !== undefined) return known;
  const law = { interpreter: createInterpreter(machine), identity: machineIdentity(machine) };
  laws.set(machine, law);
  return law;
}

/**
 * The law of a machine that a caller gave, whose type is not ours to demand.
 *
 * @throws PaymentOrderError `unsupported-machine` for what is no machine of ours.
 */
export function compileAnyMachine(machine: object): CompiledMachine {
  const isMachine = 'getInitialSnapshot' in machine && 'root' in machine && 'config' in machine;
  if (!isMachine) {
    throw new PaymentOrderError('unsupported-machine', 'what was given is no XState machine');
  }
  // Looked at above; the interpreter refuses what it cannot fold. The copy is bounded, for a
  // machine that is still being written may run in a circle.
  return compileMachine(
    boundedCopy(machine as unknown as PaymentOrderMachine) as PaymentOrderMachine,
  );
}

/** All streams of payment orders begin with this; the category has no dash in it. */
export const streamPrefix = 'paymentOrder-';

export function streamOf(orderNo: string): string {
  return `${streamPrefix}${orderNo}`;
}

/**
 * The fold that a stream's first event begins.
 *
 * @throws PaymentOrderError `not-contiguous`, `illegal-history` or `replay-divergence`.
 */
export function startedBy(compiled: CompiledMachine, first: StoredEvent): Fold {
  const fault = startFault(first);
  if (fault !== null) throw fault;
  const fold = compiled.interpreter.start(first.event, causeOf(first));
  assertAsRecorded(first, null, fold.state);
  return fold;
}

/** What is wrong with a stream's first event; null where it may begin one. */
export function startFault(first: StoredEvent): PaymentOrderError | null {
  const { stream, revision, event } = first;
  if (revision !== 0) {
    return new PaymentOrderError(
      'not-contiguous',
      `stream ${stream} begins at revision ${revision}; revisions 0 to ${revision - 1} are ` +
        'missing (was the stream truncated, or given a maximum age or count?)',
      { stream, revision: 0 },
    );
  }
  if (event.type !== 'PaymentOrderCreated') {
    return new PaymentOrderError(
      'illegal-history',
      `stream ${stream} begins with ${event.type} instead of PaymentOrderCreated`,
      { stream, revision },
    );
  }
  if (streamOf(event.orderNo) !== stream) {
    return new PaymentOrderError(
      'illegal-history',
      `stream ${stream} holds the history of another order; was it renamed or copied?`,
      { stream, revision },
    );
  }
  return null;
}

export function causeOf({
  id,
  metadata,
}: {
  readonly id: string;
  readonly metadata: Pick<StoredEvent['metadata'], 'recordedAt' | '$correlationId'>;
}): Cause {
  return {
    recordedAtMs: millisecondsOf(metadata.recordedAt),
    eventId: id,
    correlationId: metadata.$correlationId,
  };
}

/** @throws PaymentOrderError `replay-divergence`. */
export function assertAsRecorded(stored: StoredEvent, from: string | null, to: string): void {
  const fault = divergence(stored, from, to);
  if (fault !== null) throw fault;
}

/** That a machine goes elsewhere than was recorded; null where it goes the same way. */
export function divergence(
  stored: StoredEvent,
  from: string | null,
  to: string,
): PaymentOrderError | null {
  const { stream, revision, type, metadata } = stored;
  if (metadata.from === from && metadata.to === to) return null;
  return new PaymentOrderError(
    'replay-divergence',
    `stream ${stream}, revision ${revision}: ${type} was recorded as ${metadata.from ?? 'nothing'} ` +
      `→ ${metadata.to} by machine version ${metadata.machine.version}, this machine goes ` +
      `${from ?? 'nothing'} → ${to}; run a compatible machine`,
    { stream, revision },
  );
}

export function illegal({ stream, revision, type }: StoredEvent, state: string): PaymentOrderError {
  return new PaymentOrderError(
    'illegal-history',
    `stream ${stream}, revision ${revision}: ${type} cannot happen in state '${state}'; ` +
      'verify the stream, and replay it with the machine that wrote it',
    { stream, revision },
  );
}
