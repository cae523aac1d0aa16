import type { OpenOptions } from '../../src/open-options.ts';
import type { CompiledMachine } from '../../src/history/machine.ts';
import { dependenciesOf } from '../../src/dependencies.ts';
import { PaymentOrders } from '../../src/payment-orders.ts';
import { remembering } from '../../src/testing/remembering.ts';
import { Accounts } from './accounts.ts';
import { Checker } from './checker.ts';
import type { FaultName } from './faults.ts';
import { Kernel } from './kernel.ts';
import { ServerLog } from './log.ts';
import type { Plan } from './plan.ts';
import { silenceForEver, silenceOf } from './questions.ts';
import type { Silence } from './questions.ts';
import type { Random } from './random.ts';
import { randomStreams } from './random.ts';
import type { Seen } from './seen.ts';
import { count } from './seen.ts';

/** What the parts of one run share. */
export type Sim = {
  readonly plan: Plan;
  readonly kernel: Kernel;
  readonly random: (purpose: string) => Random;
  readonly log: ServerLog;
  readonly checker: Checker;
  readonly accounts: Accounts;
  readonly seen: Seen;
  /** Outages have a beginning and an end; some are longer than anybody is patient. */
  readonly isStoreDown: () => boolean;
  /** When the last outage is over, ms; 0 where there is none. */
  readonly outageEndsMs: number;
  /** Nobody is patient for longer than this: what could not be recorded by then is given up. */
  readonly isOutageLong: boolean;
  /** Whether the platform has a call that asks for a status at all. */
  readonly canBeAsked: boolean;
  /** Whether every cancel begins by asking. */
  readonly asksFirst: boolean;
  /** After so long recovery asks about an order that stays open, ms; undefined: never. */
  readonly askAfterMs: number | undefined;
  /** Why no question is answered now; null where they are. It may last for ever, also in peace. */
  readonly silence: () => Silence['how'] | null;
  /** Draws whether a fault strikes now; never in peace, or where the plan leaves it out. */
  readonly strikes: (fault: FaultName, share: number) => boolean;
  /** As `openPaymentOrders` opens; all processes of the run remember what they folded. */
  readonly open: (options: OpenOptions) => Promise<PaymentOrders>;
};

/** How often each fault strikes for certain, the first times that it can. */
export type Certain = Partial<Record<FaultName, number>>;

/** @param certain - Where it is given, nothing strikes by chance. */
export function simOf(plan: Plan, onStep: (line: string) => void, certain?: Certain): Sim {
  const random = randomStreams(plan.seed);
  const kernel = new Kernel(random('ties'), onStep);
  const log = new ServerLog();
  const seen: Seen = new Map();
  const has = (fault: FaultName) => plan.faults.includes(fault);
  const clocksAreRight = !has('clockSkew') && plan.strikes.every(({ what }) => what === 'crash');
  // Who is given up by a clock that is wrong, or too late for its own limit, may still be out.
  const callsAreTimely = clocksAreRight && !has('gatewayHangs');
  const promises = { clocksAreRight, callsAreTimely };
  const checker = new Checker(log, seen, () => kernel.nowMs, promises);
  const accounts = new Accounts(random, has('severalGateways') && plan.workers > 1);
  const intensity = random('intensity').pick([0.5, 1, 2]);
  const left = new Map<string, number>(Object.entries(certain ?? {}));
  const isChosen = (fault: FaultName, share: number) => {
    if (certain === undefined) return random(fault).chance(share * intensity);
    const times = left.get(fault) ?? 0;
    left.set(fault, times - 1);
    return times > 0;
  };
  const isDrawn = (fault: FaultName, share: number) => {
    const is = has(fault) && (certain !== undefined || random(fault).chance(share));
    if (is) count(seen, `fault ${fault}`);
    return is;
  };
  const canBeAsked = !isDrawn('cannotBeAsked', 0.5);
  const drawnSilence = certain === undefined ? silenceOf(random('silence')) : silenceForEver;
  const silence = canBeAsked && isDrawn('statusSilence', 0.5) ? drawnSilence : null;
  const outages = has('storeOutage') ? [outageOf(random('storeOutage'))] : [];
  return {
    plan,
    kernel,
    random,
    log,
    checker,
    accounts,
    seen,
    isOutageLong: outages.some(({ fromMs, untilMs }) => untilMs - fromMs > 200_000),
    outageEndsMs: Math.max(0, ...outages.map(({ untilMs }) => untilMs)),
    canBeAsked,
    asksFirst: canBeAsked && isDrawn('asksFirst', 0.3),
    askAfterMs: canBeAsked && isDrawn('asksOfOpenOrders', 0.3) ? 60_000 : undefined,
    silence: () => {
      if (silence === null || kernel.nowMs < silence.fromMs) return null;
      const isOver = checker.isInPeace
        ? silence.untilMs < Infinity
        : silence.untilMs <= kernel.nowMs;
      return isOver ? null : silence.how;
    },
    isStoreDown: () => {
      const isDown =
        !checker.isInPeace &&
        outages.some(({ fromMs, untilMs }) => fromMs <= kernel.nowMs && kernel.nowMs < untilMs);
      if (isDown) count(seen, 'fault storeOutage');
      return isDown;
    },
    open: opener(),
    strikes: (fault, share) => {
      if (checker.isInPeace || !has(fault) || !isChosen(fault, share)) return false;
      count(seen, `fault ${fault}`);
      return true;
    },
  };
}

function opener(): Sim['open'] {
  const machines = new Map<CompiledMachine, CompiledMachine>();
  return async (options) => {
    const { dependencies, release } = await dependenciesOf(options);
    const { compiled } = dependencies;
    const machine = machines.get(compiled) ?? remembering(compiled);
    machines.set(compiled, machine);
    return new PaymentOrders({ ...dependencies, compiled: machine }, release);
  };
}

function outageOf(random: Random): { readonly fromMs: number; readonly untilMs: number } {
  const fromMs = random.between(0, 60_000);
  return { fromMs, untilMs: fromMs + random.pick([500, 5_000, 20_000, 330_000]) };
}
