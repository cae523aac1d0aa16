import { AssertionError, deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { compact } from '../compact.ts';
import { PaymentOrderError } from '../errors.ts';
import { evolve } from '../history/load.ts';
import type { OrderHistory } from '../history/load.ts';
import { verifyOrder } from '../history/verify.ts';
import type { PaymentOrder, Receipt } from '../order/types.ts';
import { viewOf } from '../order/view.ts';
import type { Coverage, Happened } from './coverage.ts';
import { coverageOf, happenedIn } from './coverage.ts';
import { modelCommands } from './model-commands.ts';
import { ModelWorld, modelOrder, noTrouble, troubles } from './model-world.ts';
import type { StoredOrder, TroubleCounts } from './model-world.ts';
import { attemptsInFlight } from './scripted-gateway.ts';
import { compiledMachine } from './replayed-order.ts';
import type { TestedMachine } from './tested-machine.ts';

export type ModelRunOptions = {
  /** Default: the shipped machine. */
  readonly machine?: TestedMachine | undefined;
  /** How many lives of an order are tried. Default 200. */
  readonly runs?: number | undefined;
  /** The most that happens in one life. Default 60. */
  readonly commandsMax?: number | undefined;
  /** With `path` and `replayPath`, repeats a failure. Default: fast-check's own. */
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
  readonly replayPath?: string | undefined;
  /** The share of the machine's own transitions that must be seen, 0 to 1. Default 0.75. */
  readonly transitionsShare?: number | undefined;
};

/** What a run came across: states, transitions, and how often each kind of trouble. */
export type ModelRunReport = Coverage & { readonly seen: Readonly<TroubleCounts> };

/**
 * Drives real `PaymentOrders`, two processes over one memory store, in virtual time: commands and
 * facts, twice and at once, crashes, lost acknowledgements, a gateway that answers late or never.
 * After each step, everything acknowledged must be stored and every call accounted for. Commands
 * are repeated with their ids, and must get the answer of before.
 *
 * @throws AssertionError with the shortest way to break a promise, or where a state, a kind of
 * trouble or too many transitions were never seen (with fewer than 50 runs nothing is demanded).
 */
export async function modelRun(options: ModelRunOptions = {}): Promise<ModelRunReport> {
  const { machine, runs = 200, seed, path, transitionsShare = 0.75 } = options;
  const happened: Happened[] = [];
  const seen = noTrouble();
  const property = lifeProperty(options, (world, { events }) => {
    happened.push(...happenedIn(events));
    for (const trouble of troubles) seen[trouble] += world.seen[trouble];
  });
  await fc.assert(property, compact({ numRuns: runs, includeErrorInReport: true, seed, path }));
  const report = { ...coverageOf(happened, machine), seen };
  if (runs >= runsToDemand && path === undefined) demand(report, transitionsShare);
  return report;
}

/**
 * One life of an order as a property. `onEnd` gets each life when it is over, kept promises or not.
 *
 * @internal
 */
export function lifeProperty(
  { machine, commandsMax = 60, replayPath }: ModelRunOptions,
  onEnd: (world: ModelWorld, stored: StoredOrder) => void,
) {
  const commands = fc.commands(
    modelCommands(keepsItsPromises),
    compact({ maxCommands: commandsMax, size: 'max' as const, replayPath }),
  );
  return fc.asyncProperty(commands, async (drawn) => {
    const world = new ModelWorld(machine);
    try {
      await world.startProcess(0);
      await world.startProcess(1);
      await world.send(0, {
        label: 'create',
        run: (orders) => orders.create(modelOrder),
      });
      await fc.asyncModelRun(() => ({ model: {}, real: world }), drawn);
      await comesToRest(world);
      await keepsItsAnswers(world);
      await replaysAsShown(world, machine);
    } finally {
      onEnd(world, await world.storedOrder());
      await world.close();
    }
  });
}

const runsToDemand = 50;

async function keepsItsPromises(world: ModelWorld): Promise<void> {
  const { gateway, receipts, errors } = world;
  for (const error of errors) {
    const isExpected = error instanceof PaymentOrderError && error.code === 'command-id-reused';
    ok(isExpected, `unexpected error: ${String(error)}`);
  }
  equal(gateway.violations.join(), '', 'a call went out before its event was stored');
  const { events, folded } = await world.storedOrder();
  for (const { revision, hash } of receipts) {
    equal(events[revision]?.metadata.hash, hash, `I1: revision ${revision} was acknowledged`);
  }
  const inFlight = attemptsInFlight(events);
  ok(inFlight.length <= 1, `${inFlight.length} attempts are in flight at once`);
  for (const call of gateway.calls) {
    equal(call.request.reason, gateway.calls[0]?.request.reason, 'I7: a call has another reason');
    for (const attempt of call.inFlight) {
      const answer = folded.known.answers[attempt - 1];
      ok(answer !== undefined, `I6: attempt ${attempt} was called, but the order does not know it`);
    }
  }
  const retracted = retractedIn(events);
  const isMoneyIn = events.some(
    ({ type, revision }) => type === 'PaymentSucceeded' && !retracted.has(revision),
  );
  if (isMoneyIn && inFlight.length === 0) equal(folded.state, 'paid', 'I2: money is in');
}

/** The revisions that do not count. The last retraction does, so they are read from the end. */
function retractedIn(events: StoredOrder['events']): ReadonlySet<number> {
  const retracted = new Set<number>();
  for (const { revision, event } of events.toReversed()) {
    if (event.type === 'FactRetracted' && !retracted.has(revision)) retracted.add(event.revision);
  }
  return retracted;
}

/** Longer than the longest wait before a retry. */
const restAfterMs = 10 * 3_600_000;

async function comesToRest(world: ModelWorld): Promise<void> {
  world.endTrouble();
  await world.runtime.advance(restAfterMs);
  await keepsItsPromises(world);
  const { state, closed, attention, pending, takes } = (await world.storedOrder()).folded;
  equal(pending.calls.length, 0, `I13: a call is still in flight in ${state}`);
  const isAtRest = closed || attention || takes({ type: 'CancelRequested' });
  ok(isAtRest, `I13: the order is left in ${state}`);
}

/**
 * A command id that was answered is in the stream once, and every answer to it is what the record
 * says: done, so that only the first answer may be 'accepted', or not accepted, and why.
 */
async function keepsItsAnswers(world: ModelWorld): Promise<void> {
  const { events } = await world.storedOrder();
  const answers = Map.groupBy(world.idAnswers, ({ commandId }) => commandId);
  for (const [commandId, given] of answers) {
    const recorded = events.filter(({ metadata }) => metadata.commandId === commandId);
    equal(recorded.length, 1, `I9: ${commandId} was answered and is recorded not once`);
    const event = recorded[0]?.event;
    const code = event?.type === 'CommandRejected' ? event.code : null;
    const found = given.map(({ receipt }) => answerText(receipt));
    const accepted = found.filter((answer) => answer === 'accepted').length;
    ok(accepted <= (code === null ? 1 : 0), `I9: ${commandId} was accepted ${accepted} times`);
    const later = new Set(found.map((answer) => (answer === 'accepted' ? 'duplicate' : answer)));
    ok(later.size === 1, `I9: ${commandId} was answered ${found.join(', ')}`);
    const isTold = later.has('duplicate') || later.has(`rejected ${String(code)}`);
    ok(isTold, `I9: ${commandId} was answered ${found.join(', ')}, but ${String(code)} is stored`);
  }
}

function answerText(receipt: Receipt): string {
  return receipt.kind === 'rejected' ? `rejected ${receipt.code}` : receipt.kind;
}

/**
 * Every prefix of the history gives the order that callers were shown at that revision. Nothing is
 * ever taken back from a stream, so a fault of any moment is still there at the end.
 */
async function replaysAsShown(world: ModelWorld, machine: TestedMachine | undefined) {
  const compiled = compiledMachine(machine);
  const { faults } = await verifyOrder(world.store, compiled, modelOrder.orderNo);
  equal(faults.map(({ message }) => message).join(), '', 'I3, I10: the history verifies');
  const shown = new Map<number, PaymentOrder>();
  for (const { revision, order } of world.receipts) shown.set(revision, order);
  const { events } = await world.storedOrder();
  const ids = new Set(events.map(({ id }) => id));
  equal(ids.size, events.length, 'I9: an event is stored twice');
  let order: OrderHistory | null = null;
  for (const stored of events) {
    order = evolve(compiled, order, stored);
    const live = shown.get(stored.revision);
    if (live) deepEqual(viewOf(order), live, `I5: revision ${stored.revision} replays`);
  }
}

function demand({ missing, seen, transitionsShare }: ModelRunReport, share: number): void {
  const never = [
    ...missing.states.map((state) => `state ${state}`),
    ...troubles.filter((trouble) => seen[trouble] === 0),
    ...(transitionsShare < share ? missing.transitions : []),
  ];
  if (never.length === 0) return;
  const message = `never seen (more runs may see them): ${never.join(', ')}`;
  throw new AssertionError({ message });
}
