import { defaultRetryPolicy } from '../../machines/payment-order.facts.ts';
import { PaymentOrderError } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { openMemoryStore } from '../event-store/memory.ts';
import type { CancelOutcome } from '../gateway/cancel-gateway.ts';
import type { Runtime } from '../runtime.ts';
import type { Receipt } from '../order/types.ts';
import { PaymentOrders } from '../payment-orders.ts';
import { waysOf } from './recorder.ts';
import { scriptedGateway } from './scripted-gateway.ts';
import { testedLaw } from './standing.ts';
import type { TestedMachine } from './tested-machine.ts';
import { simulatedRuntime } from './simulated-runtime.ts';

export const modelOrder = {
  ...{ orderNo: 'O1', processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' },
} as const;

export const attemptDeadlineMs = 30_000;

/** What must come up in a run of many histories, counted. */
export type Seen = Record<
  'conflicts' | 'crashes' | 'crashesInCall' | 'duplicates' | 'lateAnswers' | 'lostAcks',
  number
>;

export const nothingSeen = (): Seen => ({
  ...{ conflicts: 0, crashes: 0, crashesInCall: 0, duplicates: 0, lateAnswers: 0, lostAcks: 0 },
});

/** A process that works on payment orders until it is killed. */
export type Process = { readonly orders: PaymentOrders; readonly kill: () => void };

/** Something that a caller says. */
export type Saying = {
  readonly label: string;
  readonly run: (orders: PaymentOrders) => Promise<Receipt>;
  readonly isPayment: boolean;
};

/** How the gateway answers its next call; `never`: the call runs, and nobody hears of it. */
export type Script = { readonly outcome: CancelOutcome; readonly afterMs: number | 'never' };

const never = <T>(): Promise<T> => new Promise(() => undefined);

/** One store and one gateway in virtual time, and the processes that share them. */
export class ModelWorld {
  readonly runtime = simulatedRuntime();
  readonly store: EventStore = openMemoryStore(this.runtime);
  readonly scripts: Script[] = [];
  readonly receipts: Receipt[] = [];
  readonly errors: unknown[] = [];
  readonly seen = nothingSeen();
  readonly processes: Process[] = [];
  readonly gateway = scriptedGateway(this.store, () => this.#answer());
  /** A payment was acknowledged: facts are never rejected, so every receipt of one says so. */
  moneyIsIn = false;
  readonly #machine: TestedMachine | undefined;
  #acksToLose = 0;
  #callsOut = 0;
  #isCalm = false;

  constructor(machine: TestedMachine | undefined) {
    this.#machine = machine;
  }

  /** Puts a process in a place; the one that was there is killed. */
  async start(place: number): Promise<void> {
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

  /** The acknowledgement of the next append is lost: it is stored, and the writer cannot know. */
  loseAck(): void {
    this.#acksToLose = 1;
  }

  /** Says something to a process, and lets it work for a moment. */
  async say(place: number, saying: Saying): Promise<void> {
    this.begin(place, saying);
    await this.runtime.advance(1_000);
  }

  /** Says something without waiting, so that another process may be told something meanwhile. */
  begin(place: number, { run, isPayment }: Saying): void {
    const process = this.processes[place];
    if (process === undefined) return;
    run(process.orders).then(
      (receipt) => {
        this.receipts.push(receipt);
        if (isPayment) this.moneyIsIn = true;
        if (receipt.kind === 'duplicate') this.seen.duplicates += 1;
      },
      (error: unknown) => this.errors.push(error),
    );
  }

  /** From now on the gateway confirms at once and nothing is lost, so that all can come to rest. */
  calmDown(): void {
    this.scripts.length = 0;
    this.#isCalm = true;
    this.#acksToLose = 0;
  }

  async close(): Promise<void> {
    for (const { kill } of this.processes) kill();
    await this.store.close();
  }

  async #answer(): Promise<CancelOutcome> {
    const script = this.scripts.shift();
    if (script === undefined)
      return { kind: this.#isCalm ? 'confirmed' : 'refused', rule: 'usual' };
    if (script.afterMs === 'never') return never();
    const { outcome, afterMs } = script;
    if (afterMs > attemptDeadlineMs) this.seen.lateAnswers += 1;
    this.#callsOut += 1;
    await new Promise<void>((resolve) => this.runtime.setTimer(afterMs, resolve));
    this.#callsOut -= 1;
    return outcome;
  }

  #process(): Process {
    const life = new AbortController();
    const alive = () => !life.signal.aborted;
    const whileAlive = async <T>(running: Promise<T>): Promise<T> => {
      // The dead hear nothing, neither good nor bad.
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
    const bench = {
      ...{ runtime: own, compiled: testedLaw(this.#machine), policy: defaultRetryPolicy },
      ...{ attemptDeadlineMs, onError: (error: unknown) => this.errors.push(error) },
      store: this.#storeOf(life.signal, whileAlive),
      gateway: {
        attemptMs: this.gateway.attemptMs,
        cancel: (request: Parameters<typeof this.gateway.cancel>[0], maySend: () => boolean) =>
          whileAlive(this.gateway.cancel(request, () => alive() && maySend())),
        close: () => Promise.resolve(),
      },
    };
    const orders = new PaymentOrders(bench, () => Promise.resolve());
    return {
      orders,
      kill: () => {
        life.abort();
      },
    };
  }

  #storeOf(life: AbortSignal, whileAlive: <T>(running: Promise<T>) => Promise<T>): EventStore {
    const { store } = this;
    return {
      ...waysOf(store),
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
      subscribe: (after, prefix, signal) =>
        store.subscribe(after, prefix, AbortSignal.any([signal, life])),
    };
  }
}
