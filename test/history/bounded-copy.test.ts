import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { boundedCopy } from '../../src/history/machine.ts';
import { createInterpreter } from '../../src/interpreter/interpreter.ts';

const cause = { recordedAtMs: 0, eventId: 'e', correlationId: 'c' };

test('makes one bounded copy of a machine, which throws instead of looping for ever', () => {
  const circling = createMachine({
    initial: 'a',
    states: { a: { on: { Go: 'b' } }, b: { always: 'c' }, c: { always: 'b' } },
  });
  const copy = boundedCopy(circling);
  expect(boundedCopy(circling)).toBe(copy);
  // A copy of a machine is one.
  const interpreter = createInterpreter(copy as typeof circling);
  const start = interpreter.start(undefined, cause);
  expect(start.state).toBe('a');
  expect(() => interpreter.next(start, { type: 'Go' }, cause)).toThrow(/Infinite loop/);
});
