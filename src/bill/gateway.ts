import { z } from 'zod';
import { invalidInput } from '../errors.ts';
import { isDay } from '../gateway/bill-wire.ts';
import type { BillEntry, BillType, CancelGateway } from '../gateway/cancel-gateway.ts';
import { parseInput, valueThat } from '../parse.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';

/** Days in China, both included, `2021-02-02`. */
export type BillDays = { readonly from: string; readonly to: string };

/** A part of a bill that could not be read. What it may list is then not known. */
export type UnreadBill = {
  readonly kind: 'unread';
  readonly day: string;
  readonly type: BillType;
  readonly status: 'unknown' | 'unavailable';
  /** The rule that classified the answer; see `billRules`. */
  readonly rule: string;
};

/** What a reader of bills gives. */
export type BillItem = BillEntry | UnreadBill;

export const daysSchema: z.ZodType<BillDays> = z.strictObject({ from: z.string(), to: z.string() });

const gatewaySchema = valueThat<Required<Pick<CancelGateway, 'queryBill'>>>((given) => {
  const isPort = typeof given === 'object' && given !== null;
  const gives = isPort && typeof Reflect.get(given, 'queryBill') === 'function';
  return gives ? null : 'gives no bills';
});

/** More are compared in several runs. */
const daysMax = 366;

/**
 * Asks a gateway for its bills, a day and a type at a time, and gives their rows one at a time; of
 * one answer all rows are held. `line` counts the rows of all answers, from 1.
 *
 * A day that cannot be read is given as `unread`. Where the call may not be made, nothing more is
 * asked, and every day that is left is `unread`.
 *
 * @param days - At most 366.
 * @throws {PaymentOrderError} `invalid-input`, field `gateway`, `from` or `to`.
 * @example
 * const days = { from: '2021-02-01', to: '2021-02-28' };
 * for await (const item of billFromGateway(gateway, days)) console.log(item.kind);
 */
export async function* billFromGateway(
  gateway: Pick<CancelGateway, 'queryBill'>,
  days: BillDays,
): AsyncGenerator<BillItem> {
  const port = parseInput(gatewaySchema, gateway, 'gateway');
  let line = 0;
  let refused: string | undefined;
  for (const day of daysOf(parseInput(daysSchema, days))) {
    for (const type of ['payment', 'refund'] as const) {
      if (refused !== undefined) {
        yield { kind: 'unread', day, type, status: 'unavailable', rule: refused };
        continue;
      }
      const answer = await port.queryBill({ day, type });
      if (answer.status === 'read') {
        for (const entry of answer.entries) yield { ...entry, line: (line += 1) };
      } else {
        const { status, rule } = answer;
        if (status === 'unavailable') refused = rule;
        yield { kind: 'unread', day, type, status, rule };
      }
    }
  }
}

const dayMs = 86_400_000;

/** The days of a period, checked. */
export function daysOf({ from, to }: BillDays): readonly string[] {
  for (const [field, day] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (!isDay(day)) throw invalidInput(field, 'must be a day such as 2021-02-02');
  }
  if (to < from) throw invalidInput('to', 'must not be before from');
  const beganMs = millisecondsOf(`${from}T00:00:00Z`);
  const count = (millisecondsOf(`${to}T00:00:00Z`) - beganMs) / dayMs + 1;
  if (count > daysMax) throw invalidInput('to', `must be at most ${daysMax} days after from`);
  return Array.from({ length: count }, (_, at) => instantOf(beganMs + at * dayMs).slice(0, 10));
}
