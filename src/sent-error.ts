/** An error as plain data: on its way from one thread to another it would lose its class and fields. */

import { PaymentOrderError, type ErrorDetails } from './errors.ts';

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
