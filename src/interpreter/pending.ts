/**
 * What is pending is a fold too. The machine returns actions; nothing executes them. `spawnChild`
 * adds a call, a delayed `raise` adds a timer, `stopChild` and `cancel` take them away. So the
 * stream alone tells what an order waits for, any process can take over after a crash, and loading
 * an order never makes a call or starts a timer. A timer is due by the recorded time of its cause
 * plus the delay, never by the time of loading.
 */

import { PaymentOrderError } from '../errors.ts';

/** An action that the machine returned from a step; nothing executes it. */
export type ExecutedAction = { readonly type: string; readonly params?: unknown };

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

export function afterActions(
  pending: Pending,
  actions: readonly ExecutedAction[],
  cause: Cause,
): Pending {
  let { calls, timers } = pending;
  for (const action of actions) {
    const params = paramsOf(action);
    switch (action.type) {
      case 'xstate.spawnChild':
        calls = [...calls, { id: String(params['id']), input: params['input'], cause }];
        break;
      case 'xstate.stopChild':
        calls = calls.filter(({ id }) => id !== params['id']);
        break;
      case 'xstate.raise': {
        const { delay } = params;
        // A raise without delay was taken within the same step.
        if (typeof delay !== 'number') break;
        const id = String(params['id']);
        const timer = { id, dueAtMs: cause.recordedAtMs + delay, cause };
        timers = [...timers.filter((other) => other.id !== id), timer];
        break;
      }
      case 'xstate.cancel':
        timers = timers.filter(({ id }) => id !== params['sendId']);
        break;
      default:
        throw new PaymentOrderError(
          'unsupported-machine',
          `action '${action.type}' cannot be made durable; model it as an invoke`,
        );
    }
  }
  return calls === pending.calls && timers === pending.timers ? pending : { calls, timers };
}

export function paramsOf(action: ExecutedAction): Readonly<Record<string, unknown>> {
  const { params } = action;
  // Every built-in action of XState carries an object; its fields are checked one by one.
  return typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {};
}
