import type { Violation } from './checker.ts';
import type { Plan } from './plan.ts';
import { commandOf } from './plan.ts';
import { simulate } from './simulation.ts';

/** A plan that breaks a promise, as small as it could be made, and the command that runs it. */
export type Shrunk = {
  readonly plan: Plan;
  readonly violation: Violation;
  readonly command: string;
};

/** Leaves out faults, strikes, orders and workers as long as the same promise is broken. */
export async function shrink(found: Plan, first: Violation): Promise<Shrunk> {
  let plan = found;
  let violation = first;
  const breaks = async (smaller: Plan): Promise<boolean> => {
    const { violations } = await simulate(smaller);
    const same = violations.find(({ invariant }) => invariant === first.invariant);
    if (same === undefined) return false;
    plan = smaller;
    violation = same;
    return true;
  };
  for (let size = Infinity; size > sizeOf(plan);) {
    size = sizeOf(plan);
    for (const fault of plan.faults) {
      await breaks({ ...plan, faults: plan.faults.filter((other) => other !== fault) });
    }
    for (const strike of plan.strikes) {
      await breaks({ ...plan, strikes: plan.strikes.filter((other) => other !== strike) });
    }
    for (let orders = 1; orders < plan.orders; orders += 1) {
      if (await breaks({ ...plan, orders })) break;
    }
    for (let workers = 1; workers < plan.workers; workers += 1) {
      if (await breaks({ ...plan, workers })) break;
    }
  }
  return { plan, violation, command: commandOf(plan) };
}

function sizeOf({ faults, strikes, orders, workers }: Plan): number {
  return faults.length + strikes.length + orders + workers;
}
