import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { EventObject } from 'xstate';
import type { PaymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { knownOf } from '../../src/history/machine.ts';
import { validHistories } from '../../src/testing/histories.ts';
import { possibleEvents } from '../../src/testing/possible-events.ts';
import { testedMachine } from '../../src/testing/tested-machine.ts';
import type { TestedMachine } from '../../src/testing/tested-machine.ts';
import { blueprints, sentEvents } from './blueprint.ts';
import { Compared } from './compared.ts';
import type { Both, Met } from './compared.ts';
import { machineOf } from './machine-of.ts';

type Draws = { readonly runs: number; readonly seed: number };

/** Where the compiled machine and XState part, with what leads there; null where they never do. */
export type Parting = string | null;

/** Random machines of authors who use all that may be folded. */
export function tryMachines({ runs, seed }: Draws, met: Met): Parting {
  const property = fc.property(blueprints, sentEvents, (blueprint, events) => {
    const compared = new Compared(machineOf(blueprint), met);
    let both = compared.start({ n: 1 });
    for (const event of both === null ? [] : events) {
      if (both === null) break;
      for (const type of [...asked, event.type]) compared.takes(both, { ...event, type });
      both = compared.next(both, event) ?? both;
    }
  });
  return partingOf(fc.check(property, { numRuns: runs, seed }));
}

const asked = ['A', 'B', 'C', 'D', 'xstate.done.actor.one'];

/** Random histories of the shipped machine: another one may take less of them, or loop. */
export function tryHistories(
  machine: TestedMachine | undefined,
  { runs, seed }: Draws,
  met: Met,
): Parting {
  const compared = new Compared(testedMachine(machine), met);
  const property = fc.property(validHistories(), ([created, ...events]) => {
    compared.fold(created, events);
  });
  return partingOf(fc.check(property, { numRuns: runs, seed }));
}

/**
 * Every event that may come, in every state that can be reached. Two states are the same if every
 * event leads both to the same state, or is taken in neither.
 *
 * @throws AssertionError where the compiled machine and XState part
 */
export function tryReachable(machine: PaymentOrderMachine, statesMax: number, met: Met): number {
  const compared = new Compared(machine, met);
  const created = { type: 'PaymentOrderCreated', orderNo: 'O1', processBillNo: 'F1' };
  const money = { amountMinor: 12_800, currency: 'CNY' };
  const starts = [created, { ...created, ...money }, { ...created, attemptDeadlineMs: 5_000 }];
  const queue = starts.flatMap((start) => compared.start(start) ?? []);
  const seen = new Set<string>();
  let pairs = 0;
  for (const both of queue) {
    if (seen.size >= statesMax) break;
    const events: readonly EventObject[] = possibleEvents(knownOf(both.fold));
    const next = events.map((event) => {
      compared.takes(both, event);
      return compared.next(both, event);
    });
    pairs += events.length;
    const look = lookOf(both, events, next);
    if (seen.has(look)) continue;
    seen.add(look);
    queue.push(...next.flatMap((reached) => reached ?? []));
  }
  return pairs;
}

function lookOf(
  { fold }: Both,
  events: readonly EventObject[],
  next: readonly (Both | null)[],
): string {
  const leads = next.map((reached, index) => `${events[index]?.type} ${reached?.fold.state}`);
  return createHash('sha1')
    .update([fold.state, ...leads].join())
    .digest('base64');
}

function partingOf<Drawn>({
  failed,
  counterexample,
  errorInstance,
  seed,
  counterexamplePath,
}: fc.RunDetails<Drawn>): Parting {
  if (!failed) return null;
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const where = `seed ${seed}, path '${counterexamplePath ?? ''}'`;
  return `${why}\n${JSON.stringify(counterexample)}\n${where}`;
}
