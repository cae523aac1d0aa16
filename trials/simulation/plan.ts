import type { ClockJump, FaultName } from './faults.ts';
import { clockJumps, faultNames } from './faults.ts';
import type { Random } from './random.ts';
import { randomStreams } from './random.ts';

/** What happens to a process when it comes to one of its await points, counted from 1. */
export type Strike = {
  readonly process: number;
  readonly point: number;
  readonly what: 'crash' | ClockJump;
};

/** All that a run depends on. The same plan gives the same run, to the byte. */
export type Plan = {
  readonly seed: number;
  /** Processes that serve and recover, 1 to 8. */
  readonly workers: number;
  /** 1 to 5. */
  readonly orders: number;
  readonly faults: readonly FaultName[];
  readonly strikes: readonly Strike[];
};

/** The plan of a seed. Given options override what is drawn, and do not change other draws. */
export function planOf(seed: number, given: Partial<Plan> = {}): Plan {
  const random = randomStreams(seed);
  const workers =
    given.workers ?? random('workers').pick([1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4, 5, 6, 8]);
  const orders =
    given.orders ?? random('orders').pick([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 5]);
  const swarm = random('swarm');
  const drawn = faultNames.filter(() => swarm.chance(0.5));
  const faults = given.faults ?? drawn;
  const strikes = given.strikes ?? strikesOf(random('strikes'), workers, faults);
  return { seed, workers, orders, faults, strikes };
}

function strikesOf(
  random: Random,
  workers: number,
  faults: readonly FaultName[],
): readonly Strike[] {
  // Drawn in any case: a fault that is taken away leaves the other's strikes where they are.
  const drawn = (what: () => Strike['what'], most: number) =>
    Array.from({ length: random.between(1, most) }, () => ({
      process: random.between(0, workers - 1),
      point: random.between(1, random.pick([8, 40, 200])),
      what: what(),
    }));
  const crashes = drawn(() => 'crash', 4);
  // Object.keys of this constant are its jumps.
  const jumps = drawn(() => random.pick(Object.keys(clockJumps) as ClockJump[]), 3);
  return [
    ...(faults.includes('crash') ? crashes : []),
    ...(faults.includes('clockJump') ? jumps : []),
  ];
}

/** The command that runs a plan again. */
export function commandOf({ seed, workers, orders, faults, strikes }: Plan): string {
  const crashes = strikes.filter(({ what }) => what === 'crash');
  const jumps = strikes.filter(({ what }) => what !== 'crash');
  const places = (of: readonly Strike[]) =>
    of.map(({ process, point, what }) =>
      what === 'crash' ? `${process}@${point}` : `${process}@${point}:${what}`,
    );
  const list = (items: readonly string[]) => (items.length === 0 ? 'none' : items.join());
  return [
    `npm run simulate -- --seed ${seed} --workers ${workers} --orders ${orders}`,
    `--faults ${list(faults)} --crash ${list(places(crashes))} --jump ${list(places(jumps))}`,
  ].join(' ');
}
