import { invalidInput } from '../errors.ts';
import { billInstant } from '../gateway/bill-rows.ts';
import { isDay } from '../gateway/bill-wire.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';
import type { BillDays, UnreadBill } from './types.ts';

const dayMs = 86_400_000;

/** More are compared in several runs. */
const daysMax = 366;

/**
 * The days of a period, checked.
 *
 * @throws {PaymentOrderError} `invalid-input`, field `from` or `to`.
 */
export function daysOf({ from, to }: BillDays): readonly string[] {
  for (const [field, day] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (!isDay(day)) throw invalidInput(field, 'must be a day such as 2021-02-02');
  }
  if (to < from) throw invalidInput('to', 'must not be before the first day');
  const beganMs = millisecondsOf(`${from}T00:00:00Z`);
  const count = (millisecondsOf(`${to}T00:00:00Z`) - beganMs) / dayMs + 1;
  if (count > daysMax) {
    throw invalidInput('to', `must leave at most ${daysMax} days; compare fewer at a time`);
  }
  return Array.from({ length: count }, (_, at) => instantOf(beganMs + at * dayMs).slice(0, 10));
}

/** What of our side the bill must name, by its days and by what of it could be read. */
export class Expectation {
  readonly #days: Period;
  readonly #unread = new Map<string, Period[]>();

  constructor(days: BillDays) {
    this.#days = periodOf(days);
  }

  /** Of a part that could not be read, nothing is expected. */
  nothingOf({ day, type }: UnreadBill): void {
    const period = periodOf({ from: day, to: day });
    this.#unread.set(type, [...(this.#unread.get(type) ?? []), period]);
  }

  has(type: 'payment' | 'refund', at: string): boolean {
    const isIn = ([from, before]: Period) => at >= from && at < before;
    return isIn(this.#days) && !(this.#unread.get(type) ?? []).some(isIn);
  }
}

/** From the beginning of the first day to the end of the last, as instants. */
type Period = readonly [from: string, before: string];

function periodOf({ from, to }: BillDays): Period {
  const endsMs = millisecondsOf(billInstant(`${to} 00:00:00`)) + dayMs;
  return [billInstant(`${from} 00:00:00`), instantOf(endsMs)];
}
