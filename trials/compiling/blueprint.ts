/** A random machine as plain data, so that a failure can be shrunk and printed. */

import fc from 'fast-check';

export type GuardPlan =
  | { readonly is: 'named' | 'alias' | 'both' | 'throwing' | 'missing' }
  | { readonly is: 'params' | 'computed-params' | 'inline'; readonly min: number }
  | { readonly is: 'in'; readonly state: number; readonly spelling: number }
  | { readonly is: 'not'; readonly inner: readonly GuardPlan[] }
  | { readonly is: 'and' | 'or'; readonly inner: readonly GuardPlan[] };

export type ActionPlan =
  | {
      readonly does: 'note';
      readonly how: 'function' | 'object' | 'named' | 'params' | 'computed-params' | 'whole';
      readonly label: number;
    }
  | { readonly does: 'nothing'; readonly how: 'empty' | 'undefined' | 'named' }
  | {
      readonly does: 'raise';
      readonly how: 'given' | 'computed' | 'named' | 'params';
      readonly type: string;
    }
  | { readonly does: 'cancel'; readonly how: 'given' | 'computed'; readonly timer: number };

export type TransitionPlan = {
  readonly target: number | null;
  readonly spelling: number;
  readonly reenter: boolean | null;
  readonly guard: GuardPlan | null;
  readonly actions: readonly ActionPlan[];
};

export type CallPlan = {
  readonly id: 'one' | 'two' | null;
  readonly src: 'named' | 'inline' | 'machine';
  readonly input: 'none' | 'given' | 'computed';
  readonly onDone: readonly TransitionPlan[];
  readonly onError: readonly TransitionPlan[];
};

export type StatePlan = {
  readonly hasId: boolean;
  readonly tags: readonly string[];
  readonly entry: readonly ActionPlan[];
  readonly exit: readonly ActionPlan[];
  readonly on: Readonly<Record<string, readonly TransitionPlan[]>>;
  readonly always: readonly TransitionPlan[];
  readonly after: Readonly<Record<string, readonly TransitionPlan[]>>;
  readonly invoke: readonly CallPlan[];
  readonly initial: number;
  readonly initialActions: readonly ActionPlan[] | null;
  readonly states: readonly StatePlan[];
};

export type Blueprint = {
  readonly root: StatePlan;
  readonly context: 'factory' | 'given';
  readonly made: 'createMachine' | 'setup' | 'provide';
};

export type Sent = { readonly type: string; readonly k: number };

export const eventTypes = ['A', 'B', 'C'] as const;
export const delays = ['10', 'named', 'computed', 'odd', 'missing'] as const;

const some = fc.nat({ max: 30 });
const few = <T>(of: fc.Arbitrary<T>, max = 2) => fc.array(of, { maxLength: max });
const rarely = <T>(of: fc.Arbitrary<T>, freq = 4) => fc.option(of, { freq, nil: null });

const plainGuard: fc.Arbitrary<GuardPlan> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constantFrom('named', 'alias', 'both') }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constantFrom('throwing', 'missing') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constantFrom('params', 'computed-params', 'inline'),
      min: fc.nat({ max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('in'), state: some, spelling: some }) },
);
const guard: fc.Arbitrary<GuardPlan> = fc.oneof(
  { weight: 4, arbitrary: plainGuard },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constantFrom('and', 'or', 'not'),
      inner: fc.array(plainGuard, { minLength: 1, maxLength: 2 }),
    }),
  },
);

const action: fc.Arbitrary<ActionPlan> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('note'),
      how: fc.constantFrom('function', 'object', 'named', 'params', 'computed-params', 'whole'),
      label: fc.nat({ max: 99 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('nothing'),
      how: fc.constantFrom('empty', 'undefined', 'named'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('raise'),
      how: fc.constantFrom('given', 'computed', 'named', 'params'),
      type: fc.constantFrom(...eventTypes, 'xstate.done.actor.one', 'unknown'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('cancel'),
      how: fc.constantFrom('given', 'computed'),
      timer: some,
    }),
  },
);

const transition: fc.Arbitrary<TransitionPlan> = fc.record({
  target: fc.option(some, { freq: 3, nil: null }),
  spelling: some,
  reenter: fc.option(fc.boolean(), { freq: 2, nil: null }),
  guard: fc.option(guard, { freq: 2, nil: null }),
  actions: few(action),
});
const transitions = fc.array(transition, { minLength: 1, maxLength: 2 });

const transient: fc.Arbitrary<TransitionPlan> = fc.record({
  target: fc.option(some, { freq: 6, nil: null }),
  spelling: some,
  reenter: fc.option(fc.boolean(), { freq: 2, nil: null }),
  // One without a guard often loops.
  guard: fc.option(guard, { freq: 12, nil: null }),
  actions: few(action, 1),
});

const call: fc.Arbitrary<CallPlan> = fc.record({
  id: fc.constantFrom('one', 'two', null),
  src: fc.constantFrom('named', 'inline', 'machine'),
  input: fc.constantFrom('none', 'given', 'computed'),
  onDone: few(transition, 1),
  onError: few(transition, 1),
});

function state(depth: number): fc.Arbitrary<StatePlan> {
  return fc.record({
    hasId: fc.boolean(),
    tags: fc.subarray(['open', 'closed', 'odd']),
    entry: few(action),
    exit: few(action, 1),
    on: fc.dictionary(fc.constantFrom(...eventTypes), transitions, { maxKeys: 3 }),
    always: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: few(transient) },
    ),
    after: fc.oneof(
      { weight: 2, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc.dictionary(fc.constantFrom(...delays), few(transition), { maxKeys: 2 }),
      },
    ),
    invoke: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: few(call) },
    ),
    initial: some,
    initialActions: rarely(few(action), 2),
    states:
      depth === 0
        ? fc.constant([])
        : fc.array(state(depth - 1), { minLength: depth === 3 ? 1 : 0, maxLength: 3 }),
  });
}

export const blueprints: fc.Arbitrary<Blueprint> = fc.record({
  root: fc.oneof(
    { weight: 1, arbitrary: state(0) },
    { weight: 4, arbitrary: state(2) },
    { weight: 4, arbitrary: state(3) },
  ),
  context: fc.constantFrom('factory', 'given'),
  made: fc.constantFrom('createMachine', 'setup', 'provide'),
});

export const sentEvents: fc.Arbitrary<readonly Sent[]> = fc.array(
  fc.record({ type: fc.constantFrom(...eventTypes), k: fc.nat({ max: 4 }) }),
  { minLength: 1, maxLength: 8 },
);
