import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { hasRole } from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { validOrders } from './arbitraries.ts';
import { drawnEventLists } from './drawn-events.ts';
import type { DrawnEvent } from './drawn-events.ts';
import { possibleEvents } from './possible-events.ts';
import { createdOrder } from './replayed-order.ts';
import type { History, ReplayedOrder } from './replayed-order.ts';
import type { TestedMachine } from './tested-machine.ts';

export type HistoryOptions = {
  /** Default: the shipped machine. */
  readonly machine?: TestedMachine | undefined;
  /** The most events drawn; those that the machine does not take are left out. Default 120. */
  readonly eventsMax?: number | undefined;
};

/** A history with one event that the machine does not take where it stands. */
export type AlmostValidHistory = {
  readonly history: History;
  /** Index of the illegal event; without it, the history is valid. */
  readonly illegalAt: number;
};

const usual: PaymentOrderEvent<'PaymentOrderCreated'> = {
  type: 'PaymentOrderCreated',
  orderNo: 'O1',
  processBillNo: 'F1',
  amountMinor: 12_800,
  currency: 'CNY',
};

const creations: Arbitrary<PaymentOrderEvent<'PaymentOrderCreated'>> = fc.oneof(
  { withCrossShrink: true },
  { weight: 4, arbitrary: fc.constant(usual) },
  {
    weight: 1,
    arbitrary: validOrders().map((order) => ({ type: 'PaymentOrderCreated' as const, ...order })),
  },
);

/**
 * Histories that the machine takes, from the creation on: up to some 45 events, half of them 9 or
 * more, one in ten 19 or more. What the machine refuses is left out. They shrink by leaving events
 * out, and print one event per line with its state.
 */
export function validHistories(options: HistoryOptions = {}): Arbitrary<History> {
  const { machine } = options;
  return fc
    .tuple(creations, drawnEventLists(options.eventsMax ?? 120))
    .map(([created, drawn]) => readable(taken(created, drawn, machine).history, machine));
}

/** Valid histories, each with one more event that the machine does not take there. */
export function almostValidHistories(options: HistoryOptions = {}): Arbitrary<AlmostValidHistory> {
  const { machine } = options;
  return fc
    .tuple(creations, drawnEventLists(options.eventsMax ?? 120), fc.nat(), fc.nat())
    .map(([created, drawn, place, choice]) => {
      const { history, orders } = taken(created, drawn, machine);
      const index = place % orders.length;
      const before = orders[index] ?? createdOrder(created, machine);
      const refused = refusedIn(before);
      const event = refused[choice % refused.length] ?? created;
      const altered = history.toSpliced(index + 1, 0, event);
      return { history: readable(altered, machine), illegalAt: index + 1 };
    });
}

function taken(
  created: PaymentOrderEvent,
  drawn: readonly DrawnEvent[],
  machine: TestedMachine | undefined,
): { readonly history: History; readonly orders: readonly ReplayedOrder[] } {
  const history: PaymentOrderEvent[] = [created];
  const orders = [createdOrder(created, machine)];
  const seen = new Set<string>();
  for (const draw of drawn) {
    const order = orders.at(-1);
    const event = order && draw.event(order.known);
    const next = event && !seen.has(contentOf(event)) && order.next(event);
    if (!next) continue;
    if (hasRole(event.type, 'fact') || hasRole(event.type, 'outcome')) seen.add(contentOf(event));
    history.push(event);
    orders.push(next);
  }
  return { history, orders };
}

/** A fact or outcome is stored once. Two that differ only in the wait are the same. */
function contentOf(event: PaymentOrderEvent): string {
  return JSON.stringify({ ...event, retryInMs: undefined });
}

const secondCreation: PaymentOrderEvent = {
  type: 'PaymentOrderCreated',
  orderNo: 'O2',
  processBillNo: 'F2',
};

/** What could come next but is not taken. There is always one: a second creation never is. */
function refusedIn({ known, takes }: ReplayedOrder): readonly PaymentOrderEvent[] {
  return [...possibleEvents(known), secondCreation].filter((event) => !takes(event));
}

/** One event per line, with its data and the state that it leads to, or why it is not taken. */
export function historyText(history: History, machine?: TestedMachine): string {
  const lines = history.map((event) => {
    const { type, ...data } = event;
    return Object.keys(data).length === 0 ? type : `${type} ${JSON.stringify(data)}`;
  });
  const width = Math.min(72, Math.max(...lines.map((line) => line.length)));
  const states = statesOf(history, machine);
  return lines
    .map((line, index) => {
      const revision = String(index).padStart(3);
      return `${revision}  ${line.padEnd(width)}  → ${states[index] ?? ''}`;
    })
    .join('\n');
}

/** A machine that runs in a circle throws; its history is printed all the same. */
function statesOf(history: History, machine: TestedMachine | undefined): readonly string[] {
  let order: ReplayedOrder | null = null;
  return history.map((event) => {
    try {
      const next = order === null ? createdOrder(event, machine) : order.next(event);
      order = next ?? order;
      return next?.state ?? 'not taken';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
}

/** Prints the history as text in fast-check's reports; comparisons are not affected. */
function readable(history: History, machine: TestedMachine | undefined): History {
  const value = () => `\n${historyText(history, machine)}\n`;
  return Object.defineProperty(history, fc.toStringMethod, { value, enumerable: false });
}
