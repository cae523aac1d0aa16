import { createHash } from 'node:crypto';
import type { Random } from './random.ts';

type Entry = {
  readonly atMs: number;
  readonly tie: number;
  readonly label: string;
  readonly run: () => void;
  isCancelled: boolean;
};

/** Hashing line by line would cost more than the lines. */
const tracedAtOnce = 16_384;

/**
 * Virtual time. One entry runs, then everything that it woke settles before the next one: between
 * two entries lies one turn of the real event loop, which leaves no microtask behind. What is due
 * at the same time runs in an order that the seed draws.
 */
export class Kernel {
  readonly #heap: Entry[] = [];
  readonly #ties: Random;
  readonly #trace = createHash('sha256');
  readonly #onStep: (line: string) => void;
  #untraced = '';
  #nowMs = 0;
  #steps = 0;

  constructor(ties: Random, onStep: (line: string) => void = () => undefined) {
    this.#ties = ties;
    this.#onStep = onStep;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Writes into the trace what happened besides the steps themselves. */
  note(line: string): void {
    const entry = `${this.#nowMs.toFixed(3)} ${line}`;
    this.#untraced += `${entry}\n`;
    if (this.#untraced.length > tracedAtOnce) this.#hashTrace();
    this.#onStep(entry);
  }

  traceHash(): string {
    this.#hashTrace();
    return this.#trace.copy().digest('hex');
  }

  /** Runs once after `delayMs`; returns how to cancel it. */
  schedule(delayMs: number, label: string, run: () => void): () => void {
    const atMs = this.#nowMs + Math.max(0, delayMs);
    const entry: Entry = { atMs, tie: this.#ties.next(), label, run, isCancelled: false };
    this.#push(entry);
    return () => {
      entry.isCancelled = true;
    };
  }

  /** A promise that resolves after `delayMs`. */
  after(delayMs: number, label: string): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(delayMs, label, resolve);
    });
  }

  /** Runs what is due until the time comes, or nothing is left. */
  async runUntil(untilMs: number): Promise<void> {
    await settled();
    for (
      let next = this.#heap[0];
      next !== undefined && next.atMs <= untilMs;
      next = this.#heap[0]
    ) {
      this.#pop();
      if (next.isCancelled) continue;
      this.#nowMs = next.atMs;
      this.#steps += 1;
      this.note(next.label);
      next.run();
      await settled();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #hashTrace(): void {
    this.#trace.update(this.#untraced);
    this.#untraced = '';
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    heap.push(entry);
    for (let index = heap.length - 1; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const child = right < heap.length && this.#isBefore(right, left) ? right : left;
      if (child >= heap.length || !this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return false;
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.tie < b.tie);
  }

  #swapIfBefore(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined || !this.#isBefore(one, other)) return false;
    this.#heap[one] = b;
    this.#heap[other] = a;
    return true;
  }
}

/** Microtasks all run before the event loop's next turn: what was woken has settled by then. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
