import { PaymentOrderError } from '../../errors.ts';
import type { SentError } from '../../sent-error.ts';
import { receivedError, sentError } from '../../sent-error.ts';
import { UsageError } from '../input/arguments.ts';

/** What a thread says of some orders: the results up to the first that it could not give. */
export type Answer<Result> = {
  readonly results: readonly Result[];
  readonly failure: Failure | null;
};

/** What comes, up to an error. */
export async function answerOf<Result>(all: AsyncIterable<Result>): Promise<Answer<Result>> {
  const results: Result[] = [];
  try {
    for await (const result of all) results.push(result);
    return { results, failure: null };
  } catch (error) {
    return { results, failure: failureOf(error) };
  }
}

/** An error as it passes from one thread to another. */
export type Failure =
  | { readonly kind: 'operating'; readonly error: SentError }
  | { readonly kind: 'usage'; readonly message: string }
  | { readonly kind: 'unexpected'; readonly message: string }
  | { readonly kind: 'not-an-error' };

export function failureOf(error: unknown): Failure {
  if (error instanceof PaymentOrderError) return { kind: 'operating', error: sentError(error) };
  if (!(error instanceof Error)) return { kind: 'not-an-error' };
  const { message } = error;
  return { kind: error instanceof UsageError ? 'usage' : 'unexpected', message };
}

/** The error again. What the command prints of it is as where it was thrown. */
export function errorOf(failure: Failure): unknown {
  switch (failure.kind) {
    case 'operating':
      return receivedError(failure.error);
    case 'usage':
      return new UsageError(failure.message);
    case 'unexpected':
      return new Error(failure.message);
    case 'not-an-error':
      return failure;
  }
}
