import { z } from 'zod';
import { PaymentOrderError } from '../errors.ts';
import type { CancelRequest } from './cancel-gateway.ts';

export const cancelApiCode = 'payment.order.cancel';

const wellFormed = z.string().refine((text) => text.isWellFormed(), 'holds a lone surrogate');

/** The business parameters of the call. Lengths in UTF-16 code units. */
export const cancelParamsSchema = z.object({
  etc_process_bill_no: wellFormed.min(1).max(32),
  etc_order_no: wellFormed.min(1).max(32),
  reason: wellFormed.min(1).max(512).optional(),
});
export type CancelParams = z.infer<typeof cancelParamsSchema>;

/** What is posted. `params` is checked by its own schema, after the signature. */
export const requestEnvelopeSchema = z.object({
  appId: z.string().max(64),
  nonce: z.string().max(64),
  timestamp: z.int(),
  sign: z.string().max(4096),
  apiCode: z.string().max(128),
  params: z.record(z.string(), z.unknown()),
});
export type RequestEnvelope = z.infer<typeof requestEnvelopeSchema>;

/** What comes back. Nothing is coerced; the bounds keep a card number out of the code. */
export const answerEnvelopeSchema = z.object({
  requestId: z.string().max(64).nullish(),
  responseCode: z.string().min(1).max(12),
  responseMsg: z.string().nullish(),
  data: z.unknown().optional(),
});
export type AnswerEnvelope = z.infer<typeof answerEnvelopeSchema>;

/**
 * The parameters of one cancel. An empty reason is not sent: the platform refuses empty
 * parameters. Throws `invalid-input` with the field, before anything is sent.
 */
export function cancelParams(request: CancelRequest): CancelParams {
  const reason = request.reason === '' ? undefined : request.reason;
  const result = cancelParamsSchema.safeParse({
    etc_process_bill_no: request.processBillNo,
    etc_order_no: request.orderNo,
    ...(reason === undefined ? {} : { reason }),
  });
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = fieldOf(issue?.path[0]);
  throw new PaymentOrderError('invalid-input', `${field}: ${String(issue?.message)}`, {
    field,
  });
}

function fieldOf(name: PropertyKey | undefined): string {
  if (name === 'etc_order_no') return 'orderNo';
  return name === 'etc_process_bill_no' ? 'processBillNo' : 'reason';
}

/** An answer's body, read without guessing. */
export type AnswerRead =
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'not-an-envelope' }
  | { readonly kind: 'envelope'; readonly envelope: AnswerEnvelope };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a body: identity encoding, valid UTF-8, JSON without duplicate keys, the envelope's shape. */
export function readAnswer(body: Buffer, contentEncoding: string | undefined): AnswerRead {
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') {
    return { kind: 'unreadable' };
  }
  let json: unknown;
  try {
    const text = utf8.decode(body);
    json = JSON.parse(text);
    if (hasDuplicateKeys(text)) return { kind: 'unreadable' };
  } catch {
    return { kind: 'unreadable' };
  }
  const result = answerEnvelopeSchema.safeParse(json);
  return result.success ? { kind: 'envelope', envelope: result.data } : { kind: 'not-an-envelope' };
}

const cancelResultSchema = z.object({ cancel_result: z.boolean() });

/** What `data.cancel_result` says: only the two booleans count. */
export function cancelResultOf(data: unknown): 'true' | 'false' | 'other' {
  const shape = cancelResultSchema.safeParse(data);
  if (!shape.success) return 'other';
  return shape.data.cancel_result ? 'true' : 'false';
}

/**
 * Whether an object in this JSON text, already known to be valid, names a member twice.
 * `JSON.parse` keeps the last one; the platform or a proxy may have meant the first.
 */
export function hasDuplicateKeys(json: string): boolean {
  /** Of each object that is open the names seen; null for an array. */
  const open: (Set<string> | null)[] = [];
  /** Where the next text is a name: the names it must differ from. */
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
