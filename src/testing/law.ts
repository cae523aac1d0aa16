import { AssertionError } from 'node:assert';
import fc from 'fast-check';
import type { RunDetails } from 'fast-check';
import { compact } from '../compact.ts';
import { historyText, validHistories } from './histories.ts';
import { createdOrder, stepsOf } from './replayed-order.ts';
import type { History, ReplayedOrder, Step } from './replayed-order.ts';
import type { TestedMachine } from './tested-machine.ts';

export type CheckOptions = {
  /** How many histories are tried. Default 300. */
  readonly runs?: number | undefined;
  /** With `path`, repeats a failure. Default: fast-check's own. */
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
  /** Reports the first history that breaks the law instead of the shortest. Default false. */
  readonly endOnFailure?: boolean | undefined;
};

/** A promise about a machine that can be checked by itself. */
export type TransitionLaw = {
  /** Short and stable, such as `money-is-monotone`. */
  readonly name: string;
  /** The promise in one sentence. */
  readonly law: string;
  /**
   * Checks the law on drawn histories.
   *
   * @throws BrokenLaw with the shortest history that breaks it, and how to repeat it.
   */
  readonly check: (options?: CheckOptions) => void;
};

/** A law of whole histories: `holds` throws where it is broken, as assertions do. */
export type HistoryLaw = {
  readonly name: string;
  readonly law: string;
  /** Default: the shipped machine. */
  readonly machine?: TestedMachine | undefined;
  /** `end` is the order after the whole history. */
  readonly holds: (history: History, steps: readonly Step[], end: ReplayedOrder) => void;
};

/** A law of single steps: `holds` throws where it is broken. */
export type StepLaw = Omit<HistoryLaw, 'holds'> & { readonly holds: (step: Step) => void };

/** A broken law. The message names the law, the history, the reason, and how to repeat it. */
export class BrokenLaw extends AssertionError {
  /** The name of the law. */
  readonly law: string;
  /** The shortest history found that breaks the law, with its last event. */
  readonly history: History;
  /** The message of what `holds` threw; the error itself is the `cause`. */
  readonly reason: string;

  /** @internal */
  constructor(message: string, law: string, { history, cause }: Breach) {
    super({ message });
    this.name = 'BrokenLaw';
    this.law = law;
    this.history = history;
    this.reason = textOf(cause);
    this.cause = cause;
  }
}

/** Makes a law of whole histories. */
export function historyLaw({ name, law, machine, holds }: HistoryLaw): TransitionLaw {
  const property = fc.property(validHistories({ machine }), (history) => {
    const steps = stepsOf(history, machine);
    holds(history, steps, steps.at(-1)?.after ?? createdOrder(history[0], machine));
  });
  return {
    name,
    law,
    check: ({ runs = 300, seed, path, endOnFailure = false } = {}) => {
      const details = fc.check(property, compact({ numRuns: runs, endOnFailure, seed, path }));
      if (details.failed) throw broken(name, law, machine, details);
    },
  };
}

/** Makes a law that every single step of every history keeps. */
export function stepLaw(law: StepLaw): TransitionLaw {
  return historyLaw(ofEachStep(law));
}

/** @internal */
export function ofEachStep({ holds, ...rest }: StepLaw): HistoryLaw {
  return {
    ...rest,
    holds: (history, steps) => {
      for (const [index, step] of steps.entries()) {
        upTo(history.slice(0, index + 2), () => {
          holds(step);
        });
      }
    },
  };
}

/** The history up to where it breaks a law: a part of the drawn one, or one event more. */
class Breach extends Error {
  readonly history: History;

  constructor(history: History, cause: unknown) {
    super(textOf(cause), { cause });
    this.history = history;
  }
}

/**
 * Runs an assertion about the last event of this history, which a failure then reports.
 *
 * @internal
 */
export function upTo(history: History, holds: () => void): void {
  try {
    holds();
  } catch (error) {
    throw new Breach(history, error);
  }
}

function broken(
  name: string,
  law: string,
  machine: TestedMachine | undefined,
  details: RunDetails<[History]>,
): BrokenLaw {
  const { seed, counterexamplePath, counterexample, numRuns, numShrinks, errorInstance } = details;
  const drawn = counterexample?.[0] ?? [];
  const breach = errorInstance instanceof Breach ? errorInstance : new Breach(drawn, errorInstance);
  const message = [
    `law '${name}' is broken: ${law}`,
    '',
    historyText(breach.history, machine),
    breach.message,
    `Found in history ${numRuns}, shrunk ${numShrinks} times; ` +
      `repeat it with check({ seed: ${seed}, path: '${counterexamplePath ?? ''}' }).`,
  ];
  return new BrokenLaw(message.join('\n'), name, breach);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
