import type { DeclaredTarget } from './laws-of-states.ts';
import { lawsOfStates } from './laws-of-states.ts';
import { lawsOfFacts } from './laws-of-facts.ts';
import { lawsOfReplay } from './laws-of-replay.ts';
import { technicalEventsOnlyRaise } from './laws-of-waiting.ts';
import type { TransitionLaw } from './law.ts';
import type { TestedMachine } from './tested-machine.ts';

export type PropertyOptions = {
  /** What a variant declares; default: the transitions of the shipped machine. */
  readonly declared?: DeclaredTarget | undefined;
};

/**
 * The laws of payment orders for a machine: the shipped one, or a variant of it. Each runs alone,
 * under any runner, and throws with the shortest history that breaks it.
 *
 * @example for (const { name, check } of transitionProperties(machine)) test(name, () => check())
 */
export function transitionProperties(
  machine?: TestedMachine,
  options: PropertyOptions = {},
): readonly TransitionLaw[] {
  return [
    ...lawsOfStates(machine, options.declared),
    ...lawsOfFacts(machine),
    ...lawsOfReplay(machine),
    technicalEventsOnlyRaise(machine),
  ];
}
