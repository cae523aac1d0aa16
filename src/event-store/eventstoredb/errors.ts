/**
 * What an error of the client means. The client names few of them: timeouts, lost connections and
 * broken authorities all arrive as UNAVAILABLE, some errors are raw ones of gRPC, and its converter
 * throws where a trailer is missing. Whatever is not surely final or surely not sent is `unknown`:
 * the events may have been stored.
 */

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
import { escapeForTerminal } from '../../text.ts';
import { placeOf, storeClosed } from '../errors.ts';
import { invalidPosition } from '../inputs.ts';
import { targetName, type Target } from './url.ts';

/**
 * - final: `conflict`, `deleted` (a tombstone), `denied`, `refused` (the server does not know the
 *   call or takes it for invalid), `too-large`
 * - `absent`: there is no such stream
 * - `no-place`: no record begins at this position, as after a backup was restored
 * - passing: `not-sent` (surely nothing was stored), `unknown` (it may have been)
 */
export type Verdict =
  | 'conflict'
  | 'deleted'
  | 'denied'
  | 'refused'
  | 'too-large'
  | 'absent'
  | 'no-place'
  | 'not-sent'
  | 'unknown';

/** A classified failure of the client or the server. */
export type Failure = {
  readonly verdict: Verdict;
  /** What happened and what may help. Contains no secret and nothing of an event. */
  readonly reason: string;
  /** Waiting will not help: the URL or the server's set-up is wrong. */
  readonly misconfigured?: boolean | undefined;
  /** No server answered, and nothing says why: its address may be right and its protocol wrong. */
  readonly unanswered?: boolean | undefined;
  /** Of no known kind: the client itself may be broken. */
  readonly unclassified?: true;
  /** For a conflict: the stream's last revision on the server; -1: no stream. */
  readonly head?: number;
};

/** Thrown by our own watchdogs, since calls of the client may never end. */
export class NoAnswer extends Error {}

/** A subscription ended although nothing is wrong. */
export class Dropped extends Error {}

const invalidArgument = 3;
const permissionDenied = 7;
const resourceExhausted = 8;
const unimplemented = 12;

const denied: Failure = {
  verdict: 'denied',
  reason:
    'access denied: the user or the password is wrong, or the user lacks the right to read $all, ' +
    'or to read and append to these streams',
  misconfigured: true,
};

/** Hints for connections that could not be made, the specific ones first. */
const connectionHints: readonly (readonly [RegExp, string, misconfigured: boolean])[] = [
  [
    /wrong version number|packet length too long|EPROTO/i,
    'the server does not speak TLS: a server in insecure mode needs tls=false in the URL',
    true,
  ],
  [
    /unable to verify|self.signed|unable to get (local )?issuer/i,
    "the authority that signed the server's certificate is unknown: give its file with tlsCAFile",
    true,
  ],
  [
    /certificate|altnames|ERR_TLS/i,
    "the server's certificate is expired or for another host",
    true,
  ],
  [/ECONNREFUSED/, 'connection refused: no server is listening there', false],
  [/ENOTFOUND|EAI_AGAIN|Name resolution failed/, 'the host name cannot be resolved', false],
  [/Server Is Not Ready/i, 'the server is not ready yet', false],
  [/Server Is Busy|Too Busy/i, 'the server is too busy', false],
];

/** What gRPC says itself. Any other message of this status is the answer of a server. */
const brokenConnection =
  /No connection established|Failed to connect|Connection dropped|RST_STREAM|read E[A-Z]+/;

/** Classifies an error. Every error of the client and of gRPC passes through here. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Dropped) return { verdict: 'unknown', reason: error.message };
  if (error instanceof NoAnswer) {
    return { verdict: 'unknown', reason: error.message, unclassified: true, unanswered: true };
  }
  if (!(error instanceof Error)) {
    return { verdict: 'unknown', reason: 'an unknown error was thrown', unclassified: true };
  }
  if (/^Failed to discover|Channel has been shut down/.test(error.message)) {
    return { verdict: 'not-sent', reason: `no node can be asked (${excerpt(error)})` };
  }
  return failureOfCommand(converted(error));
}

/** Whether the same call may succeed later. */
export function isPassing({ verdict }: Failure): boolean {
  return verdict === 'unknown' || verdict === 'not-sent';
}

/** The codes of final failures; all others are `store-unavailable`. */
const codes: Partial<Record<Verdict, ErrorCode>> = {
  deleted: 'store-corrupt',
  denied: 'store-denied',
  'too-large': 'event-too-large',
};

/** A failure to a caller who only read. */
export function readError(
  { verdict, reason }: Failure,
  action: string,
  stream?: string,
): PaymentOrderError {
  if (verdict === 'no-place') return invalidPosition();
  const code = codes[verdict] ?? 'store-unavailable';
  return new PaymentOrderError(code, `${action} failed: ${reason}`, { stream });
}

/** A failure to a caller who appended. Without a cause: it could hold events and trailers. */
export function appendError({ verdict, reason }: Failure, stream: string): PaymentOrderError {
  const isUnknown = verdict === 'unknown';
  const code = isUnknown ? 'append-outcome-unknown' : (codes[verdict] ?? 'store-unavailable');
  const outcome = isUnknown ? 'it is unknown whether the events were stored' : 'nothing was stored';
  return new PaymentOrderError(code, `${placeOf(stream)}: ${reason}; ${outcome}`, { stream });
}

export function closed(): PaymentOrderError {
  return storeClosed('EventStoreDB');
}

function failureOfCommand(error: Error): Failure {
  if (error instanceof WrongExpectedVersionError) {
    const head = error.actualVersion === 'no_stream' ? -1 : Number(error.actualVersion);
    return { verdict: 'conflict', reason: 'the stream has moved on', head };
  }
  if (error instanceof StreamNotFoundError) {
    return { verdict: 'absent', reason: 'there is no such stream' };
  }
  if (error instanceof StreamDeletedError) {
    const reason = 'the stream was deleted with a tombstone; never delete a payment order stream';
    return { verdict: 'deleted', reason };
  }
  if (error instanceof AccessDeniedError) return denied;
  if (error instanceof MaxAppendSizeExceededError) {
    const reason = `the server takes ${error.maxAppendSize} bytes at most`;
    return { verdict: 'too-large', reason };
  }
  if (error instanceof NotLeaderError) {
    const hint = 'give several hosts, or esdb+discover://, to find the leader of a cluster';
    return { verdict: 'not-sent', reason: `the node is not the leader: ${hint}` };
  }
  if (error instanceof TimeoutError) {
    return { verdict: 'unknown', reason: 'the server timed out while writing' };
  }
  if (error instanceof DeadlineExceededError) {
    const reason = `no answer in time (${excerpt(error)})`;
    return { verdict: 'unknown', reason, unclassified: true };
  }
  if (error instanceof CancelledError) {
    return { verdict: 'unknown', reason: `the server cancelled the call (${excerpt(error)})` };
  }
  return error instanceof UnavailableError ? unavailable(error) : failureOfCode(error);
}

function unavailable(error: Error): Failure {
  const [, hint, misconfigured] =
    connectionHints.find(([pattern]) => pattern.test(error.message)) ?? [];
  // From gRPC before anything is sent, or from a server that has not started yet.
  const notSent = /No connection established|Name resolution failed|Server Is|Too Busy/i;
  const verdict = notSent.test(error.message) ? 'not-sent' : 'unknown';
  const isBroken = brokenConnection.test(error.message);
  const problem = hint ?? (isBroken ? 'the connection broke' : 'the server is unavailable');
  const unanswered = hint === undefined && isBroken;
  return { verdict, reason: `${problem} (${excerpt(error)})`, misconfigured, unanswered };
}

function failureOfCode(error: Error): Failure {
  const code = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  const tooLarge = /larger than max|exceeds.*size|size.*exceed/i.test(error.message);
  if (code === permissionDenied) return denied;
  if (tooLarge && (code === resourceExhausted || code === invalidArgument)) {
    return { verdict: 'too-large', reason: `the server has a lower limit (${excerpt(error)})` };
  }
  // Servers before 25 name their own result instead, with no code that says it.
  if (/invalid ?position/i.test(error.message)) {
    return { verdict: 'no-place', reason: 'no event begins at this position' };
  }
  // gRPC's messages for a call that ended with OK and no answer: it may have been carried out.
  const unanswered = /No message received|Too many responses/.test(error.message);
  if (code === invalidArgument || (code === unimplemented && !unanswered)) {
    const reason = `the server rejects the call (${excerpt(error)})`;
    return { verdict: 'refused', reason, misconfigured: true };
  }
  return { verdict: 'unknown', reason: `unexpected: ${excerpt(error)}`, unclassified: true };
}

/** The converter throws where a trailer is missing. */
function converted(error: Error): Error {
  try {
    return convertToCommandError(error);
  } catch {
    return error;
  }
}

/** The error's own message, shortened and on one line. */
function excerpt(error: Error): string {
  return escapeForTerminal(error.message.slice(0, 200)).trim();
}

/** The server was not reached when the store was opened, with what may help. */
export function unreachable(target: Target, failure: Failure): PaymentOrderError {
  const { verdict, reason, unanswered } = failure;
  const mayNeedTls = !target.tls && unanswered === true;
  const hint = mayNeedTls ? '; a server that speaks TLS needs a URL without tls=false' : '';
  const code = verdict === 'denied' ? 'store-denied' : 'store-unavailable';
  return new PaymentOrderError(code, `cannot reach ${targetName(target)}: ${reason}${hint}`);
}
