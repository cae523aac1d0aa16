import type { FaultName } from './faults.ts';
import type { Plan, Strike } from './plan.ts';
import type { Certain } from './sim.ts';
import type { Outcome, Options } from './simulation.ts';
import { simulate } from './simulation.ts';
import type { Act, Step } from './workload.ts';

/** A story with nothing left to chance: what happens when, and which fault strikes how often. */
export type Scenario = {
  readonly name: string;
  readonly workers: number;
  readonly steps: readonly Step[];
  /** The first so many times that a fault could strike, it does; never after that. */
  readonly certain: Certain;
  /** The final state if no process crashes. */
  readonly endsIn: string;
};

type Script = readonly (readonly [atMs: number, act: Act])[];

function scenario(
  name: string,
  endsIn: string,
  script: Script,
  certain: Scenario['certain'] = {},
  workers = 1,
): Scenario {
  const steps = script.map(([atMs, act]) => ({ atMs, order: 0, act }));
  return {
    name,
    workers,
    steps: [{ atMs: 100, order: 0, act: 'create' }, ...steps],
    certain,
    endsIn,
  };
}

/** The platform has no call that asks how an order stands. */
const unasked: Certain = { cannotBeAsked: 1 };

/** Every way that a cancel can go, once. */
export const scenarios: readonly Scenario[] = [
  scenario('confirmed', 'cancelled', [
    [200, 'start'],
    [300, 'cancel'],
  ]),
  scenario('refused after payment', 'paid', [
    [200, 'start'],
    [300, 'pay'],
    [301, 'cancel'],
  ]),
  scenario('payment while the call is out', 'paid', [
    [300, 'cancel'],
    [302, 'pay'],
  ]),
  scenario(
    'refused while open',
    'paying',
    [
      [200, 'start'],
      [300, 'cancel'],
    ],
    { refusesOpen: 1 },
  ),
  scenario('not executed, then confirmed', 'cancelled', [[300, 'cancel']], { connectFails: 2 }),
  scenario('reply lost, then a probe', 'cancelled', [[300, 'cancel']], {
    replyLost: 1,
    ...unasked,
  }),
  scenario('late execution', 'cancelled', [[300, 'cancel']], { lateExecution: 1, ...unasked }),
  scenario('attempts spent', 'cancelled', [[300, 'cancel']], { requestLost: 20, ...unasked }),
  scenario('reply lost, then questions', 'cancelled', [[300, 'cancel']], {
    replyLost: 1,
    questionLost: 1,
  }),
  scenario('request lost, then pending until that is conclusive', 'cancelled', [[300, 'cancel']], {
    requestLost: 1,
  }),
  scenario('reply lost, and nobody may ask', 'cancelled', [[300, 'cancel']], {
    replyLost: 1,
    statusSilence: 1,
  }),
  scenario(
    'in doubt, and an operator asks',
    'cancelled',
    [
      [300, 'cancel'],
      [16_000, 'ask'],
    ],
    { replyLost: 1 },
  ),
  scenario(
    'another attempt while the answer is out',
    'cancelled',
    [
      [300, 'cancel'],
      [16_000, 'ask'],
      [16_100, 'retry'],
    ],
    { replyLost: 1, questionHangs: 1 },
  ),
  scenario('asked before the cancel', 'cancelled', [[300, 'cancel']], { asksFirst: 1 }),
  scenario(
    'in doubt, resolved by an operator',
    'cancelled',
    [
      [300, 'cancel'],
      [16_000, 'resolve'],
    ],
    { replyLost: 1 },
  ),
  scenario(
    'blocked, then retried by an operator',
    'cancelled',
    [
      [300, 'cancel'],
      [5_000, 'retry'],
    ],
    { blockedCalls: 1 },
  ),
  scenario(
    'given up while backing off',
    'created',
    [
      [300, 'cancel'],
      [900, 'abandon'],
    ],
    { connectFails: 1 },
  ),
  scenario('an answer of the store lost', 'cancelled', [[300, 'cancel']], {
    lostAck: 3,
    ...unasked,
  }),
  scenario('appends that come late', 'cancelled', [[60_000, 'cancel']], { delayedApply: 4 }),
  scenario(
    'paid after it was cancelled',
    'paid',
    [
      [300, 'cancel'],
      [3_000, 'pay'],
      [5_000, 'acknowledge'],
    ],
    { paidAfterClose: 1 },
  ),
  scenario('a payment of another order, taken back', 'created', [
    [300, 'mistake'],
    [400, 'retract'],
  ]),
  scenario(
    'a payment of another order, taken back while a cancel waits',
    'cancelling.needsReview',
    [
      [300, 'cancel'],
      [900, 'mistake'],
      [1_500, 'retract'],
    ],
    { connectFails: 1 },
  ),
  scenario('a failed order is cancelled', 'cancelled', [
    [300, 'fail'],
    [400, 'cancel'],
  ]),
  scenario(
    'two merchants who both may adopt an order',
    'cancelled',
    [
      [300, 'cancel'],
      [700, 'retry'],
    ],
    { severalGateways: 1, connectFails: 2, replyLost: 1 },
    2,
  ),
  scenario('a deployment amid a cancel', 'cancelled', [
    [300, 'cancel'],
    [310, 'restart'],
  ]),
  scenario(
    'two callers at two processes',
    'cancelled',
    [
      [300, 'cancel'],
      [300, 'cancel'],
    ],
    {},
    2,
  ),
];

function planFor({ workers, certain }: Scenario, strikes: readonly Strike[] = []): Plan {
  // The names of this record's fields are faults.
  const faults = Object.keys(certain) as FaultName[];
  return { seed: 1, workers, orders: 1, faults, strikes };
}

export function play(
  scenario: Scenario,
  strikes: readonly Strike[] = [],
  options: Options = {},
): Promise<Outcome> {
  const { steps, certain } = scenario;
  return simulate(planFor(scenario, strikes), { ...options, workload: steps, certain });
}

/** The command that plays it with these strikes. */
export function commandFor({ name }: Scenario, strikes: readonly Strike[]): string {
  const places = (what: (strike: Strike) => boolean) =>
    strikes
      .filter(what)
      .map((of) => `${of.process}@${of.point}${of.what === 'crash' ? '' : `:${of.what}`}`);
  const crashes = places(({ what }) => what === 'crash');
  const jumps = places(({ what }) => what !== 'crash');
  return [
    `npm run simulate -- --scenario '${name}'`,
    ...(crashes.length === 0 ? [] : [`--crash ${crashes.join()}`]),
    ...(jumps.length === 0 ? [] : [`--jump ${jumps.join()}`]),
  ].join(' ');
}
