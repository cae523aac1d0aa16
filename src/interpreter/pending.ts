/**
 * What is pending is a fold too. Entering a state adds its call, a delayed `raise` adds a timer;
 * leaving the state and `cancel` take them away, and nothing is ever executed. So the stream alone tells what an order waits for, any process can take over after a crash, and loading
 * an order never makes a call or starts a timer. A timer is due by the recorded time of its cause
 * plus the delay, never by the time of loading.
 */

/** The stored event that made something pending. */
export type Cause = {
  /** When it was recorded, milliseconds since the epoch: delays count from here. */
  readonly recordedAtMs: number;
  readonly eventId: string;
  readonly correlationId: string;
};

/** An invoked call that has not answered yet. */
export type PendingCall = {
  readonly id: string;
  readonly input: unknown;
  readonly cause: Cause;
};

/** A delayed event that is not due yet, or due and not fired. */
export type PendingTimer = {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly dueAtMs: number;
  readonly cause: Cause;
};

/** What an order waits for by itself. */
export type Pending = {
  readonly calls: readonly PendingCall[];
  readonly timers: readonly PendingTimer[];
};

export const nothingPending: Pending = { calls: [], timers: [] };

export function withCall(pending: Pending, call: PendingCall): Pending {
  return { ...pending, calls: [...pending.calls, call] };
}

export function withoutCall(pending: Pending, id: unknown): Pending {
  if (pending.calls.length === 0) return pending;
  const calls = pending.calls.filter((call) => call.id !== id);
  return calls.length === pending.calls.length ? pending : { ...pending, calls };
}

/** A timer that is set again has its new time. */
export function withTimer(pending: Pending, timer: PendingTimer): Pending {
  return { ...pending, timers: [...withoutTimer(pending, timer.id).timers, timer] };
}

export function withoutTimer(pending: Pending, id: unknown): Pending {
  if (pending.timers.length === 0) return pending;
  const timers = pending.timers.filter((timer) => timer.id !== id);
  return timers.length === pending.timers.length ? pending : { ...pending, timers };
}
