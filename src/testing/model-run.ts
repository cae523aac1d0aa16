import { AssertionError, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { PaymentOrderError } from '../errors.ts';
import { verifyOrder } from '../history/verify.ts';
import type { Coverage, Happened } from './coverage.ts';
import { coverageOf, happenedIn } from './coverage.ts';
import { modelCommands } from './model-commands.ts';
import { ModelWorld, modelOrder, nothingSeen } from './model-world.ts';
import type { Seen } from './model-world.ts';
import { attemptsInFlight, storedEvents } from './scripted-gateway.ts';
import { standingAfter, testedLaw } from './standing.ts';
import type { TestedMachine } from './tested-machine.ts';

export type ModelRunOptions = {
  /** Default: the shipped machine. */
  readonly machine?: TestedMachine | undefined;
  /** How many lives of an order are tried. Default 200. */
  readonly runs?: number | undefined;
  /** The most that happens in one life. Default 60. */
  readonly commandsMax?: number | undefined;
  /** Together with `path` and `replayPath`, repeats what a failure told. Default: fast-check's own. */
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
  readonly replayPath?: string | undefined;
  /** The share of the machine's own transitions that must be seen, 0 to 1. Default 0.75. */
  readonly transitionsShare?: number | undefined;
};

export type ModelRunReport = Coverage & { readonly seen: Readonly<Seen> };

/**
 * Drives real `PaymentOrders`, two processes over one memory store, in virtual time: commands and
 * facts, twice and at once, crashes, lost acknowledgements, a gateway that answers late or never.
 * After each step what was acknowledged must stand in the store, with every call accounted for.
 *
 * @returns what was seen: states, transitions, and how often each kind of trouble came up.
 * @throws AssertionError with the shortest way to break a promise, or where a state, a kind of
 * trouble or too many transitions were never seen (with fewer than 50 runs nothing is demanded).
 */
export async function modelRun(options: ModelRunOptions = {}): Promise<ModelRunReport> {
  const { machine, runs = 200, commandsMax = 60, seed, path, replayPath } = options;
  const happened: Happened[] = [];
  const seen = nothingSeen();
  const after = (world: ModelWorld) => keepsItsPromises(world, machine);
  const commands = fc.commands(modelCommands(after), {
    ...{ maxCommands: commandsMax, size: 'max' },
    ...(replayPath === undefined ? {} : { replayPath }),
  });
  const property = fc.asyncProperty(commands, async (drawn) => {
    const world = new ModelWorld(machine);
    try {
      await world.start(0);
      await world.start(1);
      await world.say(0, {
        ...{ label: 'create', isPayment: false },
        run: (orders) => orders.create(modelOrder),
      });
      await fc.asyncModelRun(() => ({ model: {}, real: world }), drawn);
      await comesToRest(world, machine);
    } finally {
      happened.push(...happenedIn(await storedEvents(world.store, modelOrder.orderNo)));
      for (const kind of kinds) seen[kind] += world.seen[kind];
      await world.close();
    }
  });
  await fc.assert(property, {
    ...{ numRuns: runs, includeErrorInReport: true },
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path }),
  });
  const report = { ...coverageOf(happened, machine), seen };
  if (runs >= runsToDemand && path === undefined) demand(report, options.transitionsShare ?? 0.75);
  return report;
}

const runsToDemand = 50;

const kinds = [
  ...(['conflicts', 'crashes', 'crashesInCall', 'duplicates', 'lateAnswers', 'lostAcks'] as const),
];

async function keepsItsPromises(
  world: ModelWorld,
  machine: TestedMachine | undefined,
): Promise<void> {
  const { store, gateway, receipts, errors } = world;
  for (const error of errors.splice(0)) {
    const isExpected = error instanceof PaymentOrderError && error.code === 'command-id-reused';
    ok(isExpected, `an error that nobody expects: ${String(error)}`);
  }
  equal(gateway.violations.join(), '', 'a call went out before its event was stored');
  const events = await storedEvents(store, modelOrder.orderNo);
  for (const { revision, hash } of receipts) {
    equal(events[revision]?.metadata.hash, hash, `I1: revision ${revision} was acknowledged`);
  }
  const { faults } = await verifyOrder(store, testedLaw(machine), modelOrder.orderNo);
  equal(faults.map(({ message }) => message).join(), '', 'I3, I10: the history verifies');
  const inFlight = attemptsInFlight(events);
  ok(inFlight.length <= 1, `${inFlight.length} attempts are in flight at once`);
  const standing = standingAfter(
    events.map(({ event }) => event),
    machine,
  );
  for (const call of gateway.calls) {
    for (const attempt of call.inFlight) {
      const answer = standing.known.answers[attempt - 1];
      ok(answer !== undefined, `I6: attempt ${attempt} was called, and the order does not know it`);
    }
  }
  if (world.moneyIsIn && inFlight.length === 0) equal(standing.state, 'paid', 'I2: money is in');
}

/** Longer than the longest wait before a retry. */
const restAfterMs = 10 * 3_600_000;

async function comesToRest(world: ModelWorld, machine: TestedMachine | undefined): Promise<void> {
  world.calmDown();
  await world.runtime.advance(restAfterMs);
  await keepsItsPromises(world, machine);
  const events = await storedEvents(world.store, modelOrder.orderNo);
  const { state, closed, attention, pending, takes } = standingAfter(
    events.map(({ event }) => event),
    machine,
  );
  equal(pending.calls.length, 0, `I13: a call is still out in ${state}`);
  const isAtRest = closed || attention || takes({ type: 'CancelRequested' });
  ok(isAtRest, `I13: the order is left in ${state}`);
}

function demand({ missing, seen, transitionsShare }: ModelRunReport, share: number): void {
  const never = [
    ...missing.states.map((state) => `state ${state}`),
    ...kinds.filter((kind) => seen[kind] === 0),
    ...(transitionsShare < share ? missing.transitions : []),
  ];
  if (never.length === 0) return;
  const message = `never seen (more runs may see them): ${never.join(', ')}`;
  throw new AssertionError({ message });
}
