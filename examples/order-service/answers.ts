import { PaymentOrderError } from 'payment-order-machine';
import type { ErrorCode, Receipt } from 'payment-order-machine';
import { z } from 'zod';

/** What is answered to a request: a status, and a body with a stable `code` where it failed. */
export type Answered = { readonly status: number; readonly body: object };

/** A rejection is an answer, not an error: 409, with what would be accepted instead. */
export function answerOf(receipt: Receipt, whenAccepted = 200): Answered {
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
  'command-id-reused': 422,
  'stream-full': 409,
  // May pass: the same request with the same Idempotency-Key is safe to repeat.
  'store-unavailable': 503,
  'append-outcome-unknown': 503,
  'too-much-contention': 503,
  'store-closed': 503,
};

/** What a thrown error is to a caller; null for one that is our own fault and nobody's business. */
export function failureOf(error: unknown): Answered | null {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const field = issue?.path.join('.') ?? '';
    return { status: 400, body: { code: 'invalid-input', field, message: issue?.message } };
  }
  if (!(error instanceof PaymentOrderError)) return null;
  const status = statuses[error.code];
  if (status === undefined) return null;
  const { code, message } = error;
  // The module calls it by its own name, the caller by the header's.
  const field = error.field === 'commandId' ? 'Idempotency-Key' : error.field;
  return { status, body: { code, field, message } };
}
