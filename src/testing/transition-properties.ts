import type { declaredTarget } from './declared-target.ts';
import { lawsOfStates } from './laws-of-states.ts';
import { lawsOfFacts } from './laws-of-facts.ts';
import { lawsOfRetractions } from './laws-of-retractions.ts';
import { lawsOfReplay } from './laws-of-replay.ts';
import { technicalEventsOnlyRaise, waitsAreAsRecorded } from './laws-of-waiting.ts';
import { compiledIsXState } from './law-of-compiling.ts';
import { historyLaw } from './law.ts';
import type { TransitionLaw } from './law.ts';
import type { TestedMachine } from './tested-machine.ts';

/**
 * The laws of payment orders for a machine, each to be checked by itself under any test runner.
 *
 * @param machine - Default: the shipped machine.
 * @param options.declared - The transitions that a variant declares. Default: the shipped ones.
 * @example for (const { name, check } of transitionProperties(machine)) test(name, () => check())
 */
export function transitionProperties(
  machine?: TestedMachine,
  options: { readonly declared?: typeof declaredTarget | undefined } = {},
): readonly TransitionLaw[] {
  const laws = [
    ...lawsOfStates(options.declared),
    ...lawsOfFacts,
    ...lawsOfRetractions,
    ...lawsOfReplay(machine),
    technicalEventsOnlyRaise(machine),
    waitsAreAsRecorded,
    compiledIsXState(machine),
  ];
  return laws.map((law) => historyLaw({ ...law, machine }));
}
