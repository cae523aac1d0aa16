import type { Runtime } from '../runtime.ts';
import { randomNumbers, uuidOf } from './chance.ts';

export type SimulatedRuntime = Runtime & {
  /**
   * Moves time on by `ms` ≥ 0 and fires what becomes due, in order; pending work settles in
   * between. `advance(0)` lets what was begun settle.
   */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock alone, ms since the epoch: it jumps, the timers do not. */
  setNow(ms: number): void;
  pendingTimers(): number;
};

export type SimulatedRuntimeOptions = {
  /** Two hosts with one seed draw the same ids. Default 1. */
  readonly seed?: number | undefined;
  /** What the wall clock shows at first, ms since the epoch. Default: a moment of 2023. */
  readonly nowMs?: number | undefined;
};

type Timer = { readonly dueMs: number; readonly run: () => void };

/** How often `advance` lets the event loop turn before it looks for the next timer. */
const turnsToSettle = 10;

/** A host whose time stands still until a test moves it, and whose chance comes from a seed. */
export function simulatedRuntime(options: SimulatedRuntimeOptions = {}): SimulatedRuntime {
  const random = randomNumbers(options.seed ?? 1);
  let monotonicMs = 0;
  let wallOffsetMs = options.nowMs ?? 1_700_000_000_000;
  // A Set keeps the order of insertion, so that timers due at once fire in the order they were set.
  const timers = new Set<Timer>();

  const randomHex = (bytes: number): string =>
    Array.from({ length: bytes }, () => Math.floor(random() * 256))
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');

  const nextDue = (untilMs: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  };

  return {
    now: () => wallOffsetMs + monotonicMs,
    monotonicMs: () => monotonicMs,
    setTimer: (delayMs, run) => {
      const timer = { dueMs: monotonicMs + Math.max(0, delayMs), run };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    newId: () => uuidOf(randomHex(16)),
    randomHex,
    random,
    advance: async (ms) => {
      const untilMs = monotonicMs + ms;
      await settle();
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer);
        monotonicMs = Math.max(monotonicMs, timer.dueMs);
        timer.run();
        await settle();
      }
      monotonicMs = untilMs;
    },
    setNow: (ms) => {
      wallOffsetMs = ms - monotonicMs;
    },
    pendingTimers: () => timers.size,
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < turnsToSettle; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
