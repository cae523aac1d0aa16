import { PaymentOrderError } from '../../src/errors.ts';
import type { NoticeReceipt } from '../../src/inbox/types.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import type { Violation } from '../simulation/checker.ts';
import { WallClock } from '../simulation/clock.ts';
import type { Plan } from '../simulation/plan.ts';
import { money } from '../simulation/money.ts';
import { SimProcess } from '../simulation/process.ts';
import type { Incarnation } from '../simulation/process.ts';
import { count } from '../simulation/seen.ts';
import type { Certain, Sim } from '../simulation/sim.ts';
import { simOf } from '../simulation/sim.ts';
import { storeOf } from '../simulation/store.ts';
import { judgeAtEnd, judgeReceipt } from './judge.ts';
import type { SentNotice } from './notices.ts';
import { translated } from './notices.ts';
import type { InboxStep } from './plan.ts';
import { inboxSteps } from './plan.ts';

export type InboxOutcome = {
  readonly violations: readonly Violation[];
  readonly seen: ReadonlyMap<string, number>;
  readonly traceHash: string;
  /** How many await points each process came to. */
  readonly points: readonly number[];
  readonly notices: number;
  readonly applied: number;
};

type Options = {
  readonly onStep?: ((line: string) => void) | undefined;
  /** Default: drawn from the plan's seed. */
  readonly steps?: readonly InboxStep[] | undefined;
  readonly certain?: Certain | undefined;
  /** Whether the processes recover. Default true. */
  readonly recovers?: boolean | undefined;
};

type Inbox = ReturnType<PaymentOrders['inbox']>;

const second = 1_000;
const hour = 3_600 * second;

/** From then on the translator knows every order, ms. */
const orderKnownMs = 30 * second;

/** What nobody could be told about is tried again at least so often: see recovery's back-off. */
const settledMs = 3 * hour;

/** Codes that a sender or an operator may get from a correct service. */
const expected = new Set([
  'store-unavailable',
  'append-outcome-unknown',
  'too-much-contention',
  'store-closed',
]);

/** Runs a plan: senders, operators and faults for a while, then peace, then I18 is checked. */
export async function simulateInbox(plan: Plan, options: Options = {}): Promise<InboxOutcome> {
  const run = new InboxRun(plan, options);
  await run.safety();
  await run.peace();
  return run.outcome();
}

class InboxRun {
  readonly #sim: Sim;
  readonly #processes: readonly SimProcess[];
  readonly #inboxes = new Map<Incarnation, Inbox>();
  readonly #steps: readonly InboxStep[];
  readonly #recovers: boolean;
  readonly #acknowledged = new Set<SentNotice>();
  readonly #vouchedFor = new Set<SentNotice>();
  #pending = 0;
  #applied = 0;
  #isJudged = false;

  constructor(plan: Plan, { onStep = () => undefined, steps, certain, recovers = true }: Options) {
    this.#sim = simOf(plan, onStep, certain);
    this.#recovers = recovers;
    this.#steps = steps ?? inboxSteps(plan);
    this.#processes = Array.from({ length: plan.workers }, (_, index) => this.#process(index));
  }

  #process(index: number): SimProcess {
    const { kernel, plan, random, seen } = this.#sim;
    const clock = new WallClock(() => kernel.nowMs, 0);
    return new SimProcess(index, clock, 30_000, kernel, plan.strikes, () => {
      count(seen, 'fault crash');
      const draws = random(`down ${index}`);
      kernel.schedule(draws.between(10, draws.pick([500, 60_000])), `p${index} comes back`, () => {
        this.#start(index);
      });
    });
  }

  #start(index: number): void {
    const process = this.#processes[index];
    if (process === undefined || process.current !== null) return;
    void this.#open(process.begin(this.#sim.random(`ids ${index}`)));
  }

  async #open(life: Incarnation): Promise<void> {
    const { kernel, checker } = this.#sim;
    const orders = await this.#sim.open({
      store: storeOf(this.#sim, life),
      runtime: life.runtime,
      onError: (error) => {
        kernel.note(`${life.name} reports ${String(error)}`);
        const isKnown = error instanceof PaymentOrderError || error instanceof TypeError;
        if (!isKnown) checker.violate('I17', `${life.name} reports ${String(error)}`);
      },
    });
    const inbox = orders.inbox({
      translate: async (notice) => {
        await life.pause(2, 'translates');
        return translated(notice, kernel.nowMs >= orderKnownMs);
      },
    });
    life.orders = orders;
    this.#inboxes.set(life, inbox);
    while (life.isAlive && this.#recovers) {
      try {
        await orders.startRecovery({ only: 'notices' });
        return;
      } catch {
        await life.pause(2_000, 'recovery begins again');
      }
    }
  }

  async safety(): Promise<void> {
    const { kernel, outageEndsMs } = this.#sim;
    for (const { index } of this.#processes) this.#start(index);
    for (const step of this.#steps) {
      kernel.schedule(step.atMs, step.act, () => {
        this.#perform(step);
      });
    }
    const lastMs = Math.max(0, ...this.#steps.map(({ atMs }) => atMs));
    await kernel.runUntil(Math.max(lastMs + 20 * second, outageEndsMs));
  }

  #perform(step: InboxStep): void {
    switch (step.act) {
      case 'create':
        void this.#create(step.orderNo);
        return;
      case 'send':
        void this.#send(step.notice, step.by);
        return;
      case 'care':
        void this.#care(step.notice);
        return;
      case 'restart':
        void this.#restart(step.process);
        return;
    }
  }

  async #create(orderNo: string): Promise<void> {
    await this.#untilAnswered(`create ${orderNo}`, ({ orders }) =>
      orders.create({ orderNo, processBillNo: `F-${orderNo}`, ...money }),
    );
  }

  /** A sender repeats until it is acknowledged. */
  async #send(notice: SentNotice, by: 'channel' | 'stranger'): Promise<void> {
    const { body, kind } = notice;
    const isVouched = by === 'channel' && kind !== 'signed';
    const vouchedBy = isVouched ? { vouchedBy: 'mtls' } : {};
    const receipt = await this.#untilAnswered<NoticeReceipt>(`${kind} notice`, ({ inbox }) => {
      if (by === 'channel') this.#vouchedFor.add(notice);
      return inbox.receive({ body, source: by, ...vouchedBy });
    });
    judgeReceipt(this.#sim, notice, receipt);
    this.#acknowledged.add(notice);
    count(this.#sim.seen, `receipt ${receipt.kind} ${receipt.status}`);
  }

  async #care(notice: SentNotice): Promise<void> {
    const { noticeId, care, kind } = notice;
    const by = 'op-1';
    // An operator cares for what came, and closing a process waits for no reader.
    await this.#untilAnswered(`${String(care)} ${kind}`, ({ inbox }) => {
      if (care === 'discards') return inbox.discard(noticeId, { reason: 'not ours', by });
      this.#vouchedFor.add(notice);
      return inbox.retry(noticeId, { vouchedBy: 'the bill of the day', by });
    });
    count(this.#sim.seen, `an operator ${String(care)}`);
  }

  async #untilAnswered<T>(
    what: string,
    ask: (process: { readonly orders: PaymentOrders; readonly inbox: Inbox }) => Promise<T>,
  ): Promise<T> {
    const { kernel, random, seen } = this.#sim;
    this.#pending += 1;
    for (;;) {
      const life = this.#somebody();
      const inbox = life === undefined ? undefined : this.#inboxes.get(life);
      if (life?.orders && inbox !== undefined) {
        kernel.note(`${what} at ${life.name}`);
        const asked = ask({ orders: life.orders, inbox }).then(
          (answer) => ({ answer }),
          (error: unknown) => ({ error }),
        );
        const told = await Promise.race([asked, life.died]);
        if (told === 'died') count(seen, 'died before it answered');
        else if ('answer' in told) {
          this.#pending -= 1;
          return told.answer;
        } else this.#failed(what, told.error);
      }
      await kernel.after(random('senders').between(200, 4_000), `${what} again`);
    }
  }

  #failed(what: string, error: unknown): void {
    const { checker, seen } = this.#sim;
    const code = error instanceof PaymentOrderError ? error.code : String(error);
    // What an operator looks for has not come.
    if (code === 'notice-not-found') return;
    count(seen, `error ${code}`);
    if (!expected.has(code)) checker.violate('I17', `${what} threw ${String(error)}`);
  }

  #somebody(): Incarnation | undefined {
    const open = this.#processes.flatMap(({ current }) =>
      current !== null && this.#inboxes.has(current) && current.orders !== null ? [current] : [],
    );
    return open.length === 0 ? undefined : this.#sim.random('who serves').pick(open);
  }

  async #restart(index: number): Promise<void> {
    const process = this.#processes[index];
    const life = process?.current;
    const orders = life?.orders ?? null;
    if (process === undefined || !life || orders === null) return;
    life.orders = null;
    const ended = await Promise.race([orders.close().then(() => 'closed' as const), life.died]);
    if (ended === 'died') return;
    count(this.#sim.seen, 'fault restart');
    life.retire();
    process.end();
    this.#start(index);
  }

  /** Nothing fails any more: what waits for an order that exists must come to it. */
  async peace(): Promise<void> {
    const { checker, kernel } = this.#sim;
    checker.isInPeace = true;
    kernel.note('PEACE');
    for (const { index, current } of this.#processes) if (current === null) this.#start(index);
    await kernel.runUntil(kernel.nowMs + settledMs);
    if (this.#pending > 0) checker.violate('I13', `${this.#pending} requests are not answered`);
    await this.#judge();
    for (const { current } of this.#processes) void current?.orders?.close();
    await kernel.runUntil(kernel.nowMs + 60 * second);
  }

  /** Somebody who was not there looks at all of it. */
  async #judge(): Promise<void> {
    const { kernel, checker, random } = this.#sim;
    const clock = new WallClock(() => kernel.nowMs, 0);
    const reader = new SimProcess(99, clock, 30_000, kernel, [], () => undefined);
    const life = reader.begin(random('ids of the reader'));
    const judging = async () => {
      const orders = await openPaymentOrders({
        store: storeOf(this.#sim, life),
        runtime: life.runtime,
      });
      const notices = [...new Set(this.#steps.flatMap((s) => ('notice' in s ? [s.notice] : [])))];
      const known = { notices, acknowledged: this.#acknowledged, vouchedFor: this.#vouchedFor };
      this.#applied = await judgeAtEnd(this.#sim, orders, known);
      await orders.close();
      this.#isJudged = true;
    };
    judging().catch((error: unknown) => {
      checker.violate('I18', `the inbox cannot be read: ${String(error)}`);
    });
    await kernel.runUntil(kernel.nowMs + 60 * second);
    if (!this.#isJudged) checker.violate('I18', 'the inbox was not read to its end');
  }

  outcome(): InboxOutcome {
    const { checker, seen, kernel } = this.#sim;
    return {
      violations: checker.violations,
      seen,
      traceHash: kernel.traceHash(),
      points: this.#processes.map(({ points }) => points),
      notices: this.#acknowledged.size,
      applied: this.#applied,
    };
  }
}
