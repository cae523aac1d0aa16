import type { EventData } from '../../machines/payment-order.events.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelOutcome, QueryAnswer } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
// Loaded before a path begins: simulated time does not wait for it.
import '../../src/recovery/recovery.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { order, orderNo, reason, storedEvents } from '../../test/payment-orders/world.ts';
import type { Act, AppendStep } from './act.ts';
import { eventName, sentence } from './act.ts';
import type { AppendMode, Waiting } from './gates.ts';
import { Gates } from './gates.ts';
import type { OrderState, OutcomeAnswer, Status } from './order.ts';
import type { Path } from './paths.ts';
import type { State, Task } from './state.ts';
import { idle } from './state.ts';

/** A tick of the model: an attempt may be sent in the first, and is abandoned after the second. */
const tickMs = 20_000;
const attemptDeadlineMs = 2 * tickMs;
/** One wait per kind of outcome, and one more where it can be asked, as in the model. */
const retryPolicyOf = (canBeAsked: boolean) => ({
  notExecutedMs: [tickMs],
  unknownMs: canBeAsked ? [tickMs, tickMs] : [tickMs],
  jitter: 0,
});
/** Pauses before a retry pass within this; together they stay far below a tick. */
const pauseMs = 100;
const pausesMax = 40;

type Process = { readonly gates: Gates; readonly orders: PaymentOrders };

const stateNames: Record<OrderState, string> = {
  open: 'created',
  requesting: 'cancelling.requesting',
  'backing-off': 'cancelling.backingOff',
  'in-doubt': 'cancelling.inDoubt',
  'needs-review': 'cancelling.needsReview',
  paid: 'paid',
  cancelled: 'cancelled',
};

const statuses = {
  pending: 'pending',
  closed: 'canceled',
  paid: 'succeeded',
  unknown: 'unknown',
} as const satisfies Record<Status, QueryAnswer['status']>;

const kinds: Record<OutcomeAnswer, CancelOutcome['kind']> = {
  confirmed: 'confirmed',
  refused: 'refused',
  'not-executed': 'not-executed',
  unknown: 'outcome-unknown',
};

const modes: Record<AppendStep, AppendMode> = {
  stored: 'go',
  'found-stored': 'go',
  conflict: 'go',
  'ack-lost': 'ack-lost',
  'request-lost': 'request-lost',
  delayed: 'delayed',
};

/**
 * Leads the real code along a way through the model, step by step.
 *
 * @returns null where both agree after every step; else where they part, and how.
 */
export async function replay(path: Path, workers = 2): Promise<string | null> {
  const runtime = simulatedRuntime();
  const plain = openMemoryStore(runtime);
  const delayed: (() => Promise<void>)[] = [];
  let sent = 0;
  const canBeAsked = path[0] !== undefined && path[0].to.touched !== null;
  const retryPolicy = retryPolicyOf(canBeAsked);
  const open = async (): Promise<Process> => {
    const gates = new Gates(plain, tickMs, delayed, () => (sent += 1), canBeAsked);
    const orders = await openPaymentOrders({
      store: gates.store,
      gateway: gates.gateway,
      runtime,
      attemptDeadlineMs,
      conclusiveAfterMs: tickMs,
      retryPolicy,
      onError: () => undefined,
    });
    return { gates, orders };
  };
  const reader = await openPaymentOrders({ store: plain, runtime, attemptDeadlineMs, retryPolicy });
  await reader.create(order);
  const processes: Process[] = [];
  for (let worker = 0; worker < workers; worker += 1) processes.push(await open());

  const processOf = (worker: number): Process => {
    const found = processes[worker];
    if (found === undefined) throw new RangeError(`no worker ${worker}`);
    return found;
  };
  /** Waits until the process stands at a door; short pauses before retries pass meanwhile. */
  const at = async <K extends Waiting['kind']>(worker: number, kind: K) => {
    await runtime.advance(0);
    for (let pauses = 0; pauses < pausesMax; pauses += 1) {
      const found = processOf(worker).gates.waiting(kind);
      if (found !== null) return found;
      await runtime.advance(pauseMs);
    }
    throw new Error(`it does not come to ${kind}`);
  };

  /** It decides when the model does, on what it reads then, and not before on what it kept. */
  const decided = async (worker: number) => {
    await runtime.advance(0);
    processOf(worker).gates.waiting('append')?.go('refused');
    (await at(worker, 'read')).go();
  };

  const perform = async (act: Act, from: State, to: State): Promise<void> => {
    switch (act.kind) {
      case 'decide': {
        if (from.workers[act.worker]?.task === null) {
          begin(processOf(act.worker).orders, act.task, from.stream);
        }
        await decided(act.worker);
        if (act.event === null) return;
        const { type } = await at(act.worker, 'append');
        const wanted = eventName(act.event).split(' ')[0];
        if (type !== wanted) throw new Error(`it appends ${type}`);
        return;
      }
      case 'append': {
        const door = await at(act.worker, 'append');
        const mode = modes[act.result];
        door.go(mode);
        const isDoubtful = from.workers[act.worker]?.batch?.tries === 2;
        if (act.result === 'conflict' && isDoubtful) (await at(act.worker, 'read-back')).go();
        const isTriedAgain = mode !== 'go' && to.workers[act.worker]?.batch !== null;
        if (isTriedAgain) await at(act.worker, 'append');
        return;
      }
      case 'delayed-append-arrives':
        await delayed.at(-1)?.();
        return;
      case 'look':
        (await at(act.worker, 'read')).go();
        return;
      case 'send':
        (await at(act.worker, 'send')).go();
        await at(act.worker, 'answer');
        return;
      case 'not-sent':
        // What was acknowledged too late does not even come to the gateway's door.
        processOf(act.worker).gates.waiting('send')?.go();
        return;
      case 'answered': {
        const task = to.workers[act.worker]?.task;
        const rule = task?.kind === 'outcome' ? task.event.rule : act.answer;
        const outcome: CancelOutcome = { kind: kinds[act.answer], rule };
        (await at(act.worker, 'answer')).go(outcome);
        return;
      }
      case 'ask': {
        const { orders } = processOf(act.worker);
        // The stream shows the result.
        (act.isWaitedFor ? orders.recoverOnce() : orders.ask(orderNo)).catch(() => undefined);
        (await at(act.worker, 'read')).go();
        await at(act.worker, 'question');
        return;
      }
      case 'told': {
        const answer = { status: statuses[act.status], rule: act.status };
        (await at(act.worker, 'question')).go(answer);
        return;
      }
      case 'crash':
        processOf(act.worker).gates.kill();
        processes[act.worker] = await open();
        return;
      case 'time-passes':
        await runtime.advance(tickMs);
        return;
      case 'execute':
      case 'request-lost':
      case 'payer-pays':
      case 'run-anyway':
        // Between us and the gateway: the code sees none of it.
        return;
    }
  };

  const differs = async ({ stream, order: known, sent: attempts }: State) => {
    await runtime.advance(0);
    const stored = (await storedEvents(plain, orderNo)).slice(1).map(({ event }) => {
      if ('attempt' in event) return `${event.type} of attempt ${event.attempt} (${event.rule})`;
      if (event.type === 'StatusReported') return nameOfReport(event);
      return 'resolution' in event ? `${event.type} ${event.resolution}` : event.type;
    });
    const wanted = stream.map(eventName);
    if (stored.join() !== wanted.join()) return `stored ${stored.join()}, not ${wanted.join()}`;
    const times = attempts.reduce((sum, each) => sum + each, 0);
    if (sent !== times) return `${sent} requests left, not ${times}`;
    const state = (await reader.get(orderNo))?.stateDetail ?? 'absent';
    const expected = stateNames[known.state];
    return state === expected ? null : `the order is ${state}, not ${expected}`;
  };

  let from: State | undefined;
  for (const [index, { act, to }] of path.entries()) {
    const place = `step ${index + 1}, ${sentence(act)}`;
    try {
      await perform(act, from ?? startOf(to, workers), to);
    } catch (error) {
      return `${place}: ${String(error)}`;
    }
    const difference = await differs(to);
    if (difference !== null) return `${place}: ${difference}`;
    from = to;
  }
  return null;
}

/** Before the first step nothing happens. */
function startOf(first: State, workers: number): State {
  return { ...first, workers: Array.from({ length: workers }, () => idle) };
}

function nameOfReport(event: EventData<'StatusReported'>): string {
  const { attempts, conclusive, headRevision } = event;
  const status = statusNames.find((each) => statuses[each] === event.status) ?? 'pending';
  const head = headRevision;
  return eventName({ kind: 'reported', status, attempts, conclusive, head, spent: false });
}

// Object.keys of this constant are its names.
const statusNames = Object.keys(statuses) as Status[];

function begin(orders: PaymentOrders, task: Task, stream: State['stream']): void {
  const begun = (): Promise<unknown> => {
    switch (task.kind) {
      case 'cancel':
        return orders.cancel(orderNo, { reason });
      case 'pay':
        return orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
      case 'retract': {
        // The creation comes before all that the model knows of.
        const revision = stream.findIndex(({ kind }) => kind === 'paid') + 1;
        return orders.retractFact(orderNo, { revision, evidence: 'bill', by: 'operator-1' });
      }
      case 'timer':
        return orders.recoverOnce();
      case 'resolve':
        return orders.resolveCancel(orderNo, {
          resolution: task.as,
          evidence: 'bill of the day',
          by: 'operator-1',
        });
      case 'outcome':
      case 'report':
        throw new Error('an answer is recorded by the call that it is of');
    }
  };
  // The stream shows the result.
  begun().catch(() => undefined);
}
