import { changedMachine } from '../../src/testing/tested-machine.ts';
import type { MachinePart } from '../../src/testing/tested-machine.ts';
import type { TestedMachine } from '../../src/testing/tested-machine.ts';

/** The machine with one transition changed. */
export type Mutant = {
  /** Where the transition stands, such as `states.created.on.PaymentStarted`. */
  readonly place: string;
  /** What was done: `removed`, `stays`, or `→ paid`. */
  readonly change: string;
  readonly machine: TestedMachine;
};

/** Every transition removed, made to stay where it is, and sent to every other state. */
export function everyMutant(machine: TestedMachine): readonly Mutant[] {
  // The configuration of a machine is the outermost part.
  const whole = machine.config as MachinePart;
  const states = leafStates(whole, '');
  return transitionPlaces(whole, '').flatMap(({ place, target }) => {
    const now = target === undefined ? null : resolved(target, stateOf(place));
    const redirected = states
      .filter((other) => other !== now)
      .map((other) => ({
        place,
        change: `→ ${other}`,
        machine: changedMachine(machine, (at) => {
          at(place).target = `#paymentOrder.${other}`;
        }),
      }));
    const removed = changedMachine(machine, (at) => {
      const dot = place.lastIndexOf('.');
      const [list, key] = [at(place.slice(0, dot)), place.slice(dot + 1)];
      if (Array.isArray(list)) list.splice(Number(key), 1);
      else Reflect.deleteProperty(list, key);
    });
    const stays = changedMachine(machine, (at) => {
      delete at(place).target;
    });
    return [
      { place, change: 'removed', machine: removed },
      ...(now === null ? [] : [{ place, change: 'stays', machine: stays }]),
      ...redirected,
    ];
  });
}

/** The dotted path of the state in which a place stands; empty for the root. */
export function stateOf(place: string): string {
  return [...place.matchAll(/states\.([A-Za-z]+)/g)].map(([, name]) => name).join('.');
}

/** The state that a target names, entered to its leaf. */
function resolved(target: string, state: string): string {
  const parent = state.split('.').slice(0, -1);
  const path = target.startsWith('#')
    ? target.replace('#paymentOrder.', '')
    : [...parent, target].join('.');
  return path === 'cancelling' ? 'cancelling.requesting' : path;
}

type Transition = { readonly place: string; readonly target: string | undefined };

function transitionPlaces(node: MachinePart, at: string): readonly Transition[] {
  const under = (...keys: string[]) => [...(at === '' ? [] : [at]), ...keys].join('.');
  const among = (key: string, inside = partsOf(node[key])) =>
    inside.map(([name, { target }]) => ({ place: under(key, name), target }));
  const ofEvents = partsOf(node['on']).flatMap(([name, part]) =>
    Array.isArray(part) ? guardedOf(name, part) : [[name, part] as const],
  );
  const ofCall = partsOf(node['invoke']).filter(([key]) => key === 'onDone' || key === 'onError');
  return [
    ...among('on', ofEvents),
    ...among('after'),
    ...among('always'),
    ...among('invoke', ofCall),
    ...partsOf(node['states']).flatMap(([name, child]) =>
      transitionPlaces(child, under('states', name)),
    ),
  ];
}

/** Of an event with several guarded transitions, each has a place of its own. */
function guardedOf(event: string, list: readonly unknown[]) {
  return partsOf(list).map(([index, part]) => [`${event}.${index}`, part] as const);
}

function leafStates(node: MachinePart, at: string): readonly string[] {
  if (node['states'] === undefined) return [at];
  return partsOf(node['states']).flatMap(([name, child]) =>
    leafStates(child, at === '' ? name : `${at}.${name}`),
  );
}

/** The parts of a part by their names, those of a list by their numbers. */
function partsOf(part: unknown): readonly (readonly [string, MachinePart])[] {
  // States, transitions and the invoked call are parts; only of these is asked.
  return Object.entries(Object(part) as Record<string, MachinePart>);
}
