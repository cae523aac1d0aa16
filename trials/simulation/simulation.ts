import { PaymentOrderError } from '../../src/errors.ts';
import type { OpenOptions } from '../../src/open-options.ts';
import type { Account } from './accounts.ts';
import { Acts, orderNumber } from './acts.ts';
import type { Violation } from './checker.ts';
import { Clients } from './client.ts';
import { WallClock } from './clock.ts';
import { gatewayOf } from './gateway.ts';
import { textOf } from './log.ts';
import type { Kernel } from './kernel.ts';
import type { Plan } from './plan.ts';
import { leaveOldOrder } from './old-order.ts';
import { Platform } from './platform.ts';
import { SimProcess } from './process.ts';
import type { Incarnation } from './process.ts';
import { conclusiveAfterMs } from './questions.ts';
import { readerOf } from './reader.ts';
import { retryPolicyOf } from './retry-policy.ts';
import type { Certain, Sim } from './sim.ts';
import { simOf } from './sim.ts';
import { count } from './seen.ts';
import { storeOf } from './store.ts';
import { judge } from './verdict.ts';
import { workloadOf } from './workload.ts';
import type { Step } from './workload.ts';

export type Outcome = {
  readonly violations: readonly Violation[];
  readonly seen: ReadonlyMap<string, number>;
  /** Where the one order of a scenario ends. */
  readonly endsIn: string;
  readonly traceHash: string;
  readonly events: number;
  readonly steps: number;
  /** How many await points each process came to. */
  readonly points: readonly number[];
  /** Of these, the first after each thing that others can see; see `SimProcess.turns`. */
  readonly turns: readonly (readonly number[])[];
};

export type Options = {
  /** Called for every step of the trace. */
  readonly onStep?: (line: string) => void;
  /** Default: drawn from the plan's seed. */
  readonly workload?: readonly Step[] | undefined;
  /** Faults strike the first so many times that they can, and never else. Default: by chance. */
  readonly certain?: Certain | undefined;
};

const second = 1_000;
const minute = 60 * second;

/** So long may it take, faults over, until nothing is open: retries, probes, patience, ms. */
const livenessMs = 60 * minute;

/** Long enough for every late request and reply to have come, ms. */
const stragglersMs = 250 * second;

/** A run that asks more often asks for ever; fifty is the most that others come to. */
const questionsMax = 300;

/** Retractions of retractions, in a run. */
const mendingsMax = 10;

/** Runs a plan: faults for a while, then peace until all is settled, then every promise is checked. */
export async function simulate(plan: Plan, options: Options = {}): Promise<Outcome> {
  const run = new Run(plan, options);
  await run.safety();
  await run.peace();
  await run.end();
  return run.outcome();
}

class Run {
  readonly #sim: Sim;
  readonly #kernel: Kernel;
  readonly #processes: readonly SimProcess[];
  readonly #clients: Clients;
  readonly #acts: Acts;
  readonly #platform: Platform;
  readonly #read: (orderNo: string) => Promise<void>;
  readonly #workload: readonly Step[];
  /** Something does not come to its end, and nothing more is waited for. */
  #isStuck = false;

  constructor(plan: Plan, { onStep = () => undefined, workload, certain }: Options) {
    this.#sim = simOf(plan, onStep, certain);
    if (this.#sim.accounts.areSeveral) count(this.#sim.seen, 'fault severalGateways');
    this.#kernel = this.#sim.kernel;
    this.#platform = new Platform(this.#sim);
    leaveOldOrder(this.#sim);
    this.#processes = Array.from({ length: plan.workers }, (_, index) => this.#process(index));
    const alive = () =>
      this.#processes.map(({ current }) => current).filter((life) => life !== null);
    this.#clients = new Clients(this.#sim, alive);
    this.#acts = new Acts(this.#sim, this.#clients, this.#platform);
    this.#read = readerOf(this.#sim);
    this.#workload = workload ?? workloadOf(plan);
  }

  #process(index: number): SimProcess {
    const { plan, random, kernel } = this.#sim;
    const skewMs = plan.faults.includes('clockSkew')
      ? random(`skew ${index}`).between(-10_000, 10_000)
      : 0;
    if (skewMs !== 0) count(this.#sim.seen, 'fault clockSkew');
    const clock = new WallClock(() => kernel.nowMs, skewMs);
    const deadlineMs = plan.faults.includes('deadlinesDiffer')
      ? random(`deadline ${index}`).pick([20_000, 25_000, 30_000, 45_000, 60_000])
      : 30_000;
    if (deadlineMs !== 30_000) count(this.#sim.seen, 'fault deadlinesDiffer');
    return new SimProcess(index, clock, deadlineMs, kernel, plan.strikes, (strike, at) => {
      if (strike === 'crash') this.#crashed(index, at);
      else count(this.#sim.seen, `fault clockJump ${strike}`);
    });
  }

  #crashed(index: number, at: string): void {
    const { seen, random, checker } = this.#sim;
    count(seen, 'fault crash');
    if (/\/timer/.test(at)) count(seen, 'crash during recovery');
    if (checker.isInPeace) count(seen, 'crash in peace');
    const downMs = random(`down ${index}`).between(10, random(`down ${index}`).pick([500, 60_000]));
    this.#kernel.schedule(downMs, `p${index} comes back`, () => {
      this.#start(index);
    });
  }

  #start(index: number): void {
    const process = this.#processes[index];
    if (process === undefined || process.current !== null) return;
    const life = process.begin(this.#sim.random(`ids ${index}`));
    void this.#open(life);
  }

  async #open(life: Incarnation): Promise<void> {
    const { checker, kernel, accounts } = this.#sim;
    const portOf = (account: Account) => gatewayOf(this.#sim, life, this.#platform, account);
    const options: OpenOptions = {
      store: storeOf(this.#sim, life),
      runtime: life.runtime,
      retryPolicy: retryPolicyOf(this.#sim.canBeAsked),
      attemptDeadlineMs: life.attemptDeadlineMs,
      conclusiveAfterMs,
      askFirst: this.#sim.asksFirst,
      onError: (error) => {
        const known = error instanceof PaymentOrderError;
        kernel.note(`${life.name} reports ${known ? error.code : String(error)}`);
        if (!known) checker.violate('I17', `${life.name} reports ${String(error)}`);
      },
    };
    if (accounts.areSeveral) life.bare = await this.#sim.open(options);
    const orders = await this.#sim.open({ ...options, ...accounts.options(life.index, portOf) });
    life.orders = orders;
    // Who cannot begin to recover tries again, as an operator's supervisor would.
    while (life.isAlive) {
      try {
        // The level `inbox` tries notices.
        await orders.startRecovery({ only: 'orders', askAfterMs: this.#sim.askAfterMs });
        return;
      } catch {
        await life.pause(2_000, 'recovery begins again');
      }
    }
  }

  async safety(): Promise<void> {
    for (const process of this.#processes) this.#start(process.index);
    let lastMs = 0;
    for (const step of this.#workload) {
      this.#kernel.schedule(step.atMs, `${step.act} ${orderNumber(step.order)}`, () => {
        this.#perform(step);
      });
      lastMs = Math.max(lastMs, step.atMs);
    }
    await this.#kernel.runUntil(Math.max(lastMs + 20 * second, this.#sim.outageEndsMs));
  }

  #perform(step: Step): void {
    if (step.act === 'read') void this.#read(orderNumber(step.order));
    else if (step.act === 'restart') void this.#restart(step.order % this.#processes.length);
    else this.#acts.perform(step);
  }

  /** As a deployment does it: close, which waits for work under way, and start again. */
  async #restart(index: number): Promise<void> {
    const process = this.#processes[index];
    const life = process?.current;
    const orders = life?.orders ?? null;
    if (process === undefined || life === undefined || life === null || orders === null) return;
    // Nobody new is sent to it.
    life.orders = null;
    const closing = Promise.all([orders.close(), life.bare?.close()]);
    const ended = await Promise.race([closing.then(() => 'closed' as const), life.died]);
    if (ended === 'died') return;
    count(this.#sim.seen, 'fault restart');
    life.retire();
    process.end();
    this.#start(index);
  }

  /** Nothing fails any more: everything that is open must come to its end. */
  async peace(): Promise<void> {
    this.#sim.checker.isInPeace = true;
    this.#kernel.note('PEACE');
    for (const process of this.#processes) {
      process.repairClock();
      if (process.current === null) this.#start(process.index);
    }
    await this.#quiet();
    await this.#kernel.runUntil(this.#kernel.nowMs + stragglersMs);
    this.#clients.repeatAnswered();
    await this.#quiet();
    const { orders } = this.#sim.plan;
    this.#acts.bill(orders);
    await this.#quiet();
    // What was mended may show another mistake; there are never more than the retractions drawn.
    for (let rounds = 0; rounds < mendingsMax && this.#acts.mend(orders) > 0; rounds += 1) {
      await this.#quiet();
    }
    this.#acts.decide(orders);
    await this.#quiet();
  }

  async #quiet(): Promise<void> {
    const { checker } = this.#sim;
    const untilMs = this.#kernel.nowMs + livenessMs;
    while (!this.#isStuck && (this.#openOrders().length > 0 || this.#clients.pending > 0)) {
      if (this.#kernel.nowMs >= untilMs || checker.questions.length > questionsMax) {
        const open = this.#openOrders().join();
        checker.violate('I13', `${this.#clients.pending} requests pending, open: ${open}`);
        this.#isStuck = true;
      }
      await this.#kernel.runUntil(this.#kernel.nowMs + 5 * second);
    }
  }

  /** Orders whose cancel is under way and not left to people. */
  #openOrders(): readonly string[] {
    const open: string[] = [];
    for (const [stream, rows] of this.#sim.log.streams) {
      const to = textOf(rows.at(-1)?.metadata['to']);
      if (to.startsWith('cancelling.') && to !== 'cancelling.needsReview') {
        open.push(`${stream} ${to}`);
      }
    }
    return open;
  }

  /** Closing gives everything back, whatever went before. */
  async end(): Promise<void> {
    const { checker } = this.#sim;
    let open = 0;
    for (const { current } of this.#processes) {
      const closed = current?.orders?.close().then(() => current.bare?.close());
      if (current === null || closed === undefined) continue;
      open += 1;
      void Promise.race([closed, current.died]).then(() => (open -= 1));
    }
    await this.#kernel.runUntil(this.#kernel.nowMs + 6 * minute);
    if (open > 0) checker.violate('I13', `${open} processes do not close`);
    judge(this.#sim, this.#platform, this.#clients.requestLogs);
  }

  outcome(): Outcome {
    const { checker, seen, log } = this.#sim;
    return {
      violations: checker.violations,
      seen,
      traceHash: this.#kernel.traceHash(),
      endsIn: textOf(log.stream(`paymentOrder-${orderNumber(0)}`).at(-1)?.metadata['to']),
      events: log.all.length,
      steps: this.#kernel.steps,
      points: this.#processes.map(({ points }) => points),
      turns: this.#processes.map(({ turns }) => turns),
    };
  }
}
