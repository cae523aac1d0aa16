import {
  AccessDeniedError,
  CancelledError,
  DeadlineExceededError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  StreamNotFoundError,
  TimeoutError,
  UnavailableError,
  WrongExpectedVersionError,
  convertToCommandError,
} from '@eventstore/db-client';
import { PaymentOrderError, type ErrorCode } from '../../errors.ts';

/**
 * - final: `conflict`, `deleted` (a tombstone), `denied`, `refused` (the server does not know the
 *   call or takes it for invalid), `too-large`
 * - `absent`: there is no such stream
 * - may pass: `not-sent` (surely nothing was stored), `unknown` (it may have been)
 */
export type Verdict =
  'conflict' | 'deleted' | 'denied' | 'refused' | 'too-large' | 'absent' | 'not-sent' | 'unknown';

/** A failure of the client or the server, named. */
export type Failure = {
  readonly verdict: Verdict;
  /** What happened and what may help; holds no secret and nothing of an event. */
  readonly what: string;
  /** Waiting will not help: the URL or the server's set-up is wrong. */
  readonly misconfigured?: true;
  /** Nobody can name it: the client itself may be ill. */
  readonly unclassified?: true;
  /** The stream's last revision as the server tells it with a conflict; -1: no stream. */
  readonly head?: number;
};

/** Said by our own watchdogs, since the client's calls may never end. */
export class NoAnswer extends Error {}

/** A call or a subscription that ended although nothing is wrong. */
export class Dropped extends Error {}

const invalidArgument = 3;
const permissionDenied = 7;
const resourceExhausted = 8;
const unimplemented = 12;

const deniedHint =
  'access denied: the user or the password is wrong, or the user may not append to and read ' +
  'these streams and read $all';

/** Hints for what a connection that never came about says, the telling ones first. */
const connectionHints: readonly (readonly [RegExp, string, misconfigured: boolean])[] = [
  [
    /wrong version number|packet length too long|EPROTO/i,
    'the server does not speak TLS: a server in insecure mode needs tls=false in the URL',
    true,
  ],
  [
    /unable to verify|self.signed|unable to get (local )?issuer/i,
    "the authority behind the server's certificate is unknown: name its file with tlsCAFile",
    true,
  ],
  [
    /certificate|altnames|ERR_TLS/i,
    "the server's certificate does not fit: it is expired, or for another host",
    true,
  ],
  [/ECONNREFUSED/, 'connection refused: nothing listens there', false],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed/, 'the host name cannot be resolved', false],
  [/Server Is Not Ready/i, 'the server is not ready yet', false],
  [/Server Is Busy|Too Busy/i, 'the server is too busy', false],
];

/** Names what the client threw. Every error of the client and of gRPC passes through here. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Dropped) return { verdict: 'unknown', what: error.message };
  if (error instanceof NoAnswer) {
    return { verdict: 'unknown', what: error.message, unclassified: true };
  }
  if (!(error instanceof Error)) {
    return { verdict: 'unknown', what: 'an unknown error was thrown', unclassified: true };
  }
  if (/^Failed to discover|Channel has been shut down/.test(error.message)) {
    return { verdict: 'not-sent', what: `no node can be asked (${said(error)})` };
  }
  return failureOfCommand(converted(error));
}

/** The codes of what is final; all else is `store-unavailable`. */
const codes: Partial<Record<Verdict, ErrorCode>> = {
  deleted: 'store-corrupt',
  denied: 'store-denied',
  'too-large': 'event-too-large',
};

/** What a failure is to a caller who only read. */
export function readingError(failure: Failure, action: string, stream?: string): PaymentOrderError {
  const code = codes[failure.verdict] ?? 'store-unavailable';
  return named(code, `${action} failed: ${failure.what}`, stream);
}

/**
 * What the last failure of an append is to its caller. `inDoubt` tells whether an earlier try may
 * have been stored, which no later refusal takes back.
 */
export function appendingError(
  failure: Failure,
  inDoubt: boolean,
  stream: string,
): PaymentOrderError {
  if (failure.verdict === 'deleted') return named('store-corrupt', failure.what, stream);
  if (inDoubt || failure.verdict === 'unknown') {
    const message = `It is unknown whether the events were stored: ${failure.what}`;
    return named('append-outcome-unknown', message, stream);
  }
  const code = codes[failure.verdict] ?? 'store-unavailable';
  return named(code, `Nothing was stored: ${failure.what}`, stream);
}

function named(code: ErrorCode, message: string, stream?: string): PaymentOrderError {
  // Without a cause: the client's errors carry trailers and whatever they wrap.
  return new PaymentOrderError(code, `${message}.`, { stream });
}

function failureOfCommand(error: Error): Failure {
  if (error instanceof WrongExpectedVersionError) {
    const head = error.actualVersion === 'no_stream' ? -1 : Number(error.actualVersion);
    return { verdict: 'conflict', what: 'the stream has moved on', head };
  }
  if (error instanceof StreamNotFoundError) {
    return { verdict: 'absent', what: 'there is no such stream' };
  }
  if (error instanceof StreamDeletedError) {
    const what = 'the stream was deleted for ever (a tombstone), which must never be done to it';
    return { verdict: 'deleted', what };
  }
  if (error instanceof AccessDeniedError) {
    return { verdict: 'denied', what: deniedHint, misconfigured: true };
  }
  if (error instanceof MaxAppendSizeExceededError) {
    return { verdict: 'too-large', what: `the server takes ${error.maxAppendSize} bytes at most` };
  }
  if (error instanceof NotLeaderError) {
    const hint = 'give several hosts, or esdb+discover://, to find the leader of a cluster';
    return { verdict: 'not-sent', what: `the node is not the leader: ${hint}` };
  }
  if (error instanceof TimeoutError) {
    return { verdict: 'unknown', what: 'the server timed out while it wrote' };
  }
  if (error instanceof DeadlineExceededError) {
    return { verdict: 'unknown', what: `no answer in time (${said(error)})`, unclassified: true };
  }
  if (error instanceof CancelledError) {
    return { verdict: 'unknown', what: `the server broke off (${said(error)})` };
  }
  return error instanceof UnavailableError ? unavailable(error) : failureOfCode(error);
}

function unavailable(error: Error): Failure {
  const [, hint, misconfigured] =
    connectionHints.find(([pattern]) => pattern.test(error.message)) ?? [];
  // Said by gRPC before anything is sent, or by a server that has not begun.
  const notSent = /No connection established|Name resolution failed|Server Is|Too Busy/i;
  const verdict = notSent.test(error.message) ? 'not-sent' : 'unknown';
  const what = `${hint ?? 'the connection broke'} (${said(error)})`;
  return misconfigured === true ? { verdict, what, misconfigured } : { verdict, what };
}

function failureOfCode(error: Error): Failure {
  const code = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  const tooLarge = /larger than max|exceeds.*size|size.*exceed/i.test(error.message);
  if (code === permissionDenied) {
    return { verdict: 'denied', what: deniedHint, misconfigured: true };
  }
  if (tooLarge && (code === resourceExhausted || code === invalidArgument)) {
    return { verdict: 'too-large', what: `the server has a lower limit (${said(error)})` };
  }
  // gRPC's own words for a call that ended well and without an answer: it may have been carried out.
  const unanswered = /No message received|Too many responses/.test(error.message);
  if (code === invalidArgument || (code === unimplemented && !unanswered)) {
    const what = `the server does not take the call (${said(error)})`;
    return { verdict: 'refused', what, misconfigured: true };
  }
  return { verdict: 'unknown', what: `unexpected: ${said(error)}`, unclassified: true };
}

/** The converter reads trailers that it takes for granted; without one it throws itself. */
function converted(error: Error): Error {
  try {
    return convertToCommandError(error);
  } catch {
    return error;
  }
}

/** The error's own words, cut short and without what could forge a line of a log. */
function said(error: Error): string {
  return error.message
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 200)
    .trim();
}
