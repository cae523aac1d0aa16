/**
 * Makes one call of the platform, and gives what was seen of it.
 *
 * A payment call must never run twice unseen, so a request is written at most once, on a connection
 * that was established and verified before, and nothing below this file resends, redirects or
 * queues. Until the first byte is sent, every failure is certainly 'not executed'. From then on
 * every failure is 'outcome unknown', also a reset connection: the platform may have read the
 * request. What was sent and received is kept as evidence. A question goes the same way, although
 * it could be repeated: there is one way.
 */

import type { KeyObject } from 'node:crypto';
import type { Runtime } from '../runtime.ts';
import { instantOf } from '../runtime.ts';
import { sha256 } from '../text.ts';
import type { BeforeSending, SeenCall } from './call-classification.ts';
import type { AttemptEvidence } from './cancel-gateway.ts';
import type { Connection, Connections } from './connections.ts';
import { decoded } from './content-coding.ts';
import { answerEvidence } from './evidence.ts';
import { exchange } from './exchange.ts';
import type { Exchanged } from './exchange.ts';
import type { Limits } from './limits.ts';
import { newNonce, sign, signingString } from './signing.ts';
import { retryAfterMsOf } from './retry-after.ts';
import type { SigningKey } from './signing-key.ts';
import type { Answer, RequestEnvelope } from './wire.ts';

/** What all calls of one gateway share. */
export type CallContext = Limits & {
  readonly runtime: Runtime;
  readonly connections: Connections;
  readonly hostHeader: string;
  readonly path: string;
  readonly appId: string;
  readonly signingKey: SigningKey;
  readonly insecureTransport: boolean;
};

/** What is asked, and how the body of its answer is read. */
export type Call<Data extends object> = {
  readonly apiCode: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  /** Asked once, just before the first request byte is sent. */
  readonly maySend: () => boolean;
  /** As received and as unpacked. */
  readonly answerBytesMax: number;
  readonly read: (body: Buffer) => Answer<Data> | Promise<Answer<Data>>;
};

/** What was seen of one call, and its evidence without the rule that `seen` falls under. */
export type Called<Data extends object> = {
  readonly seen: SeenCall<Data>;
  readonly evidence: Omit<AttemptEvidence, 'rule'>;
  /** How long the answer asked to be left alone, ms. */
  readonly retryAfterMs?: number | undefined;
};

/**
 * Makes one call: connects, signs, asks whether it may still send, sends once and reads once. It
 * connects before it signs, so that the timestamp is fresh and no byte is sent before the question.
 * Without a key it does not connect.
 */
export async function makeCall<Data extends object>(
  context: CallContext,
  call: Call<Data>,
): Promise<Called<Data>> {
  const { runtime } = context;
  const startedMs = runtime.monotonicMs();
  const connectLimit = abortAfter(runtime, context.connectMs);
  const attemptLimit = abortAfter(runtime, context.attemptMs);
  let called: Called<Data>;
  try {
    called = await connectAndSend(context, call, { connectLimit, attemptLimit });
  } finally {
    connectLimit.stop();
    attemptLimit.stop();
  }
  const evidence = {
    durationMs: Math.max(0, Math.round(runtime.monotonicMs() - startedMs)),
    ...called.evidence,
    insecureTransport: context.insecureTransport ? (true as const) : undefined,
  };
  return { ...called, evidence };
}

type TimeLimit = { readonly signal: AbortSignal; stop(): void };

/** A signal that aborts after `ms`, unless it is stopped before. */
function abortAfter(runtime: Pick<Runtime, 'setTimer'>, ms: number): TimeLimit {
  const controller = new AbortController();
  const stop = runtime.setTimer(ms, () => {
    controller.abort();
  });
  return { signal: controller.signal, stop };
}

async function connectAndSend<Data extends object>(
  context: CallContext,
  call: Call<Data>,
  { connectLimit, attemptLimit }: Readonly<Record<'connectLimit' | 'attemptLimit', TimeLimit>>,
): Promise<Called<Data>> {
  const key = await context.signingKey();
  if (key === null) return notSent('key-unavailable');
  const connection = await context.connections.take(connectLimit.signal);
  connectLimit.stop();
  if (typeof connection === 'string') return notSent(connection);
  return sendOver(context, connection, { ...call, key }, attemptLimit.signal);
}

type SignedCall<Data extends object> = Call<Data> & { readonly key: KeyObject };

async function sendOver<Data extends object>(
  context: CallContext,
  { socket, reused }: Connection,
  call: SignedCall<Data>,
  signal: AbortSignal,
): Promise<Called<Data>> {
  let reusable = false;
  try {
    const { nonce, timestamp, body } = await signedRequest(context, call);
    if (socket.destroyed) return notSent('connection-lost');
    // An attempt that took its whole limit to get here has no time left for an answer.
    if (signal.aborted || !call.maySend()) {
      reusable = true;
      return notSent('not-allowed');
    }
    const sentAt = instantOf(context.runtime.now());
    const sent = { sentAt, nonce, timestamp, requestSha256: sha256(body) };
    const { hostHeader, path } = context;
    const { answerBytesMax } = call;
    const exchanged = await exchange(socket, { hostHeader, path, body, answerBytesMax }, signal);
    const result = await read(exchanged, reused, context, call);
    reusable = leavesReusable(exchanged, result.seen);
    const retryAfterMs = retryAfterMsOf(exchanged.retryAfter, context.runtime);
    return { seen: result.seen, evidence: { ...sent, ...result.evidence }, retryAfterMs };
  } finally {
    if (reusable) context.connections.giveBack(socket);
    else socket.destroy();
  }
}

async function signedRequest(
  { runtime, appId, clockAllowanceMs }: CallContext,
  { apiCode, params, key }: Pick<SignedCall<object>, 'apiCode' | 'params' | 'key'>,
): Promise<{ nonce: string; timestamp: number; body: string }> {
  // A little in the past: the platform refuses a timestamp ahead of its own clock, even by 1 ms.
  const timestamp = Math.max(0, Math.trunc(runtime.now()) - clockAllowanceMs);
  const nonce = newNonce(runtime);
  const fields = { appId, nonce, timestamp, apiCode };
  const signature = await sign(signingString(fields, params), key);
  const envelope: RequestEnvelope = { ...fields, sign: signature, params };
  return { nonce, timestamp, body: JSON.stringify(envelope) };
}

async function read<Data extends object>(
  exchanged: Exchanged,
  reusedConnection: boolean,
  { responseMsgCharactersMax }: Limits,
  call: Call<Data>,
): Promise<Called<Data>> {
  if (exchanged.kind === 'failed') {
    const { phase, failure, httpStatus } = exchanged;
    return { seen: { phase, failure, reusedConnection }, evidence: { httpStatus } };
  }
  const { httpStatus, body, contentEncoding } = exchanged;
  const received = { httpStatus, answerSha256: sha256(body) };
  const content = decoded(body, contentEncoding, call.answerBytesMax);
  // As if it had come so without compression.
  if (content === 'truncated' || content === 'too-large') {
    const failure = content === 'truncated' ? 'lost' : 'too-large';
    return { seen: { phase: 'head', failure, reusedConnection }, evidence: received };
  }
  const answer = content === 'unreadable' ? content : await call.read(content);
  if (typeof answer === 'string') {
    return { seen: { phase: 'answered', httpStatus, body: answer }, evidence: received };
  }
  const { responseCode } = answer.envelope;
  return {
    seen: {
      phase: 'answered',
      httpStatus,
      body: 'envelope',
      responseCode,
      // Each call draws its own nonce and is written once, on one connection.
      maybeSentTwice: false,
      ...answer.data,
    },
    evidence: { ...received, ...answerEvidence(answer.envelope, responseMsgCharactersMax) },
  };
}

/** Anything unusual costs the connection. */
function leavesReusable(exchanged: Exchanged, seen: SeenCall<object>): boolean {
  return (
    exchanged.kind === 'answered' &&
    exchanged.connectionUsable &&
    seen.phase === 'answered' &&
    seen.httpStatus === 200 &&
    seen.body === 'envelope'
  );
}

function notSent(failure: BeforeSending): Called<never> {
  return { seen: { phase: 'before-sending', failure }, evidence: {} };
}
