import type { Runtime } from '../runtime.ts';

export type SimulatedRuntime = Runtime & {
  /**
   * Moves time forward by `ms` ≥ 0 and fires due timers in order; promises settle in between.
   * `advance(0)` only lets promises settle.
   */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock to `ms` since the epoch. Timers are not affected. */
  setNow(ms: number): void;
  pendingTimers(): number;
};

export type SimulatedRuntimeOptions = {
  /** Two runtimes with the same seed draw the same ids. Default 1. */
  readonly seed?: number | undefined;
  /** The wall clock at the start, ms since the epoch. Default: a moment in November 2023. */
  readonly nowMs?: number | undefined;
};

type Timer = { readonly dueMs: number; readonly run: () => void };

/** How often `advance` lets the event loop turn before it looks for the next timer. */
const turnsToSettle = 10;

/** A runtime whose time stands still until a test advances it, and whose chance comes from a seed. */
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

/** Numbers from a seed, 0 ≤ n < 1. Mulberry32: small, and good enough to draw tests from. */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A version 4 UUID of 16 random bytes in hexadecimal. */
export function uuidOf(hex: string): string {
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4] ?? '8';
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ];
  return groups.join('-');
}
