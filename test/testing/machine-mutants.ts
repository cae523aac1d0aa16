import { createMachine } from 'xstate';
import type { TestedMachine } from '../../src/testing/tested-machine.ts';

/** Any part of a machine's configuration: objects, lists, names, and functions as they are. */
export type Config = { [key: string]: Config } | Config[] | string | ((...given: never) => unknown);

/** The machine with one transition changed. */
export type Mutant = {
  /** Where the transition stands, such as `states.created.on.PaymentStarted`. */
  readonly place: string;
  /** What was done: `removed`, `stays`, or `→ paid`. */
  readonly change: string;
  readonly machine: TestedMachine;
};

/** A copy of the machine in which `change` did something to its configuration. */
export function altered(machine: TestedMachine, change: (config: Config) => void): TestedMachine {
  const config = copyOf(machine.config as Config);
  change(config);
  return createMachine(config as object, machine.implementations);
}

/** The part of a configuration at a dotted place; list items are numbered. */
export function partAt(config: Config, place: string): { [key: string]: Config } {
  let part: Config = config;
  for (const key of place.split('.')) {
    const next: Config | undefined = (part as { [key: string]: Config })[key];
    if (next === undefined) throw new Error(`there is no ${place}`);
    part = next;
  }
  return part as { [key: string]: Config };
}

/** Every transition removed, made to stay where it is, and sent to every other state. */
export function everyMutant(machine: TestedMachine): readonly Mutant[] {
  const states = leafStates(machine.config as Config, '');
  return transitionPlaces(machine.config as Config, '').flatMap((place) => {
    const state = stateOf(place);
    const { target } = partAt(machine.config as Config, place);
    const now = typeof target === 'string' ? resolved(target, state) : null;
    const redirected = states
      .filter((other) => other !== now)
      .map((other) => ({
        ...{ place, change: `→ ${other}` },
        machine: altered(machine, (config) => {
          partAt(config, place)['target'] = `#paymentOrder.${other}`;
        }),
      }));
    const removed = altered(machine, (config) => {
      const at = place.lastIndexOf('.');
      const [list, key] = [partAt(config, place.slice(0, at)), place.slice(at + 1)];
      if (Array.isArray(list)) list.splice(Number(key), 1);
      else Reflect.deleteProperty(list, key);
    });
    const stays = altered(machine, (config) => {
      Reflect.deleteProperty(partAt(config, place), 'target');
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

function transitionPlaces(node: Config, at: string): readonly string[] {
  const part = node as { [key: string]: Config };
  const under = (...keys: string[]) => [...(at === '' ? [] : [at]), ...keys].join('.');
  const keysOf = (key: string) => Object.keys(part[key] ?? {}).map((name) => under(key, name));
  const invoke = part['invoke'] as { [key: string]: Config } | undefined;
  const ofCall = invoke === undefined ? [] : ['onDone', 'onError'].filter((key) => key in invoke);
  const children = Object.entries(part['states'] ?? {});
  return [
    ...[...keysOf('on'), ...keysOf('after'), ...keysOf('always')],
    ...ofCall.map((key) => under('invoke', key)),
    ...children.flatMap(([name, child]: [string, Config]) =>
      transitionPlaces(child, under('states', name)),
    ),
  ];
}

function leafStates(node: Config, at: string): readonly string[] {
  const { states } = node as { states?: { [key: string]: Config } };
  if (states === undefined) return [at];
  return Object.entries(states).flatMap(([name, child]) =>
    leafStates(child, at === '' ? name : `${at}.${name}`),
  );
}

function copyOf(config: Config): Config {
  if (Array.isArray(config)) return config.map(copyOf);
  // An action of XState is a function, and a value of a plain object is part of the configuration.
  if (typeof config !== 'object') return config;
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, copyOf(value)]));
}
