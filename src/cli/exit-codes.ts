import { errorCodes, PaymentOrderError } from '../errors.ts';
import { UsageError } from './input/usage-error.ts';

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

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  return error instanceof PaymentOrderError ? errorCodes[error.code].exitCode : exitCodes.runtime;
}
