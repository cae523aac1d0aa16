/** What the platform's call looks like on the wire: its parameters, its envelope, its answer. */

import { z } from 'zod';
import { invalidInput } from '../errors.ts';
import type { PaymentOrderError } from '../errors.ts';
import type { CancelRequest } from './cancel-gateway.ts';
import { identifierCharactersMax, reasonCharactersMax } from './limits.ts';

export const cancelApiCode = 'payment.order.cancel';

export function isAppId(given: string): boolean {
  return /^[A-Za-z0-9]{16}$/.test(given);
}

/** Text that a parameter may hold. The platform refuses empty parameters. */
export const text = (charactersMax: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(charactersMax, `must have at most ${charactersMax} characters`)
    .refine((given) => given.isWellFormed(), 'must not hold a lone surrogate');

/** The business parameters of the call. */
export const cancelParamsSchema = z.object({
  etc_process_bill_no: text(identifierCharactersMax),
  etc_order_no: text(identifierCharactersMax),
  reason: text(reasonCharactersMax).optional(),
});
export type CancelParams = z.infer<typeof cancelParamsSchema>;

/** The body of a request. `params` has its own schema and is checked after the signature. */
export const requestEnvelopeSchema = z.object({
  appId: z.string().max(64),
  nonce: z.string().max(64),
  timestamp: z.int(),
  sign: z.string().max(4096),
  apiCode: z.string().max(128),
  params: z.record(z.string(), z.unknown()),
});
export type RequestEnvelope = z.infer<typeof requestEnvelopeSchema>;

/**
 * The body of an answer. What decides is never coerced; the bounds keep a card number out of the
 * code. The other two are evidence, so no form of theirs costs the answer.
 */
export const answerEnvelopeSchema = z.object({
  requestId: z.unknown().optional(),
  responseCode: z.string().min(1).max(12),
  responseMsg: z.unknown().optional(),
  data: z.unknown().optional(),
});
export type AnswerEnvelope = z.infer<typeof answerEnvelopeSchema>;

/**
 * Names the parameters of one cancel as the platform does. An empty reason is left out, because
 * the platform refuses empty parameters.
 *
 * @throws {PaymentOrderError} `invalid-input` with the field, before anything is sent.
 */
export function cancelParams(
  request: Pick<CancelRequest, 'orderNo' | 'processBillNo' | 'reason'>,
): CancelParams {
  const result = cancelParamsSchema.safeParse({
    etc_process_bill_no: request.processBillNo,
    etc_order_no: request.orderNo,
    reason: request.reason === '' ? undefined : request.reason,
  });
  if (result.success) return result.data;
  throw invalidParameter(result.error);
}

/** The error of a parameter that the platform would refuse, by the name that our callers know. */
export function invalidParameter({ issues: [issue] }: z.ZodError): PaymentOrderError {
  const name = issue?.path[0];
  const field = name === 'etc_order_no' ? 'orderNo' : null;
  const other = name === 'etc_process_bill_no' ? 'processBillNo' : 'reason';
  return invalidInput(field ?? other, String(issue?.message));
}

/** Drops one byte order mark. */
export const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads an uncompressed body: valid UTF-8, also after a byte order mark, JSON without duplicate
 * keys, an envelope's shape.
 */
export function readAnswer(body: Buffer): AnswerEnvelope | 'unreadable' | 'not-an-envelope' {
  let json: unknown;
  try {
    const text = utf8.decode(body);
    json = parseAsWritten(text);
    if (hasDuplicateKeys(text)) return 'unreadable';
  } catch {
    return 'unreadable';
  }
  return answerEnvelopeSchema.safeParse(json).data ?? 'not-an-envelope';
}

/** An answer with what its data says to the one who asked, or why it is none. */
export type Answer<Data extends object> =
  'unreadable' | 'not-an-envelope' | { readonly envelope: AnswerEnvelope; readonly data: Data };

/** Reads a body, and with `dataOf` the data in it. */
export function answerOf<Data extends object>(
  body: Buffer,
  dataOf: (data: unknown) => Data,
): Answer<Data> {
  const envelope = readAnswer(body);
  return typeof envelope === 'string' ? envelope : { envelope, data: dataOf(envelope.data) };
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const keptAsWritten = ['requestId', 'pay_amt'];

/** Ids and amounts may be numbers that JavaScript would round: they are kept as they were written. */
function parseAsWritten(text: string): unknown {
  const json: unknown = JSON.parse(text);
  const holdsNumber =
    typeof fieldOf(json, 'requestId') === 'number' ||
    typeof fieldOf(fieldOf(json, 'data'), 'pay_amt') === 'number';
  if (!holdsNumber) return json;
  // TypeScript's own types do not know the third parameter yet.
  const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
  return parse(text, (key, value, { source }) =>
    keptAsWritten.includes(key) && typeof value === 'number' ? source : value,
  );
}

/** No schema: most answers hold neither number, and a schema that refuses costs ten times as much. */
function fieldOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
}

const cancelResultSchema = z.object({ cancel_result: z.boolean() });

/** Reads `data.cancel_result`; only the two booleans count. */
export function cancelResultOf(data: unknown): 'true' | 'false' | 'other' {
  const shape = cancelResultSchema.safeParse(data);
  if (!shape.success) return 'other';
  return shape.data.cancel_result ? 'true' : 'false';
}

/**
 * Whether an object in this valid JSON text has the same key twice. `JSON.parse` keeps the last
 * one; the platform or a proxy may have meant the first.
 */
export function hasDuplicateKeys(json: string): boolean {
  /** The keys seen in each open object; null for an array. */
  const open: (Set<string> | null)[] = [];
  /** Where the next string is a key: the keys that it must differ from. */
  let others: Set<string> | null = null;
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g)) {
    if (token.startsWith('"')) {
      if (others === null) continue;
      const name = String(JSON.parse(token));
      if (others.has(name)) return true;
      others.add(name);
      others = null;
    } else if (token === ',') others = open.at(-1) ?? null;
    else if (token === '{' || token === '[') {
      others = token === '{' ? new Set() : null;
      open.push(others);
    } else open.pop();
  }
  return false;
}
