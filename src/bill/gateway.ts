import { z } from 'zod';
import { PaymentOrderError } from '../errors.ts';
import { retold } from '../foreign-error.ts';
import type { BillRequest, CancelGateway } from '../gateway/cancel-gateway.ts';
import type { BillItem } from './types.ts';

/** What a port of anybody's gives. Its rows are read where they are counted. */
const answerSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('read'), entries: z.array(z.unknown()) }),
  z.object({
    status: z.enum(['unknown', 'unavailable']),
    rule: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  }),
]);

type Answer = z.infer<typeof answerSchema>;

type Asking = {
  readonly queryBill: NonNullable<CancelGateway['queryBill']>;
  readonly onError: (error: unknown) => void;
};

/** An item of a bill; a row is as its gateway gave it. */
export type GivenItem =
  BillItem | { readonly kind: 'given'; readonly line: number; readonly given: unknown };

/**
 * Asks a gateway for its bills, a day and a type at a time, and gives their rows one at a time; of
 * one answer all rows are held. `line` counts the rows of all answers, from 1.
 *
 * A day that cannot be read is given as `unread`. Where the call may not be made, nothing more is
 * asked, and every day that is left is `unread`.
 */
export async function* billFromGateway(
  asking: Asking,
  days: readonly string[],
): AsyncGenerator<GivenItem> {
  let line = 0;
  let refused: string | undefined;
  for (const day of days) {
    for (const type of ['payment', 'refund'] as const) {
      if (refused !== undefined) {
        yield { kind: 'unread', day, type, status: 'unavailable', rule: refused };
        continue;
      }
      const answer = await ask(asking, { day, type });
      if (answer.status === 'read') {
        for (const given of answer.entries) yield { kind: 'given', line: (line += 1), given };
      } else {
        const { status, rule } = answer;
        if (status === 'unavailable') refused = rule;
        yield { kind: 'unread', day, type, status, rule };
      }
    }
  }
}

/** Never rejects. */
async function ask({ queryBill, onError }: Asking, request: BillRequest): Promise<Answer> {
  try {
    const { data } = answerSchema.safeParse(await queryBill(request));
    if (data !== undefined) return data;
    onError(failed(request, 'returned no answer that exists'));
    return { status: 'unknown', rule: 'unreadable-answer' };
  } catch (error) {
    onError(failed(request, 'threw instead of answering', retold(error)));
    return { status: 'unknown', rule: 'query-failed' };
  }
}

function failed({ day, type }: BillRequest, what: string, cause?: Error): PaymentOrderError {
  const message =
    `bill of ${day}, ${type}: the gateway port ${what}; that part of the bill is not compared: ` +
    'correct the port, then reconcile the day again';
  return new PaymentOrderError('gateway-failed', message, { cause });
}
