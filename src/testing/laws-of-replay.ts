import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { compact } from '../compact.ts';
import type { Decision } from '../order/decide.ts';
import { isOutcome } from '../history/deduplication.ts';
import { isFact } from '../history/fact-key.ts';
import type { OrderHistory } from '../history/load.ts';
import type { Command } from '../order/types.ts';
import { upTo } from './law.ts';
import type { HistoryLaw } from './law.ts';
import { stepsOf } from './replayed-order.ts';
import { TestedOrder, commandId, decide } from './tested-order.ts';
import { repeatedAnswer, replayed, testedOrder } from './tested-order.ts';
import type { TestedMachine } from './tested-machine.ts';

/** Laws of stored events: replayed, copied as JSON, and repeated. */
export function lawsOfReplay(machine: TestedMachine | undefined): readonly HistoryLaw[] {
  return [replayIsLive(machine), jsonRoundTrip(machine), repeatsChangeNothing(machine)];
}

function replayIsLive(machine: TestedMachine | undefined): HistoryLaw {
  return {
    name: 'replay-is-live',
    law: 'a replayed history gives the live order at every event',
    holds: (history) => {
      const live = new TestedOrder(machine);
      const views = history.map((event) => comparable(live.record(event)));
      const { recorded } = live;
      for (const [revision, view] of views.entries()) {
        // Each prefix is a fold of its own: of long histories, only a few are tried.
        if (revision % Math.ceil(views.length / 5) !== 0 && revision < views.length - 1) continue;
        const again = replayed(recorded.slice(0, revision + 1), machine);
        ok(again !== null);
        upTo(history.slice(0, revision + 1), () => {
          deepEqual(comparable(again), view, `replayed up to revision ${revision}`);
        });
      }
    },
  };
}

function comparable({ fold, known, head }: OrderHistory) {
  return { state: fold.state, known, pending: fold.pending, hash: head.metadata.hash };
}

function jsonRoundTrip(machine: TestedMachine | undefined): HistoryLaw {
  // JSON.parse gives any; each result is compared with its original.
  const again = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  return {
    name: 'json-round-trip',
    law: 'events, facts and pending work are JSON, and mean the same after a round trip',
    holds: (history, steps) => {
      for (const [index, { event, after }] of steps.entries()) {
        upTo(history.slice(0, index + 2), () => {
          const { known, pending } = after;
          deepEqual(again(event), { ...event }, `${event.type} is not JSON`);
          deepEqual(again(known), known, `what is known after ${event.type} is not JSON`);
          deepEqual(again(pending), pending, `what is pending after ${event.type} is not JSON`);
        });
      }
      const copied = stepsOf(again([...history]), machine);
      const end = (taken: typeof steps) => [taken.at(-1)?.after.state, taken.at(-1)?.after.known];
      deepEqual(end(copied), end(steps), 'the copied history ends in another state');
    },
  };
}

const by = 'operator-1';
const repeatable: readonly Command[] = [
  { type: 'StartPayment', payload: {} },
  { type: 'RequestCancel', payload: { reason: 'changed my mind' } },
  { type: 'RetryCancel', payload: {} },
  { type: 'AbandonCancel', payload: {} },
  { type: 'ResolveCancel', payload: { resolution: 'open', evidence: 'bill', by } },
  { type: 'AcknowledgeAnomaly', payload: { number: 1, by } },
  { type: 'RetractFact', payload: { revision: 1, evidence: 'bill', by } },
];

function repeatsChangeNothing(machine: TestedMachine | undefined): HistoryLaw {
  return {
    name: 'repeats-change-nothing',
    law: 'a repeated fact, outcome or command with an id gets the answer of before and is not stored',
    holds: (history) => {
      const { order } = testedOrder(history, machine);
      ok(order !== null);
      for (const event of history) {
        upTo([...history, event], () => {
          isDuplicate(repeat(order, event), event.type);
        });
      }
      for (const command of [...repeatable, creation(order.known)]) {
        const { event, commandDigest, answer } = recordedFor(decide(order, command));
        upTo([...history, event], () => {
          const again = testedOrder(history, machine);
          const after = again.record(event, { commandId, commandDigest });
          const repeated = { kind: 'answer', answer: repeatedAnswer(answer) };
          deepEqual(decide(after, command), repeated, `${command.type}, repeated`);
          const other: Command = { type: 'RequestCancel', payload: { reason: 'another' } };
          throws(() => decide(after, other), { code: 'command-id-reused' });
        });
      }
    },
  };
}

/** The same order again. */
function creation({ orderNo, processBillNo, amountMinor, currency }: OrderFacts): Command {
  const payload = compact({ orderNo, processBillNo, amountMinor, currency });
  return { type: 'CreatePaymentOrder', payload };
}

/** What is recorded for a command, which has an id: without a record, it may not be answered. */
function recordedFor(decision: Decision) {
  ok(decision.kind === 'append', 'a command with an id is answered, but not recorded');
  return decision;
}

/** Null for events that do not come from outside as such: those of commands and timers. */
function repeat(order: OrderHistory, event: PaymentOrderEvent): Decision | null {
  return isFact(event) || isOutcome(event) ? decide(order, event) : null;
}

function isDuplicate(decision: Decision | null, what: string): void {
  if (decision === null) return;
  equal(decision.kind, 'answer', `${what} would be stored again`);
  equal(decision.answer.kind, 'duplicate', `${what} is not recognized as a duplicate`);
}
