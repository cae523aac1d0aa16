/**
 * Sends one cancel call, and gives its one outcome.
 *
 * A payment call must never run twice unseen, so a request is written at most once, on a connection
 * that was established and verified before, and nothing below this file resends, redirects or
 * queues. Until the first byte is sent, every failure is certainly 'not executed'. From then on
 * every failure is 'outcome unknown', also a reset connection: the platform may have read the
 * request. What was sent and received is kept as evidence.
 */

import type { KeyObject } from 'node:crypto';
import type { Runtime } from '../runtime.ts';
import { instantOf } from '../runtime.ts';
import { sha256 } from '../text.ts';
import type { AttemptEvidence, CancelOutcome, CancelRequest } from './cancel-gateway.ts';
import { classify } from './classification.ts';
import type { BeforeSending, Seen } from './classification.ts';
import type { Connection, Connections } from './connections.ts';
import { decoded } from './content-coding.ts';
import { answerEvidence } from './evidence.ts';
import { exchange } from './exchange.ts';
import type { Exchanged } from './exchange.ts';
import type { Limits } from './limits.ts';
import { newNonce, sign, signingString } from './signing.ts';
import { cancelApiCode, cancelParams, cancelResultOf, readAnswer } from './wire.ts';
import type { CancelParams, RequestEnvelope } from './wire.ts';

/** What all attempts of one gateway share. */
export type AttemptContext = Limits & {
  readonly runtime: Runtime;
  readonly connections: Connections;
  readonly hostHeader: string;
  readonly path: string;
  readonly appId: string;
  readonly privateKey: KeyObject;
  readonly insecureTransport: boolean;
};

type Evidence = Omit<AttemptEvidence, 'rule' | 'durationMs' | 'insecureTransport'>;
type AttemptResult = { readonly seen: Seen; readonly evidence: Evidence };

/**
 * Makes one attempt: connects, signs, asks whether it may still send, sends once, reads once and
 * classifies. It connects first, so that the timestamp is fresh and no byte is sent before the
 * question.
 */
export async function attempt(
  context: AttemptContext,
  request: CancelRequest,
  maySend: () => boolean,
): Promise<CancelOutcome> {
  const { runtime } = context;
  const params = cancelParams(request);
  const startedMs = runtime.monotonicMs();
  const connectLimit = abortAfter(runtime, context.connectMs);
  const attemptLimit = abortAfter(runtime, context.attemptMs);
  let result: AttemptResult;
  try {
    const connection = await context.connections.take(connectLimit.signal);
    connectLimit.stop();
    result =
      typeof connection === 'string'
        ? notSent(connection)
        : await sendOver(context, connection, params, maySend, attemptLimit.signal);
  } finally {
    connectLimit.stop();
    attemptLimit.stop();
  }
  return {
    ...classify(result.seen),
    durationMs: Math.max(0, Math.round(runtime.monotonicMs() - startedMs)),
    ...result.evidence,
    insecureTransport: context.insecureTransport ? true : undefined,
  };
}

/** A signal that aborts after `ms`, unless it is stopped before. */
function abortAfter(
  runtime: Pick<Runtime, 'setTimer'>,
  ms: number,
): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const stop = runtime.setTimer(ms, () => {
    controller.abort();
  });
  return { signal: controller.signal, stop };
}

async function sendOver(
  context: AttemptContext,
  { socket, reused }: Connection,
  params: CancelParams,
  maySend: () => boolean,
  signal: AbortSignal,
): Promise<AttemptResult> {
  let reusable = false;
  try {
    const { nonce, timestamp, body } = await signedRequest(context, params);
    if (socket.destroyed) return notSent('connection-lost');
    // An attempt that took its whole limit to get here has no time left for an answer.
    if (signal.aborted || !maySend()) {
      reusable = true;
      return notSent('not-allowed');
    }
    const sentAt = instantOf(context.runtime.now());
    const sent: Evidence = { sentAt, nonce, timestamp, requestSha256: sha256(body) };
    const { hostHeader, path, answerBytesMax } = context;
    const exchanged = await exchange(socket, { hostHeader, path, body, answerBytesMax }, signal);
    const result = read(exchanged, reused, context);
    reusable = leavesReusable(exchanged, result.seen);
    return { seen: result.seen, evidence: { ...sent, ...result.evidence } };
  } finally {
    if (reusable) context.connections.giveBack(socket);
    else socket.destroy();
  }
}

async function signedRequest(
  { runtime, appId, privateKey, clockAllowanceMs }: AttemptContext,
  params: CancelParams,
): Promise<{ nonce: string; timestamp: number; body: string }> {
  // A little in the past: the platform refuses a timestamp ahead of its own clock, even by 1 ms.
  const timestamp = Math.max(0, Math.trunc(runtime.now()) - clockAllowanceMs);
  const nonce = newNonce(runtime);
  const fields = { appId, nonce, timestamp, apiCode: cancelApiCode };
  const signature = await sign(signingString(fields, params), privateKey);
  const envelope: RequestEnvelope = { ...fields, sign: signature, params };
  return { nonce, timestamp, body: JSON.stringify(envelope) };
}

function read(exchanged: Exchanged, reusedConnection: boolean, limits: Limits): AttemptResult {
  if (exchanged.kind === 'failed') {
    const { phase, failure, httpStatus } = exchanged;
    return { seen: { phase, failure, reusedConnection }, evidence: { httpStatus } };
  }
  const { httpStatus, body, contentEncoding } = exchanged;
  const received = { httpStatus, answerSha256: sha256(body) };
  const content = decoded(body, contentEncoding, limits.answerBytesMax);
  // As if it had come so without compression.
  if (content === 'truncated' || content === 'too-large') {
    const failure = content === 'truncated' ? 'lost' : 'too-large';
    return { seen: { phase: 'head', failure, reusedConnection }, evidence: received };
  }
  const answer = content === 'unreadable' ? content : readAnswer(content);
  if (typeof answer === 'string') {
    return { seen: { phase: 'answered', httpStatus, body: answer }, evidence: received };
  }
  return {
    seen: {
      phase: 'answered',
      httpStatus,
      body: 'envelope',
      responseCode: answer.responseCode,
      cancelResult: cancelResultOf(answer.data),
      // Each attempt draws its own nonce and is written once, on one connection.
      maybeSentTwice: false,
    },
    evidence: { ...received, ...answerEvidence(answer, limits.responseMsgCharactersMax) },
  };
}

/** Anything unusual costs the connection. */
function leavesReusable(exchanged: Exchanged, seen: Seen): boolean {
  return (
    exchanged.kind === 'answered' &&
    exchanged.connectionUsable &&
    seen.phase === 'answered' &&
    seen.httpStatus === 200 &&
    seen.body === 'envelope'
  );
}

function notSent(failure: BeforeSending): AttemptResult {
  return { seen: { phase: 'before-sending', failure }, evidence: {} };
}
