/**
 * What a process gives to the code that must not take it by itself: time, timers, ids, chance.
 * A simulation passes its own, and one seed then repeats a whole run. That is why no other file
 * of the module reads a clock or draws a number.
 */
export type Runtime = {
  /** Wall clock, milliseconds since the epoch. May jump; order never depends on it. */
  now(): number;
  /** Milliseconds that never jump back, from an arbitrary origin. */
  monotonicMs(): number;
  /**
   * Runs `run` once after `delayMs`, capped at the longest wait a timer can hold; returns how to
   * cancel it. What arrived before it runs should be read first: a timer may be a limit.
   */
  setTimer(delayMs: number, run: () => void): () => void;
  /** A random UUID (version 4). */
  newId(): string;
  /** `bytes` random bytes as lower-case hexadecimal. */
  randomHex(bytes: number): string;
  /** A random number, 0 ≤ n < 1. */
  random(): number;
};

/** The longest wait of a Node timer, ms. A longer wait ends here, and its owner looks again. */
const timerMsMax = 2_147_483_647;

/**
 * An event loop that was held runs overdue timers before it reads what arrived meanwhile. So a timer
 * lets it read twice: the bytes, and then the end of the connection, which it reads in a turn of
 * its own.
 */
const readsBeforeRun = 2;

/** Drawn at once: asking the system for every few bytes costs more than the bytes. */
const poolBytes = 4_096;

const systemRuntimes = new WeakSet<Runtime>();

/** Makes the only runtime that reads real clocks and draws real chance. */
export function systemRuntime(): Runtime {
  let pool = Buffer.alloc(0);
  // Where it is used, because importing the package needs none of it, and loading it takes long.
  const crypto = () => process.getBuiltinModule('node:crypto');
  const runtime: Runtime = {
    now: () => Date.now(),
    monotonicMs: () => performance.now(),
    setTimer: (delayMs, run) => {
      let turn: NodeJS.Immediate | undefined;
      const runAfter = (reads: number): void => {
        if (reads === 0) run();
        else
          turn = setImmediate(() => {
            runAfter(reads - 1);
          });
      };
      const wait = Math.min(Math.max(delayMs, 0), timerMsMax);
      const timer = setTimeout(runAfter, wait, readsBeforeRun);
      return () => {
        clearTimeout(timer);
        clearImmediate(turn);
      };
    },
    newId: () => crypto().randomUUID(),
    randomHex: (bytes) => {
      if (pool.length < bytes) pool = crypto().randomBytes(Math.max(bytes, poolBytes));
      const drawn = pool.toString('hex', 0, bytes);
      pool = pool.subarray(bytes);
      return drawn;
    },
    random: () => Math.random(),
  };
  systemRuntimes.add(runtime);
  return runtime;
}

/** Whether `systemRuntime` made it: only then may another thread go by a runtime of its own. */
export function isSystemRuntime(runtime: Runtime): boolean {
  return systemRuntimes.has(runtime);
}

const latestMs = 253_402_300_799_999;

/**
 * Milliseconds since the epoch as UTC text with milliseconds. A clock may point anywhere; a stored
 * time has a four-digit year, so times outside the years 1970 to 9999 become the nearest end.
 */
export function instantOf(ms: number): string {
  return new Date(Math.min(Math.max(Math.trunc(ms) || 0, 0), latestMs)).toISOString();
}

/** Milliseconds since the epoch of an ISO 8601 instant with offset. */
export function millisecondsOf(instant: string): number {
  return Date.parse(instant);
}

/** Resolves after `ms`, or as soon as `signal` aborts. Never rejects. */
export function sleep(
  runtime: Pick<Runtime, 'setTimer'>,
  ms: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const wake = (): void => {
      cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = runtime.setTimer(ms, wake);
    signal?.addEventListener('abort', wake);
  });
}

/** What others' work that took too long gave. */
export const late = Symbol('late');

/** What the work gives within `ms`, or else `late`. The work goes on, and nobody hears of it. */
export async function withinLimit<T>(
  runtime: Pick<Runtime, 'setTimer'>,
  ms: number,
  work: () => Promise<T>,
): Promise<T | typeof late> {
  const ended = new AbortController();
  const limit = sleep(runtime, ms, ended.signal).then((): typeof late => late);
  try {
    return await Promise.race([work(), limit]);
  } finally {
    ended.abort();
  }
}

/** For so long a loop may hold the process before everything else has its turn, ms. */
export const heldMsMax = 10;

/** A turn of the event loop, from the first time in it that a loop asked. */
type Turn = { readonly startedMs: number; next: Promise<void> | undefined };

const turns = new WeakMap<Pick<Runtime, 'monotonicMs'>, Turn>();

/**
 * Asked by a loop before each piece of its work: undefined while it may go on, or else what it
 * awaits first. All loops of a runtime share the limit, so that many at once hold the process no
 * longer than one. Where time stands still, as in a simulation, no loop waits.
 */
export function nextTurn(runtime: Pick<Runtime, 'monotonicMs'>): Promise<void> | undefined {
  const turn = turns.get(runtime);
  if (turn === undefined) {
    turns.set(runtime, { startedMs: runtime.monotonicMs(), next: undefined });
    setImmediate(() => turns.delete(runtime));
    return undefined;
  }
  if (runtime.monotonicMs() - turn.startedMs < heldMsMax) return undefined;
  return (turn.next ??= new Promise((resolve) => setImmediate(resolve)));
}

export type BackoffRule = {
  /** The wait after the first failure, ms; it doubles with each further one. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** Each wait is drawn from 1 ± this share of it; 0 ≤ jitter ≤ 1. */
  readonly jitter: number;
};

/** How long to wait after `failures` ≥ 1 in a row, ms. */
export function backoffMs(
  runtime: Pick<Runtime, 'random'>,
  { firstMs, maxMs, jitter }: BackoffRule,
  failures: number,
): number {
  const waitMs = Math.min(firstMs * 2 ** (failures - 1), maxMs);
  return jitter === 0 ? waitMs : waitMs * (1 - jitter + 2 * jitter * runtime.random());
}
