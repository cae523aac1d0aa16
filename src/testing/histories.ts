import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { isFactType, isOutcomeType } from '../../machines/payment-order.events.ts';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { validOrders } from './arbitraries.ts';
import { moveLists } from './moves.ts';
import type { Move } from './moves.ts';
import { firstStanding } from './standing.ts';
import type { History, Standing } from './standing.ts';
import type { TestedMachine } from './tested-machine.ts';

export type HistoryOptions = {
  /** Default: the shipped machine. */
  readonly machine?: TestedMachine | undefined;
  /** The most moves tried; those that the machine does not take are left out. Default 120. */
  readonly movesMax?: number | undefined;
};

/** A history with one event that the machine does not take where it stands. */
export type AlmostValidHistory = {
  readonly history: History;
  /** Index of the illegal event; without it, the history is valid. */
  readonly illegalAt: number;
};

const usual: PaymentOrderEvent<'PaymentOrderCreated'> = {
  ...{ type: 'PaymentOrderCreated', orderNo: 'O1', processBillNo: 'F1' },
  ...{ amountMinor: 12_800, currency: 'CNY' },
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
 * Whole histories that the machine takes, from the creation on: one event to some 45, half of them
 * 9 or more, one in ten 19 or more. What the machine refuses is left out. They shrink by leaving events out, and print one event per line with its state.
 */
export function validHistories(options: HistoryOptions = {}): Arbitrary<History> {
  const { machine } = options;
  return fc
    .tuple(creations, moveLists(options.movesMax ?? 120))
    .map(([created, drawn]) => readable(played(created, drawn, machine).history, machine));
}

/** Valid histories, each with one event put in that the machine does not take there. */
export function almostValidHistories(options: HistoryOptions = {}): Arbitrary<AlmostValidHistory> {
  const { machine } = options;
  return fc
    .tuple(creations, moveLists(options.movesMax ?? 120), fc.nat(), fc.nat())
    .map(([created, drawn, place, choice]) => {
      const { history, standings } = played(created, drawn, machine);
      const index = place % standings.length;
      const before = standings[index] ?? firstStanding(created, machine);
      const refused = refusedIn(before);
      const event = refused[choice % refused.length] ?? created;
      const altered = history.toSpliced(index + 1, 0, event);
      return { history: readable(altered, machine), illegalAt: index + 1 };
    });
}

function played(
  created: PaymentOrderEvent,
  drawn: readonly Move[],
  machine: TestedMachine | undefined,
): { readonly history: History; readonly standings: readonly Standing[] } {
  const history: PaymentOrderEvent[] = [created];
  const standings = [firstStanding(created, machine)];
  const seen = new Set<string>();
  for (const move of drawn) {
    const standing = standings.at(-1);
    const event = standing && move.event(standing.known);
    const next = event && !seen.has(contentOf(event)) && standing.next(event);
    if (!next) continue;
    if (isFactType(event.type) || isOutcomeType(event.type)) seen.add(contentOf(event));
    history.push(event);
    standings.push(next);
  }
  return { history, standings };
}

/** The same fact, or outcome of an attempt, is stored once; how long to wait is no part of it. */
function contentOf(event: PaymentOrderEvent): string {
  return JSON.stringify({ ...event, retryInMs: undefined });
}

/** What could be said next and is not taken: a creation never is, so there is always one. */
function refusedIn({ known, takes }: Standing): readonly PaymentOrderEvent[] {
  const unmade = { attempt: known.answers.length + 1, rule: 'never-made' };
  const by = 'operator-1';
  const candidates: readonly PaymentOrderEvent[] = [
    { type: 'PaymentStarted' },
    { type: 'CancelRequested' },
    { type: 'CancelRetryDue' },
    { type: 'CancelRetryRequested' },
    { type: 'CancelAbandoned' },
    { type: 'CancelResolved', resolution: 'open', evidence: 'bill', by },
    { type: 'AnomalyAcknowledged', number: known.anomalies.length + 1, by },
    { type: 'CancelConfirmed', ...unmade },
    { type: 'CancelRefused', ...unmade },
    { type: 'CancelOutcomeUnknown', ...unmade },
    { type: 'PaymentOrderCreated', orderNo: 'O2', processBillNo: 'F2' },
  ];
  return candidates.filter((event) => !takes(event));
}

/** One event per line, with its data and the state it leads to; what is not taken says so. */
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

function statesOf(history: History, machine: TestedMachine | undefined): readonly string[] {
  const [created, ...events] = history;
  let standing = firstStanding(created, machine);
  return [
    standing.state,
    ...events.map((event) => {
      const next = nextOrFault(standing, event);
      if (next === null || next instanceof Error) return next?.message ?? 'not taken';
      standing = next;
      return next.state;
    }),
  ];
}

/** A machine that runs in a circle throws; its history is to be seen all the same. */
function nextOrFault({ next }: Standing, event: PaymentOrderEvent): Standing | Error | null {
  try {
    return next(event);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The history with a way to print it that fast-check uses; compared, it is the same as before. */
function readable(history: History, machine: TestedMachine | undefined): History {
  const value = () => `\n${historyText(history, machine)}\n`;
  return Object.defineProperty(history, fc.toStringMethod, { value, enumerable: false });
}
