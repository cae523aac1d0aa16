import { defaultRetryPolicy } from '../../machines/payment-order.retry-policy.ts';
import { PaymentOrderError } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { openMemoryStore } from '../event-store/memory.ts';
import type { CancelOutcome, QueryAnswer } from '../gateway/cancel-gateway.ts';
import type { HistoryEvent } from '../history/event.ts';
import { streamOf } from '../history/event.ts';
import type { CompiledMachine } from '../history/machine.ts';
import { sleep } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { KeptOrders } from '../order/kept.ts';
import type { Receipt } from '../order/types.ts';
import { PaymentOrders } from '../payment-orders.ts';
import { methodsOf } from './recorder.ts';
import { onlyGateway, scriptedGateway, storedEvents } from './scripted-gateway.ts';
import { remembering } from './remembering.ts';
import { orderAfter, compiledMachine } from './replayed-order.ts';
import type { ReplayedOrder } from './replayed-order.ts';
import type { TestedMachine } from './tested-machine.ts';
import { simulatedRuntime } from './simulated-runtime.ts';

export const modelOrder = {
  orderNo: 'O1',
  processBillNo: 'F1',
  amountMinor: 12_800,
  currency: 'CNY',
} as const;

export const attemptDeadlineMs = 30_000;

export const troubles = [
  'conflicts',
  'crashes',
  'crashesInCall',
  'duplicates',
  'lateAnswers',
  'lostAcks',
  'repeatsAfterAccepted',
  'repeatsAfterDuplicate',
  'repeatsAfterRejected',
  'repeatsAtAnotherProcess',
] as const;

/** How often each kind of trouble came up. */
export type TroubleCounts = Record<(typeof troubles)[number], number>;

export const noTrouble = (): TroubleCounts =>
  // The entries of a list of literals have the list's own keys.
  Object.fromEntries(troubles.map((trouble) => [trouble, 0])) as TroubleCounts;

/** A process that works on payment orders until it is killed. */
export type Process = { readonly orders: PaymentOrders; readonly kill: () => void };

/** A command or fact that a caller sends. */
export type CallerAction = {
  readonly label: string;
  readonly run: (orders: PaymentOrders) => Promise<Receipt>;
  readonly commandId?: string | undefined;
};

/** An answer to a command that has an id. */
export type IdAnswer = { readonly commandId: string; readonly receipt: Receipt };

const repeatsAfter = {
  accepted: 'repeatsAfterAccepted',
  duplicate: 'repeatsAfterDuplicate',
  rejected: 'repeatsAfterRejected',
} as const;

/** How the gateway answers its next call; `never`: the call runs, and its answer is lost. */
export type Script = { readonly outcome: CancelOutcome; readonly afterMs: number | 'never' };

/** The order as it is stored. */
export type StoredOrder = {
  readonly events: readonly HistoryEvent[];
  readonly folded: ReplayedOrder;
};

const never = <T>(): Promise<T> => new Promise(() => undefined);

/** One store and one gateway in virtual time, and the processes that share them. */
export class ModelWorld {
  readonly runtime = simulatedRuntime();
  readonly store: EventStore = openMemoryStore(this.runtime);
  readonly scripts: Script[] = [];
  readonly receipts: Receipt[] = [];
  /** The commands with an id that were sent, and the answers to them, oldest first. */
  readonly sentWithId: CallerAction[] = [];
  readonly idAnswers: IdAnswer[] = [];
  readonly errors: unknown[] = [];
  readonly seen = noTrouble();
  readonly processes: Process[] = [];
  /** What the platform answers to the next questions. Without one, it may not be asked. */
  readonly #statuses: QueryAnswer['status'][] = [];
  readonly gateway = scriptedGateway(this.store, () => this.#answer());
  #stored: StoredOrder | null = null;
  /** By command id: which process answered it first, and how. */
  readonly #answered = new Map<string, readonly [by: Process, kind: Receipt['kind']]>();
  readonly #machine: TestedMachine | undefined;
  /** Both processes remember what they folded; the checks fold without that. */
  readonly #compiled: CompiledMachine;
  #acksToLose = 0;
  #callsOut = 0;
  #isCalm = false;

  constructor(machine: TestedMachine | undefined) {
    this.#machine = machine;
    this.#compiled = remembering(compiledMachine(machine));
  }

  /** Starts a process in a place, and kills the one that was there. */
  async startProcess(place: number): Promise<void> {
    const before = this.processes[place];
    if (before !== undefined) {
      this.seen.crashes += 1;
      if (this.#callsOut > 0) this.seen.crashesInCall += 1;
      before.kill();
    }
    const process = this.#process();
    this.processes[place] = process;
    await process.orders.startRecovery();
  }

  /** Loses the acknowledgement of the next append, which is stored all the same. */
  loseAck(): void {
    this.#acksToLose = 1;
  }

  /** Sends a command or fact to a process, and lets a second pass. */
  async send(place: number, action: CallerAction): Promise<void> {
    this.begin(place, action);
    await this.runtime.advance(1_000);
  }

  /** Sends without waiting, so that another process may be at work at the same time. */
  begin(place: number, action: CallerAction): void {
    const process = this.processes[place];
    if (process === undefined) return;
    const { run, commandId } = action;
    if (commandId !== undefined) this.sentWithId.push(action);
    run(process.orders).then(
      (receipt) => {
        this.receipts.push(receipt);
        if (commandId !== undefined) this.#answersId(process, commandId, receipt);
        if (receipt.kind === 'duplicate') this.seen.duplicates += 1;
      },
      (error: unknown) => this.errors.push(error),
    );
  }

  /** What the platform answers to the next question. */
  saysNext(status: QueryAnswer['status']): Promise<void> {
    this.#statuses.push(status);
    return Promise.resolve();
  }

  /** Asks the platform how the order stands, as an operator does. */
  async ask(place: number): Promise<void> {
    const asking = this.processes[place]?.orders.ask(modelOrder.orderNo);
    asking?.catch((error: unknown) => this.errors.push(error));
    await this.runtime.advance(1_000);
  }

  #answersId(process: Process, commandId: string, receipt: Receipt): void {
    this.idAnswers.push({ commandId, receipt });
    const first = this.#answered.get(commandId);
    if (first === undefined) {
      this.#answered.set(commandId, [process, receipt.kind]);
      return;
    }
    const [by, kind] = first;
    this.seen[repeatsAfter[kind]] += 1;
    if (by !== process) this.seen.repeatsAtAnotherProcess += 1;
  }

  /** Reads the order again, if anything was appended since the last time. */
  async storedOrder(): Promise<StoredOrder> {
    const { orderNo } = modelOrder;
    const last = await this.store.readLast(streamOf(orderNo));
    const known = this.#stored;
    if (known !== null && known.events.length - 1 === last?.revision) return known;
    const events = await storedEvents(this.store, orderNo);
    const history = events.map(({ event }) => event);
    this.#stored = { events, folded: orderAfter(history, this.#machine) };
    return this.#stored;
  }

  /** From now on the gateway confirms at once and nothing is lost, so that all can come to rest. */
  endTrouble(): void {
    this.scripts.length = 0;
    this.#statuses.length = 0;
    this.#isCalm = true;
    this.#acksToLose = 0;
  }

  async close(): Promise<void> {
    for (const { kill } of this.processes) kill();
    await this.store.close();
  }

  #status(): QueryAnswer {
    return { status: this.#statuses.shift() ?? 'unavailable', rule: 'scripted' };
  }

  async #answer(): Promise<CancelOutcome> {
    const script = this.scripts.shift();
    if (script === undefined) {
      return { kind: this.#isCalm ? 'confirmed' : 'refused', rule: 'usual' };
    }
    if (script.afterMs === 'never') return never();
    const { outcome, afterMs } = script;
    if (afterMs > attemptDeadlineMs) this.seen.lateAnswers += 1;
    this.#callsOut += 1;
    await sleep(this.runtime, afterMs);
    this.#callsOut -= 1;
    return outcome;
  }

  #process(): Process {
    const life = new AbortController();
    const alive = () => !life.signal.aborted;
    const whileAlive = async <T>(running: Promise<T>): Promise<T> => {
      // A dead process hears neither results nor errors.
      const [settled] = await Promise.allSettled([running]);
      if (!alive()) return never();
      if (settled.status === 'rejected') throw settled.reason;
      return settled.value;
    };
    const { runtime } = this;
    const own: Runtime = {
      ...runtime,
      setTimer: (delayMs, run) =>
        runtime.setTimer(delayMs, () => {
          if (alive()) run();
        }),
    };
    const store = this.#storeOf(life.signal, whileAlive);
    const port = {
      identity: this.gateway.identity,
      attemptMs: this.gateway.attemptMs,
      cancel: (request: Parameters<typeof this.gateway.cancel>[0], maySend: () => boolean) =>
        whileAlive(this.gateway.cancel(request, () => alive() && maySend())),
      query: () => whileAlive(Promise.resolve(this.#status())),
      close: () => Promise.resolve(),
    };
    const dependencies = {
      runtime: own,
      compiled: this.#compiled,
      policy: defaultRetryPolicy,
      attemptDeadlineMs,
      conclusiveAfterMs: 120_000,
      askFirst: false,
      onError: (error: unknown) => this.errors.push(error),
      kept: new KeptOrders(),
      store,
      gateways: onlyGateway({ store, runtime: own }, port),
    };
    const orders = new PaymentOrders(dependencies, () => Promise.resolve());
    const kill = () => {
      life.abort();
    };
    return { orders, kill };
  }

  #storeOf(life: AbortSignal, whileAlive: <T>(running: Promise<T>) => Promise<T>): EventStore {
    const { store } = this;
    return {
      ...methodsOf(store),
      append: async (stream, events, expected) => {
        if (life.aborted) return never();
        const result = await whileAlive(store.append(stream, events, expected));
        if (result.kind === 'conflict') this.seen.conflicts += 1;
        else if (this.#acksToLose > 0) {
          this.#acksToLose -= 1;
          this.seen.lostAcks += 1;
          throw new PaymentOrderError('append-outcome-unknown', 'the acknowledgement was lost');
        }
        return result;
      },
      readLast: (stream) => whileAlive(store.readLast(stream)),
      subscribe: (after, prefix, signal, ...told) =>
        store.subscribe(after, prefix, AbortSignal.any([signal, life]), ...told),
    };
  }
}
