import { describe, expect, test } from 'vitest';
import { afterActions, nothingPending } from '../../src/interpreter/pending.ts';
import type { Pending } from '../../src/interpreter/pending.ts';

const cause = { recordedAtMs: 1_000, eventId: 'e', correlationId: 'c' };
const later = { recordedAtMs: 5_000, eventId: 'f', correlationId: 'c' };
const spawned = (id: string) => ({ type: 'xstate.spawnChild', params: { id, input: { id } } });
const raised = (id: string, delay?: number) => ({ type: 'xstate.raise', params: { id, delay } });
const stopped = (id: string) => ({ type: 'xstate.stopChild', params: { id } });
const cancelled = (sendId: string) => ({ type: 'xstate.cancel', params: { sendId } });

const two: Pending = {
  calls: ['one', 'two'].map((id) => ({ id, input: { id }, cause })),
  timers: [
    { id: 'early', dueAtMs: 1_010, cause },
    { id: 'late', dueAtMs: 1_500, cause },
  ],
};

describe('pending work', () => {
  test('holds calls and timers, which count from when their event was recorded', () => {
    const actions = [spawned('one'), spawned('two'), raised('early', 10), raised('late', 500)];
    expect(afterActions(nothingPending, actions, cause)).toEqual(two);
  });

  test('loses a stopped call or a cancelled timer, and keeps the others', () => {
    expect(afterActions(two, [stopped('one')], later)).toEqual({
      ...two,
      calls: two.calls.slice(1),
    });
    expect(afterActions(two, [cancelled('early')], later)).toEqual({
      ...two,
      timers: two.timers.slice(1),
    });
  });

  test('holds a timer that is set again once, with its new time, and keeps the others', () => {
    const [, late] = two.timers;
    expect(afterActions(two, [raised('early', 10)], later).timers).toEqual([
      late,
      { id: 'early', dueAtMs: 5_010, cause: later },
    ]);
  });

  test('stays the same value where nothing was changed', () => {
    expect(afterActions(two, [], later)).toBe(two);
    // Taken within the same step: nothing is left to wait for.
    expect(afterActions(two, [raised('now')], later)).toBe(two);
    expect(afterActions(two, [spawned('three')], later)).not.toBe(two);
    expect(afterActions(two, [raised('third', 1)], later)).not.toBe(two);
  });

  test('refuses an action that cannot be made durable', () => {
    expect(() => afterActions(two, [{ type: 'notify' }], later)).toThrow(
      expect.objectContaining({
        code: 'unsupported-machine',
        message: "action 'notify' cannot be made durable; model it as an invoke",
      }),
    );
  });
});
