import type { Checker } from './checker.ts';
import type { FaultName } from './faults.ts';
import type { Kernel } from './kernel.ts';
import type { ServerLog } from './log.ts';
import type { Plan } from './plan.ts';
import type { Random } from './random.ts';

/** What the parts of one run share. */
export type Sim = {
  readonly plan: Plan;
  readonly kernel: Kernel;
  readonly random: (purpose: string) => Random;
  readonly log: ServerLog;
  readonly checker: Checker;
  /** What was seen how often: faults that struck, states, coincidences. */
  readonly seen: Map<string, number>;
  /** Outages have a beginning and an end; some are longer than anybody is patient. */
  readonly isStoreDown: () => boolean;
  /** Draws whether a fault strikes now; never in peace, or where the plan leaves it out. */
  readonly strikes: (fault: FaultName, share: number) => boolean;
};

export function count(seen: Map<string, number>, what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1);
}
