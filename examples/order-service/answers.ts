import { PaymentOrderError } from 'payment-order-machine';
import type { ErrorCode, Receipt } from 'payment-order-machine';
import { z } from 'zod';

/** An answer to a request: a status, and a body, which has a stable `code` for a failure. */
export type HttpAnswer = { readonly status: number; readonly body: object };

/** A rejection is an answer, not an error: 409, with the commands that would be accepted. */
export function answerOf(receipt: Receipt, whenAccepted = 200): HttpAnswer {
  switch (receipt.kind) {
    case 'accepted':
      return { status: whenAccepted, body: receipt };
    case 'duplicate':
      return { status: 200, body: receipt };
    case 'rejected':
      return { status: 409, body: receipt };
  }
}

const statuses: Partial<Record<ErrorCode, number>> = {
  'invalid-input': 400,
  'order-not-found': 404,
  'notice-not-found': 404,
  'command-id-reused': 422,
  'stream-full': 409,
  // Temporary: it is safe to repeat the request with the same Idempotency-Key.
  'store-unavailable': 503,
  'append-outcome-unknown': 503,
  'too-much-contention': 503,
  'store-closed': 503,
};

/** The answer to a thrown error; null for a fault of our own, which no caller should see. */
export function failureOf(error: unknown): HttpAnswer | null {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const field = issue?.path.join('.') ?? '';
    return { status: 400, body: { code: 'invalid-input', field, message: issue?.message } };
  }
  if (!(error instanceof PaymentOrderError)) return null;
  const status = statuses[error.code];
  if (status === undefined) return null;
  const { code, message } = error;
  // The caller knows this field by the name of the header.
  const field = error.field === 'commandId' ? 'Idempotency-Key' : error.field;
  return { status, body: { code, field, message } };
}
