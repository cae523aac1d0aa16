import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { machineIdentity } from '../../src/history/machine.ts';

const state = (changes: object = {}, transition: object = {}) => ({
  tags: ['open'],
  entry: 'noteEntry',
  exit: { type: 'noteExit' },
  invoke: { id: 'call', src: 'call' },
  on: { Next: { target: 'b', guard: 'isReady', actions: ['record'], ...transition } },
  always: [{ target: 'b', guard: { type: 'isOver' } }],
  ...changes,
});

const machineOf = (config: object = {}, a: object = state(), b: object = {}) =>
  createMachine({ id: 'm', version: '7', initial: 'a', states: { a, b }, ...config } as never);

const hashOf = (...parts: Parameters<typeof machineOf>) =>
  machineIdentity(machineOf(...parts)).hash;

describe('the identity of a machine', () => {
  test('consists of its version, 0 by default, and a digest of its shape', () => {
    expect(machineIdentity(machineOf()).version).toBe('7');
    expect(machineIdentity(machineOf({ version: undefined })).version).toBe('0');
    expect(hashOf()).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf()).toBe(hashOf());
  });

  test('stays the same whatever its code does', () => {
    const code = { actions: { record: () => undefined }, guards: { isReady: () => false } };
    const provided = machineOf().provide(code);
    expect(machineIdentity(provided)).toEqual(machineIdentity(machineOf()));
  });

  test.each<[string, Parameters<typeof machineOf>]>([
    ['where it begins', [{ initial: 'b' }]],
    ['a state more', [{ states: { a: state(), b: {}, c: {} } }]],
    ['a state inside', [{}, state(), { initial: 'c', states: { c: {} } }]],
    ["a state's kind", [{}, state(), { type: 'final' }]],
    ['a tag', [{}, state({ tags: ['closed'] })]],
    ['what is done on entry', [{}, state({ entry: 'noteOther' })]],
    ['what is done on exit', [{}, state({ exit: { type: 'noteOther' } })]],
    ['a call', [{}, state({ invoke: { id: 'other', src: 'call' } })]],
    ['an event', [{}, state({ on: {} })]],
    ['a target', [{}, state({}, { target: 'a' })]],
    ['no target', [{}, state({}, { target: undefined })]],
    ['a guard', [{}, state({}, { guard: 'isOther' })]],
    ['no guard', [{}, state({}, { guard: undefined })]],
    ['an action', [{}, state({}, { actions: ['forget'] })]],
    ['an action more', [{}, state({}, { actions: ['record', 'record'] })]],
    ['that it leaves the state', [{}, state({}, { reenter: true })]],
    ['what happens by itself', [{}, state({ always: [] })]],
    ['a guard of what happens by itself', [{}, state({ always: { target: 'b', guard: 'x' } })]],
  ])('changes with %s', (_, parts) => {
    expect(hashOf(...parts)).not.toBe(hashOf());
  });

  test('takes all guards without a name for the same', () => {
    const inline = hashOf({}, state({}, { guard: () => true }));
    expect(inline).toBe(hashOf({}, state({}, { guard: () => false })));
    expect(inline).toBe(hashOf({}, state({}, { guard: 'inline' })));
    expect(inline).not.toBe(hashOf({}, state({}, { guard: undefined })));
  });
});
