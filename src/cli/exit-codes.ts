import { PaymentOrderError } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';
import { UsageError } from './usage-error.ts';

/** What the command ends with. Scripts build on these numbers. */
export const exitCodes = {
  ok: 0,
  runtime: 1,
  usage: 2,
  integrity: 3,
  replayDivergence: 4,
  notFound: 5,
  storeUnavailable: 6,
  rejected: 7,
} as const;

const { runtime, usage, integrity, replayDivergence, notFound, storeUnavailable } = exitCodes;

/** Every code is decided here: a new one does not compile until it is. */
const exitCodeOfError: Readonly<Record<ErrorCode, number>> = {
  'invalid-input': usage,
  'command-id-reused': usage,
  'gateway-not-configured': usage,
  'invalid-gateway-url': usage,
  'invalid-private-key': usage,
  'invalid-store-url': usage,
  'order-not-found': notFound,
  'store-unavailable': storeUnavailable,
  'store-denied': storeUnavailable,
  'store-read-only': storeUnavailable,
  'append-outcome-unknown': storeUnavailable,
  'store-not-ours': storeUnavailable,
  'store-newer': storeUnavailable,
  'store-closed': storeUnavailable,
  'store-corrupt': integrity,
  'unknown-event-type': integrity,
  'unknown-schema-version': integrity,
  'invalid-event': integrity,
  'not-contiguous': integrity,
  'illegal-history': integrity,
  'replay-divergence': replayDivergence,
  'gateway-failed': runtime,
  'event-too-large': runtime,
  'stream-full': runtime,
  'too-much-contention': runtime,
  'unsupported-machine': runtime,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return usage;
  return error instanceof PaymentOrderError ? exitCodeOfError[error.code] : runtime;
}
