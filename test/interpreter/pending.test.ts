import { describe, expect, test } from 'vitest';
import { withCall, withTimer, withoutCall, withoutTimer } from '../../src/interpreter/pending.ts';
import type { Pending } from '../../src/interpreter/pending.ts';

const cause = { recordedAtMs: 1_000, eventId: 'e', correlationId: 'c' };
const later = { recordedAtMs: 5_000, eventId: 'f', correlationId: 'c' };

const two: Pending = {
  calls: ['one', 'two'].map((id) => ({ id, input: { id }, cause })),
  timers: [
    { id: 'early', dueAtMs: 1_010, cause },
    { id: 'late', dueAtMs: 1_500, cause },
  ],
};

describe('pending work', () => {
  test('loses a stopped call or a cancelled timer, and keeps the others', () => {
    expect(withoutCall(two, 'one')).toEqual({ ...two, calls: two.calls.slice(1) });
    expect(withoutTimer(two, 'early')).toEqual({ ...two, timers: two.timers.slice(1) });
  });

  test('holds a timer that is set again once, with its new time, and keeps the others', () => {
    const again = { id: 'early', dueAtMs: 5_010, cause: later };
    expect(withTimer(two, again)).toEqual({ ...two, timers: [two.timers[1], again] });
  });

  test('stays the same value where nothing was changed, and is never changed itself', () => {
    const shown = JSON.stringify(two);
    expect(withoutCall(two, 'three')).toBe(two);
    expect(withoutTimer(two, 'third')).toBe(two);
    expect(withCall(two, { id: 'three', input: null, cause })).not.toBe(two);
    expect(JSON.stringify(two)).toBe(shown);
  });
});
