/**
 * Asks the translator what a notice means, and reads its answer as what comes from outside: it may
 * throw, never answer, or give anything. Its words are bounded, and an error of its own is never
 * repeated, because it may quote the notice.
 */

import { z } from 'zod';
import { eventRoles, printable } from '../../machines/payment-order.events.ts';
import { compact } from '../compact.ts';
import { PaymentOrderError } from '../errors.ts';
import { withoutWords } from '../foreign-error.ts';
import { parseFact } from '../order/input.ts';
import type { ParsedFact } from '../order/input.ts';
import type { OrderDependencies } from '../order/transact.ts';
import { late, withinLimit } from '../runtime.ts';
import { bytesOfStored, textOf } from './body.ts';
import { problemMax } from './events.ts';
import type { Delivery, Translated } from './events.ts';
import type { NoticeState } from './notice.ts';
import type { Notice, Translate } from './types.ts';

/** What a notice means, as it is stored. */
export type Meaning =
  | { readonly kind: 'fact'; readonly translated: Translated }
  | { readonly kind: 'waits' | 'unreadable' | 'forged'; readonly problem: string };

type Dependencies = Pick<OrderDependencies, 'runtime' | 'onError'>;

/** A translator that looks into a database may hang with it, ms. */
const translatorLimitMs = 10_000;

/** What the notice means as it was delivered: as stored, or by the given delivery. */
export async function meaningOf(
  dependencies: Dependencies,
  state: NoticeState,
  translate: Translate,
  delivery: Delivery = state.delivery,
): Promise<Meaning> {
  if (state.isCut) return unreadable('the body is larger than 64 KiB');
  const body = textOf(bytesOfStored(state.body));
  if (body === null) return unreadable('the body is not UTF-8');
  const { noticeId, receivedAt, operator } = state;
  const { contentType, source, signature } = delivery;
  const about = { contentType, source, signature, orderNo: operator.orderNo };
  const notice: Notice = compact({ noticeId, body, receivedAt, ...about });
  try {
    const translated = async () => translate(notice);
    const given = await withinLimit(dependencies.runtime, translatorLimitMs, translated);
    if (given !== late) return readTranslation(given, state);
    dependencies.onError(translatorFailed(state, 'did not answer within 10 s'));
    return waits('the translator did not answer in time');
  } catch (error) {
    dependencies.onError(translatorFailed(state, 'threw an error', withoutWords(error)));
    return unreadable('the translator threw an error');
  }
}

/**
 * A translated fact as it is recorded.
 *
 * @throws {PaymentOrderError} `invalid-input`, which names the field and never its value
 */
export function factOf({ orderNo, type, fact }: Translated): ParsedFact {
  return parseFact(orderNo, type, fact);
}

const answerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('fact'),
    orderNo: z.unknown(),
    signed: printable.optional(),
    type: z.enum(eventRoles.fact),
    fact: z.record(z.string(), z.unknown()),
  }),
  z.object({ kind: z.enum(['waits', 'unreadable', 'forged']), problem: z.unknown() }),
]);

/** Reads a translation, whatever was given as one. */
export function readTranslation(given: unknown, { operator }: NoticeState): Meaning {
  const answer = answerSchema.safeParse(given);
  if (!answer.success) return unreadable('the translator gave something that is no translation');
  if (answer.data.kind !== 'fact') {
    const { kind, problem } = answer.data;
    return { kind, problem: sentence(problem) };
  }
  const { type, signed, fact } = answer.data;
  try {
    const parsed = parseFact(operator.orderNo ?? answer.data.orderNo, type, fact);
    if (Object.values(parsed.options).some((option) => option !== undefined)) {
      return unreadable('the translator gave options together with the fact');
    }
    return { kind: 'fact', translated: storable(parsed, signed) };
  } catch (error) {
    // It names the field and what is wrong with it, and never repeats the value.
    if (!(error instanceof PaymentOrderError)) throw error;
    const { field = 'input', problem = 'is invalid' } = error;
    return unreadable(sentence(`${field}: ${problem}`));
  }
}

function storable({ orderNo, fact, occurredAt }: ParsedFact, signed?: string): Translated {
  const { type, ...content } = fact;
  // A fact's fields are texts and numbers, as its schema says.
  const fields = compact({ ...content, occurredAt }) as Translated['fact'];
  return compact({ orderNo, type, fact: fields, signed });
}

function unreadable(problem: string): Meaning {
  return { kind: 'unreadable', problem };
}

function waits(problem: string): Meaning {
  return { kind: 'waits', problem };
}

/** A problem on one line, whatever the translator gave. */
function sentence(problem: unknown): string {
  const text = typeof problem === 'string' ? problem.slice(0, 2 * problemMax).toWellFormed() : '';
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.slice(0, problemMax).toWellFormed() || 'the translator named no problem';
}

function translatorFailed(
  { stream, noticeId }: NoticeState,
  what: string,
  cause?: Error,
): PaymentOrderError {
  const message =
    `stream ${stream}: the translator ${what}; the notice is kept: mend the translator, then ` +
    `retry notice ${noticeId}`;
  return new PaymentOrderError('translator-failed', message, { stream, cause });
}
