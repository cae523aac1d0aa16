import { describe, expect, test } from 'vitest';
import {
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  log,
  raise,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { createInterpreter } from '../../src/interpreter/interpreter.ts';

/** What XState's types forbid, JavaScript may bring along. */
const untyped = (config: object, implementations: object = {}): AnyStateMachine =>
  createMachine(config as never, implementations as never);

describe('building an interpreter', () => {
  const cause = { recordedAtMs: 1_000, eventId: 'e', correlationId: 'c' };

  function notifyShop(): void {
    // Its effect would be lost, or happen twice.
  }
  const notDurable = (name: string) =>
    `action '${name}' cannot be made durable; model it as an invoke`;
  const machines: [string, AnyStateMachine, string][] = [
    [
      'an inline effect',
      createMachine({ entry: notifyShop }),
      `the root: ${notDurable('notifyShop')}`,
    ],
    ['a log', createMachine({ entry: log('here') }), `the root: ${notDurable('xstate.log')}`],
    [
      'an emit',
      createMachine({ on: { A: { actions: emit({ type: 'B' }) } } }),
      `the root: ${notDurable('xstate.emit')}`,
    ],
    [
      'a named effect in a child state',
      createMachine({ initial: 'a', states: { a: { exit: 'notify' } } }),
      `state 'a': ${notDurable('notify')}`,
    ],
    [
      'a named effect with parameters, further down',
      createMachine({
        initial: 'a',
        states: { a: { initial: 'b', states: { b: { entry: { type: 'notify', params: {} } } } } },
      }),
      `state 'a.b': ${notDurable('notify')}`,
    ],
    [
      'a named effect that is implemented',
      createMachine({ entry: 'notify' }, { actions: { notify: notifyShop } }),
      `the root: ${notDurable('notifyShop')}`,
    ],
    // What XState's types forbid, JavaScript may bring along.
    [
      'an action without a type',
      createMachine({ entry: {} }),
      `the root: ${notDurable('(unknown)')}`,
    ],
    [
      'no action',
      createMachine({ entry: [null] as never }),
      `the root: ${notDurable('(unknown)')}`,
    ],
    ['a number', createMachine({ entry: [7] as never }), `the root: ${notDurable('(unknown)')}`],
    [
      'a final state',
      createMachine({ initial: 'a', states: { a: { type: 'final' } } }),
      "state 'a': is final; give it the tag 'closed' instead",
    ],
    [
      'a parallel state',
      createMachine({ type: 'parallel', states: { a: {}, b: {} } }),
      'the root: is parallel; one state at a time is stored',
    ],
    [
      'a wildcard',
      createMachine({ on: { '*': { actions: assign({}) } } }),
      "the root: '*' swallows events; list them",
    ],
    [
      'a forbidden transition',
      createMachine({ on: { A: {} } }),
      "the root: 'A' is forbidden, which ignores it silently; leave it out",
    ],
    [
      'an action on always',
      createMachine({
        initial: 'a',
        states: { a: { always: { target: 'b', actions: notifyShop } }, b: {} },
      }),
      `state 'a': ${notDurable('notifyShop')}`,
    ],
    [
      'effects that are computed',
      createMachine({
        entry: enqueueActions(({ enqueue }) => {
          enqueue('notify');
        }),
      }),
      `the root: ${notDurable('xstate.enqueueActions')}`,
    ],
    [
      'an event for another actor',
      createMachine({ entry: sendTo('other', { type: 'A' }) }),
      `the root: ${notDurable('xstate.sendTo')}`,
    ],
    [
      'an actor that is spawned',
      untyped({ entry: spawnChild('call') }),
      `the root: ${notDurable('xstate.spawnChild')}`,
    ],
    [
      'an actor that is stopped',
      createMachine({ exit: stopChild('call') }),
      `the root: ${notDurable('xstate.stopChild')}`,
    ],
    [
      'an effect without a name',
      createMachine({ entry: [() => undefined] }),
      `the root: ${notDurable('(anonymous)')}`,
    ],
    [
      'an effect with the name of a built-in action',
      untyped({ entry: { type: 'xstate.assign' } }),
      `the root: ${notDurable('xstate.assign')}`,
    ],
    [
      'an action that names itself',
      untyped({ entry: 'again' }, { actions: { again: 'again' } }),
      `the root: ${notDurable('again')}`,
    ],
    [
      'an effect of an initial transition',
      untyped({ initial: { target: 'a', actions: 'notify' }, states: { a: {} } }),
      `the root: ${notDurable('notify')}`,
    ],
    [
      'an effect of an action that setup() knows',
      setup({ actions: { notify: notifyShop } }).createMachine({ exit: 'notify' }),
      `the root: ${notDurable('notifyShop')}`,
    ],
    [
      'an event that is raised later',
      createMachine({ entry: raise({ type: 'A' }, { delay: 5, id: 'later' }) }),
      "the root: raises an event with a delay; use 'after'",
    ],
    [
      'a raise of a name',
      untyped({ entry: raise('A' as never) }),
      "the root: raises 'A'; an event is an object with a type",
    ],
    [
      'a history',
      untyped({ initial: 'a', states: { a: {}, b: { type: 'history' } } }),
      "state 'b': is a history; let a guard ask the context instead",
    ],
    [
      'a wildcard at the end',
      createMachine({ on: { 'A.*': { actions: assign({}) } } }),
      "the root: 'A.*' swallows events; list them",
    ],
    [
      'a transition that is forbidden by no target',
      untyped({ on: { A: undefined } }),
      "the root: 'A' is forbidden, which ignores it silently; leave it out",
    ],
    [
      'a transition that is forbidden by an empty list of targets',
      untyped({ on: { A: { target: [] } } }),
      "the root: 'A' is forbidden, which ignores it silently; leave it out",
    ],
    [
      'a transition that only says to enter again',
      untyped({ on: { A: { reenter: true } } }),
      "the root: 'A' is forbidden, which ignores it silently; leave it out",
    ],
    [
      // XState loses the target.
      "a target's name in a list of `after`",
      untyped({ initial: 'a', states: { a: { after: { 10: ['b'] } }, b: {} } }),
      "state 'a': 'xstate.after.10.(machine).a' is forbidden, which ignores it silently; leave it out",
    ],
    [
      'a transition to two states',
      untyped({ initial: 'a', states: { a: { on: { A: { target: ['b', 'c'] } } }, b: {}, c: {} } }),
      "state 'a': a transition leads to two states; one at a time is stored",
    ],
    [
      'a transition to a state of another machine',
      untyped({ on: { A: { target: createMachine({}).root } } }),
      'the root: a transition leads to something that is not a state of this machine',
    ],
    [
      'a transient transition to nothing',
      untyped({ always: { target: null } }),
      'the root: a transition leads to something that is not a state of this machine',
    ],
    [
      'a leaf with states inside',
      untyped({ initial: 'a', states: { a: { type: 'atomic', states: { b: {} } } } }),
      "state 'a': is atomic, but has states inside",
    ],
    [
      'a leaf that begins in a state',
      untyped({ initial: 'a', states: { a: { initial: 'b' } } }),
      "state 'a': begins in a state that it does not have",
    ],
    [
      'a name that is a path',
      createMachine({ initial: 'a.b', states: { 'a.b': {} } }),
      "state 'a.b': 'a.b' is not a name that can stand in a dotted path",
    ],
    [
      'two states with one id',
      createMachine({ initial: 'a', states: { a: { id: 'x' }, b: { id: 'x' } } }),
      "state 'a': its id 'x' is the id of another state, too",
    ],
    [
      'a route',
      untyped({ initial: 'a', states: { a: {}, b: { id: 'b', route: {} } } }),
      "state 'b': has a route; list the event that leads to it in 'on'",
    ],
    [
      'the steps of a call',
      untyped({
        invoke: { id: 'call', src: createMachine({}), onSnapshot: { actions: assign({}) } },
      }),
      "the root: 'xstate.snapshot.call' is not stored; let the call end with what is to be known",
    ],
    [
      'a call that is not implemented',
      untyped({ invoke: { src: 'call' } }),
      "the root: calls 'call', which is not implemented; add it to the actors",
    ],
    [
      'a call with a computed id',
      untyped({ invoke: { src: createMachine({}), id: () => 'call' } }),
      'the root: the id of a call must be a text',
    ],
  ];

  test.each(machines)(
    'refuses a machine whose effects cannot be made durable, with the reason: %s',
    (_, machine, message) => {
      expect(() => createInterpreter(machine)).toThrow(
        expect.objectContaining({ code: 'unsupported-machine', message }),
      );
    },
  );

  test.each(['self', 'system', 'spawn'] as const)(
    'refuses an assignment that uses %s, when it is made',
    (name) => {
      const used = assign((args) => ({ id: Reflect.get(Object(args[name]), 'id') as unknown }));
      const interpreter = createInterpreter(createMachine({ on: { Go: { actions: used } } }));
      const start = interpreter.start(undefined, cause);
      expect(() => interpreter.next(start, { type: 'Go' }, cause)).toThrow(
        expect.objectContaining({
          code: 'unsupported-machine',
          message: `an action uses '${name}', but no actor runs while events are folded; model it as an invoke`,
        }),
      );
    },
  );

  test('refuses a raise that gives no event, when it is made', () => {
    const nothing = raise((() => undefined) as never);
    const interpreter = createInterpreter(createMachine({ on: { Go: { actions: nothing } } }));
    const start = interpreter.start(undefined, cause);
    expect(() => interpreter.next(start, { type: 'Go' }, cause)).toThrow(
      expect.objectContaining({
        code: 'unsupported-machine',
        message: 'a raise gives something that is not an event: an object with a type',
      }),
    );
  });

  test('takes a cancel of a timer, and stops a machine that loops from its start on', () => {
    const circle = { initial: 'a', states: { a: { always: 'b' }, b: { always: 'a' } } } as const;
    const looping = createInterpreter(createMachine({ ...circle, exit: cancel('timer') }));
    expect(() => looping.start(undefined, cause)).toThrow(/Infinite loop/);
  });
});
