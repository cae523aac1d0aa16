import type { Runtime } from '../runtime.ts';

type Entry = { readonly name: string; readonly dueMs: number };

/** So many entries that were replaced or deleted may lie about, and as many as there are names. */
const staleMin = 1_000;

/**
 * Names, each with the time at which it is due. One timer serves all of them: a million timers would
 * take five times the memory.
 */
export class Schedule {
  readonly #runtime: Pick<Runtime, 'monotonicMs' | 'setTimer'>;
  readonly #whenDue: (name: string) => void;
  readonly #entries = new Map<string, Entry>();
  /** A binary heap: no entry is due before its parent. It may hold entries that count no more. */
  #heap: Entry[] = [];
  #timer: { readonly dueMs: number; readonly cancel: () => void } | null = null;

  constructor(runtime: Pick<Runtime, 'monotonicMs' | 'setTimer'>, whenDue: (name: string) => void) {
    this.#runtime = runtime;
    this.#whenDue = whenDue;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  names(): Iterable<string> {
    return this.#entries.keys();
  }

  /** In place of the time that it had. */
  set(name: string, waitMs: number): void {
    const entry = { name, dueMs: this.#runtime.monotonicMs() + Math.max(0, waitMs) };
    this.#entries.set(name, entry);
    if (this.#heap.length > 2 * this.#entries.size + staleMin) this.#sweep();
    else push(this.#heap, entry);
    this.#setTimer();
  }

  delete(name: string): void {
    this.#entries.delete(name);
    if (this.#entries.size === 0) this.clear();
  }

  clear(): void {
    this.#entries.clear();
    this.#heap = [];
    this.#timer?.cancel();
    this.#timer = null;
  }

  #sweep(): void {
    // What is sorted is a heap.
    this.#heap = [...this.#entries.values()].toSorted((one, other) => one.dueMs - other.dueMs);
  }

  #setTimer(): void {
    const [first] = this.#heap;
    if (first === undefined) return;
    if (this.#timer !== null) {
      if (this.#timer.dueMs <= first.dueMs) return;
      this.#timer.cancel();
    }
    const { dueMs } = first;
    const waitMs = dueMs - this.#runtime.monotonicMs();
    const cancel = this.#runtime.setTimer(waitMs, () => {
      this.#timer = null;
      // A timer may fire a little early, and whatever it was set for is due all the same.
      this.#wake(Math.max(dueMs, this.#runtime.monotonicMs()));
      this.#setTimer();
    });
    this.#timer = { dueMs, cancel };
  }

  #wake(untilMs: number): void {
    for (let [first] = this.#heap; first !== undefined; [first] = this.#heap) {
      const isStale = this.#entries.get(first.name) !== first;
      if (!isStale && first.dueMs > untilMs) return;
      pop(this.#heap);
      if (isStale) continue;
      this.#entries.delete(first.name);
      this.#whenDue(first.name);
    }
  }
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.push(entry) - 1;
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || parent.dueMs <= entry.dueMs) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const [left, right] = [2 * index + 1, 2 * index + 2];
    const isRight = (heap[right]?.dueMs ?? Infinity) < (heap[left]?.dueMs ?? Infinity);
    const below = isRight ? right : left;
    const child = heap[below];
    if (child === undefined || child.dueMs >= last.dueMs) break;
    heap[index] = child;
    index = below;
  }
  heap[index] = last;
}
