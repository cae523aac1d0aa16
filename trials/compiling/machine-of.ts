import {
  and,
  assign,
  cancel,
  createMachine,
  fromPromise,
  not,
  or,
  raise,
  setup,
  stateIn,
} from 'xstate';
import type { AnyStateMachine } from 'xstate';
import type {
  ActionPlan,
  Blueprint,
  CallPlan,
  GuardPlan,
  StatePlan,
  TransitionPlan,
} from './blueprint.ts';
import { delays } from './blueprint.ts';

/** A state of the machine, with where it stands. */
type Place = { readonly plan: StatePlan; readonly path: readonly string[]; readonly id: string };

type Known = { readonly n: number; readonly log: readonly string[]; readonly last?: unknown };
type Args = {
  readonly context: Known;
  readonly event: { readonly type: string; readonly k?: number };
};

const machineId = 'drawn';
const keys = ['a', 'b', 'c'] as const;

/** The machine of a blueprint, made by XState as an author makes one. */
export function machineOf({ root, context, made }: Blueprint): AnyStateMachine {
  const places = placesOf(root, []);
  const given: Known = { n: 0, log: [] };
  const config = {
    ...configOf(places[0] as Place, places),
    id: machineId,
    context:
      context === 'given'
        ? given
        : ({ input }: { input: Partial<Known> }) => ({ ...given, ...input }),
  };
  // Plain data has lost the types that XState gives to what an author writes.
  if (made === 'setup') {
    const { createMachine: make } = setup(implementations as never) as {
      createMachine: typeof createMachine;
    };
    return make(config as never);
  }
  if (made === 'provide') return createMachine(config as never).provide(implementations as never);
  return createMachine(config as never, implementations as never);
}

function placesOf(plan: StatePlan, path: readonly string[]): readonly Place[] {
  const own = [machineId, ...path].join('.');
  // A machine has its id already.
  const id = plan.hasId && path.length > 0 ? `my-${path.join('-')}` : own;
  const inside = plan.states.flatMap((child, index) => placesOf(child, [...path, keyOf(index)]));
  return [{ plan, path, id }, ...inside];
}

function configOf(place: Place, places: readonly Place[]): object {
  const { plan, path, id } = place;
  const listOf = (plans: readonly TransitionPlan[], isTransient = false) =>
    plans.map((transition) => transitionOf(transition, place, places, isTransient));
  const of = (table: Readonly<Record<string, readonly TransitionPlan[]>>) =>
    Object.fromEntries(
      Object.entries(table).map(([name, plans]) => [name, oneOrAll(listOf(plans))]),
    );
  const states = plan.states.map((_, index) => {
    const at = [...path, keyOf(index)].join('.');
    const child = places.find((other) => other.path.join('.') === at);
    return [keyOf(index), configOf(child as Place, places)];
  });
  const first = keyOf(plan.initial % plan.states.length);
  const initialActions = plan.initialActions?.map((action) => actionOf(action, places));
  const initial = initialActions === undefined ? first : { target: first, actions: initialActions };
  return {
    ...(plan.hasId ? { id, description: 'has an id', meta: { id } } : {}),
    tags: plan.tags.length === 1 ? plan.tags[0] : plan.tags,
    entry: oneOrAll(plan.entry.map((action) => actionOf(action, places))),
    exit: oneOrAll(plan.exit.map((action) => actionOf(action, places))),
    on: of(plan.on),
    after: of(plan.after),
    ...(plan.always.length === 0 ? {} : { always: oneOrAll(listOf(plan.always, true)) }),
    invoke: oneOrAll(plan.invoke.map((call) => callOf(call, listOf))),
    ...(states.length === 0 ? {} : { initial, states: Object.fromEntries(states) as object }),
  };
}

function keyOf(index: number): string {
  return keys[index % keys.length] as string;
}

/** XState takes one for a list of one, and a text for a transition that has nothing but a target. */
function oneOrAll(list: readonly unknown[]): unknown {
  const [first, ...others] = list;
  if (others.length > 0 || first === undefined) return list;
  const { target, ...rest } = { ...(first as { readonly target?: unknown }) };
  return typeof target === 'string' && Object.keys(rest).length === 0 ? target : first;
}

function transitionOf(
  { target, spelling, reenter, guard, actions }: TransitionPlan,
  from: Place,
  places: readonly Place[],
  isTransient: boolean,
): unknown {
  const does = actions.map((action) => actionOf(action, places));
  const to = target === null ? undefined : spelt(from, at(places, target), spelling);
  // One that does nothing is forbidden, which is refused.
  if (to === undefined && does.length === 0 && !isTransient) does.push('note');
  return {
    ...(to === undefined ? {} : { target: spelling % 7 === 0 ? [to] : to }),
    ...(reenter === null ? {} : { reenter }),
    ...(guard === null ? {} : { guard: guardOf(guard, places) }),
    ...(does.length === 0 ? {} : { actions: oneOrAll(does) }),
  };
}

/** One of the ways in which an author may name a state. */
function spelt(from: Place, to: Place, spelling: number): string {
  const whole = `#${[machineId, ...to.path].join('.')}`;
  const under = (outer: readonly string[]) =>
    to.path.length > outer.length && outer.every((key, index) => to.path[index] === key);
  const around = from.path.slice(0, -1);
  const ways = [whole];
  if (!to.id.startsWith(machineId)) ways.push(`#${to.id}`);
  if (under(from.path)) ways.push(`.${to.path.slice(from.path.length).join('.')}`);
  if (from.path.length > 0 && under(around)) ways.push(to.path.slice(around.length).join('.'));
  return ways[spelling % ways.length] ?? whole;
}

function at(places: readonly Place[], index: number): Place {
  return places[index % places.length] as Place;
}

function noted(label: string | number, { context, event }: Args): Known {
  return {
    ...context,
    n: context.n + 1,
    log: [...context.log, `${label} ${event.type}`].slice(-6),
  };
}

function actionOf(plan: ActionPlan, places: readonly Place[]): unknown {
  if (plan.does === 'nothing') {
    if (plan.how === 'named') return 'nothing';
    return plan.how === 'empty' ? assign({}) : assign(() => undefined);
  }
  if (plan.does === 'note') {
    const { label } = plan;
    switch (plan.how) {
      case 'named':
        return 'note';
      case 'params':
        return { type: 'noteIt', params: { label } };
      case 'computed-params':
        return {
          type: 'noteIt',
          params: ({ context, event }: Args) => ({ label: `${label} ${context.n} ${event.k}` }),
        };
      case 'object':
        return assign({
          n: ({ context }: Args) => context.n + 1,
          log: (args: Args) => noted(label, args).log,
          last: label,
        });
      case 'function':
        return assign((args: Args) => ({ log: noted(label, args).log }));
      case 'whole':
        return assign((args: Args) => ({ ...noted(label, args), last: args.event.k }));
    }
  }
  if (plan.does === 'raise') {
    const { type } = plan;
    switch (plan.how) {
      case 'named':
        return 'raiseB';
      case 'params':
        return { type: 'raiseIt', params: { type } };
      case 'given':
        return raise({ type, k: 1 } as never);
      case 'computed':
        return raise((({ context }: Args) => ({ type, k: context.n % 5 })) as never);
    }
  }
  const timer = `xstate.after.${delays[plan.timer % delays.length]}.${at(places, plan.timer).id}`;
  return plan.how === 'given' ? cancel(timer) : cancel(() => timer);
}

function guardOf(plan: GuardPlan, places: readonly Place[]): unknown {
  switch (plan.is) {
    case 'params':
      return { type: 'isAtLeast', params: { min: plan.min } };
    case 'computed-params':
      return {
        type: 'isAtLeast',
        params: ({ event }: Args) => ({ min: plan.min + (event.k ?? 0) }),
      };
    case 'inline':
      return ({ context, event }: Args) => context.n % 5 >= plan.min && event.type !== 'C';
    case 'in': {
      const { path } = at(places, plan.state);
      const nested = path.reduceRight<unknown>(
        (inner, key) => (inner === null ? key : { [key]: inner }),
        null,
      );
      return plan.spelling % 2 === 0 || nested === null
        ? stateIn(`#${at(places, plan.state).id}`.replace(/\.$/, '') as never)
        : stateIn(nested as never);
    }
    case 'not':
      return not(guardOf(plan.inner[0] as GuardPlan, places) as never);
    case 'and':
      return and(plan.inner.map((inner) => guardOf(inner, places)) as never);
    case 'or':
      return or(plan.inner.map((inner) => guardOf(inner, places)) as never);
    default:
      return plan.is;
  }
}

type Listed = (plans: readonly TransitionPlan[]) => readonly unknown[];

function callOf({ id, src, input, onDone, onError }: CallPlan, listOf: Listed): object {
  const logic = src === 'inline' ? fromPromise(() => Promise.resolve(1)) : createMachine({});
  return {
    ...(id === null ? {} : { id }),
    src: src === 'named' ? 'call' : logic,
    ...(input === 'none' ? {} : { input: input === 'given' ? { of: 'this' } : inputOf }),
    ...(onDone.length === 0 ? {} : { onDone: listOf(onDone) }),
    ...(onError.length === 0 ? {} : { onError: listOf(onError) }),
  };
}

const inputOf = ({ context, event }: Args) => ({ n: context.n, by: event.type });

const implementations = {
  actors: { call: fromPromise(() => Promise.resolve(1)) },
  actions: {
    nothing: assign({}),
    note: assign((args: Args) => noted('named', args)),
    noteIt: assign((args: Args, { label }: { label: string }) => noted(label, args)),
    raiseB: raise({ type: 'B', k: 2 } as never),
    raiseIt: raise(((_: Args, { type }: { type: string }) => ({ type, k: 3 })) as never),
  },
  guards: {
    named: ({ context }: Args) => context.n % 2 === 0,
    alias: 'named',
    both: and(['named', not({ type: 'isAtLeast', params: { min: 9 } } as never)] as never),
    isAtLeast: ({ context }: Args, { min }: { min: number }) => context.n >= min,
    throwing: ({ context }: Args) => {
      if (context.n % 4 === 3) throw new Error(`n is ${context.n}`);
      return true;
    },
  },
  delays: {
    named: 50,
    computed: ({ context, event }: Args) => context.n * 10 + (event.k ?? 0),
    odd: ({ context }: Args) => (context.n % 2 === 0 ? 7 : undefined),
  },
};
