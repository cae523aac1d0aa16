/** What the two sides of the writing thread send each other. An error crosses it as plain data. */

import { PaymentOrderError, type ErrorDetails } from '../../errors.ts';
import type { Batch } from '../batch.ts';
import type { AppendResult } from '../event-store.ts';
import type { FileIdentity } from './file-identity.ts';

export type ThreadInput = {
  /** As messages name it. A thread has the working directory of its process. */
  readonly path: string;
  readonly identity: FileIdentity;
};

export type SentAppend = {
  readonly number: number;
  readonly stream: string;
  readonly batch: Batch;
  readonly expected: number;
  /** How long it waited before it was sent. */
  readonly waitedMs: number;
};

export type ToThread = readonly SentAppend[] | 'close';

export type Answer =
  | { readonly number: number; readonly result: AppendResult }
  | { readonly number: number; readonly error: SentError };

/** The answers of one commit. None of any, once: the thread has opened the file. */
export type FromThread = readonly Answer[];

export type SentError = Pick<PaymentOrderError, 'code' | 'message'> & {
  readonly details: Omit<ErrorDetails, 'cause'>;
  readonly cause: SentCause | undefined;
};

type SentCause = {
  readonly message: string;
  /** What Node and SQLite say of it. */
  readonly fields: Readonly<Record<string, string | number>>;
};

const causeFields = ['code', 'errcode', 'errstr'] as const;

export function sentError(error: PaymentOrderError): SentError {
  const { code, message, stream, revision, field, problem, position, found, cause } = error;
  const details = { stream, revision, field, problem, position, found };
  return { code, message, details, cause: cause instanceof Error ? sentCause(cause) : undefined };
}

function sentCause(cause: Error): SentCause {
  const fields: Record<string, string | number> = {};
  for (const name of causeFields) {
    const value: unknown = Object.getOwnPropertyDescriptor(cause, name)?.value;
    if (typeof value === 'string' || typeof value === 'number') fields[name] = value;
  }
  return { message: cause.message, fields };
}

export function receivedError({ code, message, details, cause }: SentError): PaymentOrderError {
  if (cause === undefined) return new PaymentOrderError(code, message, details);
  const rebuilt = Object.assign(new Error(cause.message), cause.fields);
  return new PaymentOrderError(code, message, { ...details, cause: rebuilt });
}
