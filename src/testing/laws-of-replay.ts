import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { defaultRetryPolicy } from '../../machines/payment-order.facts.ts';
import type { Decision } from '../order/decide.ts';
import { decideCommand, decideFact, decideOutcome, eventOf } from '../order/decide.ts';
import { isFact, isOutcome } from '../history/deduplication.ts';
import type { OrderHistory } from '../history/load.ts';
import type { Command } from '../order/types.ts';
import { historyLaw, upTo } from './law.ts';
import type { TransitionLaw } from './law.ts';
import { stepsOf } from './standing.ts';
import { TestedOrder, replayed, testedOrder } from './tested-order.ts';
import type { TestedMachine } from './tested-machine.ts';

/** Laws of what is stored: read back, and said twice. */
export function lawsOfReplay(machine: TestedMachine | undefined): readonly TransitionLaw[] {
  return [replayIsLive(machine), jsonRoundTrip(machine), repeatsChangeNothing(machine)];
}

function replayIsLive(machine: TestedMachine | undefined): TransitionLaw {
  return historyLaw({
    ...{ name: 'replay-is-live', machine },
    law: 'a history read back from what was stored stands where the live order stands, at each event',
    holds: (history) => {
      const live = new TestedOrder(machine);
      const shown = history.map((event) => standingOf(live.record(event)));
      const { recorded } = live;
      for (const [revision, standing] of shown.entries()) {
        // Every prefix is a fold of its own for short histories; for long ones a few are.
        if (revision % Math.ceil(shown.length / 5) !== 0 && revision < shown.length - 1) continue;
        const again = replayed(recorded.slice(0, revision + 1), machine);
        ok(again !== null);
        upTo(history.slice(0, revision + 1), () => {
          deepEqual(standingOf(again), standing, `replayed up to revision ${revision}`);
        });
      }
    },
  });
}

function standingOf({ fold, known, head }: OrderHistory) {
  return { state: fold.state, known, pending: fold.pending, hash: head.metadata.hash };
}

function jsonRoundTrip(machine: TestedMachine | undefined): TransitionLaw {
  // JSON gives any; each is compared with what it was made of.
  const again = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  return historyLaw({
    ...{ name: 'json-round-trip', machine },
    law: 'events, what is known and what is pending are JSON, and mean the same after a round trip',
    holds: (history, steps) => {
      for (const [index, { event, after }] of steps.entries()) {
        upTo(history.slice(0, index + 2), () => {
          const { known, pending } = after;
          deepEqual(again(event), { ...event }, `${event.type} is no JSON`);
          deepEqual(again(known), known, `known after ${event.type} is no JSON`);
          deepEqual(again(pending), pending, `pending after ${event.type} is no JSON`);
        });
      }
      const copied = stepsOf(again([...history]), machine);
      const end = (taken: typeof steps) => [taken.at(-1)?.after.state, taken.at(-1)?.after.known];
      deepEqual(end(copied), end(steps), 'the copied history leads elsewhere');
    },
  });
}

const by = 'operator-1';
const commandId = 'said-twice';
const wishes: readonly Command[] = [
  { type: 'StartPayment', payload: {} },
  { type: 'RequestCancel', payload: { reason: 'changed my mind' } },
  { type: 'RetryCancel', payload: {} },
  { type: 'AbandonCancel', payload: {} },
  { type: 'ResolveCancel', payload: { resolution: 'open', evidence: 'bill', by } },
  { type: 'AcknowledgeAnomaly', payload: { number: 1, by } },
];

function repeatsChangeNothing(machine: TestedMachine | undefined): TransitionLaw {
  return historyLaw({
    ...{ name: 'repeats-change-nothing', machine },
    law: 'a fact, an outcome or a command with an id that is said again is a duplicate, never stored',
    holds: (history) => {
      const { order } = testedOrder(history, machine);
      ok(order !== null);
      for (const event of history) {
        upTo([...history, event], () => {
          isDuplicate(repeat(order, event), event.type);
        });
      }
      for (const wish of wishes) {
        if (!order.takes(eventOf(wish))) continue;
        upTo([...history, eventOf(wish)], () => {
          const again = testedOrder(history, machine);
          const commandDigest = digestOf(decide(order, wish));
          const after = again.record(eventOf(wish), { commandId, commandDigest });
          isDuplicate(decide(after, wish), `${wish.type} said again`);
          const other: Command = { type: 'RequestCancel', payload: { reason: 'another' } };
          throws(() => decide(after, other), { code: 'command-id-reused' });
        });
      }
    },
  });
}

function decide(order: OrderHistory, command: Command): Decision {
  return decideCommand(order, order.known.orderNo, command, { commandId });
}

function digestOf(decision: Decision): string {
  ok(decision.kind === 'append' && decision.commandDigest !== undefined);
  return decision.commandDigest;
}

/** Null for what no outside says: commands are said by command, timers by nobody. */
function repeat(order: OrderHistory, event: PaymentOrderEvent): Decision | null {
  if (isFact(event)) return decideFact(order, order.known.orderNo, event);
  if (isOutcome(event)) return decideOutcome(order, event, defaultRetryPolicy, 0.5);
  if (event.type !== 'PaymentOrderCreated') return null;
  const create = { type: 'CreatePaymentOrder', payload: event } as const;
  return decideCommand(order, order.known.orderNo, create, {});
}

function isDuplicate(decision: Decision | null, what: string): void {
  if (decision === null) return;
  equal(decision.kind, 'answer', `${what} would be stored again`);
  equal(decision.answer.kind, 'duplicate', `${what} is not known as a repeat`);
}
