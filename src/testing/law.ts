import { AssertionError } from 'node:assert';
import fc from 'fast-check';
import type { RunDetails } from 'fast-check';
import { validHistories } from './histories.ts';
import { stepsOf } from './standing.ts';
import type { History, Step } from './standing.ts';
import type { TestedMachine } from './tested-machine.ts';

export type CheckOptions = {
  /** How many histories are tried. Default 300. */
  readonly runs?: number | undefined;
  /** Together with `path`, repeats what a failure told. Default: fast-check's own. */
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
  /** Tells the first history that breaks it instead of looking for the shortest. Default false. */
  readonly endOnFailure?: boolean | undefined;
};

/** A promise of a machine, told in a sentence, that can be tried alone. */
export type TransitionLaw = {
  /** Short and stable, such as `money-is-monotone`. */
  readonly name: string;
  /** What holds, for people. */
  readonly law: string;
  /**
   * Tries the law on drawn histories.
   *
   * @throws AssertionError with the shortest history that breaks it, and how to repeat it.
   */
  readonly check: (options?: CheckOptions) => void;
};

/** A law of whole histories: `holds` throws where it is broken, as assertions do. */
export type HistoryLaw = {
  readonly name: string;
  readonly law: string;
  /** Default: the shipped machine. */
  readonly machine?: TestedMachine | undefined;
  readonly holds: (history: History, steps: readonly Step[]) => void;
};

/** A law of single steps: `holds` throws where it is broken. */
export type StepLaw = Omit<HistoryLaw, 'holds'> & { readonly holds: (step: Step) => void };

/** Makes a law of whole histories. */
export function historyLaw({ name, law, machine, holds }: HistoryLaw): TransitionLaw {
  const property = fc.property(validHistories({ machine }), (history) => {
    holds(history, stepsOf(history, machine));
  });
  return {
    name,
    law,
    check: ({ runs = 300, seed, path, endOnFailure = false } = {}) => {
      const details = fc.check(property, {
        ...{ numRuns: runs, endOnFailure },
        ...(seed === undefined ? {} : { seed }),
        ...(path === undefined ? {} : { path }),
      });
      if (details.failed) throw broken(name, law, details);
    },
  };
}

/** Makes a law that every single step of every history keeps. */
export function stepLaw({ holds, ...rest }: StepLaw): TransitionLaw {
  return historyLaw({
    ...rest,
    holds: (_, steps) => {
      for (const step of steps) holds(step);
    },
  });
}

function broken(name: string, law: string, details: RunDetails<[History]>): AssertionError {
  const { seed, counterexamplePath, counterexample, numRuns, numShrinks, errorInstance } = details;
  const reason = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const shortest = counterexample === null ? '' : fc.stringify(counterexample[0]).trimEnd();
  const path = counterexamplePath ?? '';
  const message = [
    `law '${name}' is broken: ${law}`,
    shortest,
    reason,
    `Found in history ${numRuns}, shrunk ${numShrinks} times; ` +
      `repeat it with check({ seed: ${seed}, path: '${path}' }).`,
  ];
  return new AssertionError({ message: message.join('\n'), stackStartFn: broken });
}
