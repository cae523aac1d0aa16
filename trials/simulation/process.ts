import type { Runtime } from '../../src/runtime.ts';
import { uuidOf } from '../../src/testing/simulated-runtime.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import type { WallClock } from './clock.ts';
import type { Kernel } from './kernel.ts';
import type { Strike } from './plan.ts';
import type { Random } from './random.ts';

/**
 * What a promise of a dead process comes to. A new one each time, because a shared one would keep
 * everything that ever waited for it.
 */
const never = () => new Promise<never>(() => undefined);

/**
 * A machine that runs one incarnation of the service after the other. A crash leaves everything
 * that the incarnation waited for unsettled for ever; what it sent is on its way all the same.
 */
export class SimProcess {
  readonly index: number;
  readonly clock: WallClock;
  /** How it is configured: by when an attempt that it begins counts as abandoned. */
  readonly attemptDeadlineMs: number;
  readonly #kernel: Kernel;
  readonly #strikes: ReadonlyMap<number, Strike['what']>;
  readonly #onStrike: (what: Strike['what'], at: string) => void;
  #incarnations = 0;
  #points = 0;
  readonly #turns: number[] = [];
  #hasActed = false;
  #clockIsRight = false;
  #current: Incarnation | null = null;

  constructor(
    index: number,
    clock: WallClock,
    attemptDeadlineMs: number,
    kernel: Kernel,
    strikes: readonly Strike[],
    onStrike: (what: Strike['what'], at: string) => void,
  ) {
    this.index = index;
    this.clock = clock;
    this.attemptDeadlineMs = attemptDeadlineMs;
    this.#kernel = kernel;
    this.#strikes = new Map(
      strikes.filter(({ process }) => process === index).map(({ point, what }) => [point, what]),
    );
    this.#onStrike = onStrike;
  }

  /** How many await points this machine has come to, over all its lives. */
  get points(): number {
    return this.#points;
  }

  /**
   * The points that are the first after something that others can see. Where it dies between two of
   * these, it leaves the same behind.
   */
  get turns(): readonly number[] {
    return this.#turns;
  }

  /** It did something that others can see. */
  acts(): void {
    this.#hasActed = true;
  }

  /** The living incarnation, or null while the process is down. */
  get current(): Incarnation | null {
    return this.#current;
  }

  begin(ids: Random): Incarnation {
    this.#incarnations += 1;
    this.acts();
    const name = `p${this.index}.${this.#incarnations}`;
    this.#current = new Incarnation(name, this, this.#kernel, ids);
    return this.#current;
  }

  /** It ends as it should: what it began has ended. */
  end(): void {
    this.#current = null;
  }

  crash(at: string): void {
    this.#kernel.note(`CRASH ${this.#current?.name ?? ''} at ${at}`);
    this.#current?.die();
    this.#current = null;
    this.#onStrike('crash', at);
  }

  /** Somebody sets its clock right, and it jumps no more; crashes go on. */
  repairClock(): void {
    this.clock.repair();
    this.#clockIsRight = true;
  }

  /** Counts an await point and strikes where the plan says so. */
  cross(label: string): void {
    this.#points += 1;
    if (this.#hasActed) this.#turns.push(this.#points);
    this.#hasActed = false;
    const strike = this.#strikes.get(this.#points);
    if (strike === undefined) return;
    if (strike === 'crash') {
      this.crash(label);
      return;
    }
    if (this.#clockIsRight) return;
    this.#kernel.note(`JUMP ${strike} of p${this.index} at ${label}`);
    this.clock.jump(strike);
    this.#onStrike(strike, label);
  }
}

export class Incarnation {
  readonly name: string;
  readonly runtime: Runtime;
  /** Resolves when it crashes. */
  readonly died: Promise<'died'>;
  /** Set once it has opened. */
  orders: PaymentOrders | null = null;
  /** The same store without a gateway, where some orders are created. */
  bare: PaymentOrders | null = null;
  readonly #process: SimProcess;
  readonly #kernel: Kernel;
  readonly #announceDeath: () => void;
  #isAlive = true;
  #hasCrashed = false;

  constructor(name: string, process: SimProcess, kernel: Kernel, ids: Random) {
    this.name = name;
    this.#process = process;
    this.#kernel = kernel;
    const { promise, resolve } = Promise.withResolvers<'died'>();
    this.died = promise;
    this.#announceDeath = () => {
      resolve('died');
    };
    const bornAtMs = kernel.nowMs;
    this.runtime = {
      now: () => process.clock.now(),
      monotonicMs: () => kernel.nowMs - bornAtMs,
      setTimer: (delayMs, run) =>
        kernel.schedule(delayMs, `${name} timer`, () => {
          if (this.#isAlive) run();
        }),
      newId: () => uuidOf(ids.hex(16)),
      randomHex: (bytes) => ids.hex(bytes),
      random: () => ids.next(),
    };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get index(): number {
    return this.#process.index;
  }

  get attemptDeadlineMs(): number {
    return this.#process.attemptDeadlineMs;
  }

  /** It does something that others can see: asks, appends, calls or answers. */
  acts(): void {
    this.#process.acts();
  }

  get hasCrashed(): boolean {
    return this.#hasCrashed;
  }

  /** After an orderly end. */
  retire(): void {
    this.#isAlive = false;
  }

  die(): void {
    this.#hasCrashed = true;
    this.#isAlive = false;
    this.#announceDeath();
  }

  /** An await point: the process may die here, or its clock may jump. */
  async point(label: string): Promise<void> {
    if (!this.#isAlive) return never();
    this.#process.cross(`${this.name} ${label}`);
    // `cross` may have ended it.
    return this.isAlive ? undefined : never();
  }

  /** Waits for the world outside; a dead process never goes on. */
  async wait<T>(answer: Promise<T>, label: string): Promise<T> {
    const value = await answer;
    await this.point(label);
    return value;
  }

  /** A while that passes outside. */
  pause(ms: number, label: string): Promise<void> {
    return this.wait(this.#kernel.after(ms, `${this.name} ${label}`), label);
  }
}
