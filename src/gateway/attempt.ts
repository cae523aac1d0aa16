import type { KeyObject } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Runtime } from '../runtime.ts';
import { instantOf } from '../runtime.ts';
import type { AttemptEvidence, CancelOutcome, CancelRequest } from './cancel-gateway.ts';
import { classify } from './classification.ts';
import type { BeforeSending, CancelRuleName, Seen } from './classification.ts';
import type { Connections } from './connections.ts';
import { answerEvidence } from './evidence.ts';
import { exchange } from './exchange.ts';
import type { Exchanged } from './exchange.ts';
import { startLimit } from './limit.ts';
import { newNonce, sha256, sign, signingString } from './signing.ts';

import { cancelApiCode, cancelParams, cancelResultOf, readAnswer } from './wire.ts';
import type { CancelParams, RequestEnvelope } from './wire.ts';

/** What every attempt of one gateway shares. */
export type AttemptContext = {
  readonly runtime: Runtime;
  readonly connections: Connections;
  readonly hostHeader: string;
  readonly path: string;
  readonly appId: string;
  readonly privateKey: KeyObject;
  readonly connectMs: number;
  readonly attemptMs: number;
  readonly clockAllowanceMs: number;
  readonly answerBytesMax: number;
  readonly responseMsgCharactersMax: number;
  readonly insecureTransport: boolean;
};

type Evidence = Omit<AttemptEvidence, 'rule' | 'durationMs' | 'insecureTransport'>;
type Result = { readonly seen: Seen; readonly evidence: Evidence };

/**
 * One attempt: connect, sign, ask whether it may still be sent, send once, read once, classify.
 * The connection comes first, so that the timestamp is fresh and no byte leaves before the asking.
 */
export async function attempt(
  line: AttemptContext,
  request: CancelRequest,
  maySend: () => boolean,
): Promise<CancelOutcome> {
  const params = cancelParams(request);
  const startedMs = line.runtime.monotonicMs();
  const connectLimit = startLimit(line.runtime, line.connectMs);
  const attemptLimit = startLimit(line.runtime, line.attemptMs);
  let result: Result;
  try {
    const taken = await line.connections.take(connectLimit.signal);
    connectLimit.stop();
    result =
      taken.kind === 'failed'
        ? notSent(taken.failure)
        : await sendOver(line, taken, { params, maySend, signal: attemptLimit.signal });
  } finally {
    connectLimit.stop();
    attemptLimit.stop();
  }
  return {
    ...classify(result.seen),
    durationMs: Math.max(0, Math.round(line.runtime.monotonicMs() - startedMs)),
    ...result.evidence,
    ...(line.insecureTransport ? { insecureTransport: true } : {}),
  };
}

/** Whether an outcome says that the platform finds this machine's clock wrong. */
export function blamesClock(outcome: CancelOutcome): boolean {
  const rule: CancelRuleName = 'timestamp-refused';
  return outcome.rule === rule;
}

type Sending = {
  readonly params: CancelParams;
  readonly maySend: () => boolean;
  readonly signal: AbortSignal;
};

async function sendOver(
  line: AttemptContext,
  { socket, reused }: { readonly socket: Socket; readonly reused: boolean },
  { params, maySend, signal }: Sending,
): Promise<Result> {
  let usable = false;
  try {
    const { nonce, timestamp, body } = await signedRequest(line, params);
    if (socket.destroyed) return notSent('connection-lost');
    // An attempt that took its whole limit to get here has no time left for an answer.
    if (signal.aborted || !maySend()) {
      usable = true;
      return notSent('not-allowed');
    }
    const sent: Evidence = {
      sentAt: instantOf(line.runtime.now()),
      nonce,
      timestamp,
      requestSha256: sha256(body),
    };
    const { hostHeader, path, answerBytesMax } = line;
    const exchanged = await exchange(socket, { hostHeader, path, body, answerBytesMax }, signal);
    const result = read(exchanged, reused, line.responseMsgCharactersMax);
    usable = isUsual(exchanged, result.seen);
    return { seen: result.seen, evidence: { ...sent, ...result.evidence } };
  } finally {
    if (usable) line.connections.giveBack(socket);
    else socket.destroy();
  }
}

async function signedRequest(
  line: AttemptContext,
  params: CancelParams,
): Promise<{ nonce: string; timestamp: number; body: string }> {
  // A little in the past: the platform refuses what is ahead of its own clock, even by 1 ms.
  const timestamp = Math.max(0, Math.trunc(line.runtime.now()) - line.clockAllowanceMs);
  const nonce = newNonce(line.runtime);
  const fields = { appId: line.appId, nonce, timestamp, apiCode: cancelApiCode };
  const signature = await sign(signingString(fields, params), line.privateKey);
  const envelope: RequestEnvelope = { ...fields, sign: signature, params };
  return { nonce, timestamp, body: JSON.stringify(envelope) };
}

function read(exchanged: Exchanged, reused: boolean, messageCharactersMax: number): Result {
  const { httpStatus } = exchanged;
  if (exchanged.kind === 'failed') {
    const { phase, failure } = exchanged;
    return {
      seen: { phase, failure, reusedConnection: reused },
      evidence: httpStatus === undefined ? {} : { httpStatus },
    };
  }
  const { body, contentEncoding } = exchanged;
  const received = { httpStatus: exchanged.httpStatus, answerSha256: sha256(body) };
  const answer = readAnswer(body, contentEncoding);
  if (answer.kind !== 'envelope') {
    const seen: Seen = { phase: 'answered', httpStatus: exchanged.httpStatus, body: answer.kind };
    return { seen, evidence: received };
  }
  const { envelope } = answer;
  return {
    seen: {
      phase: 'answered',
      httpStatus: exchanged.httpStatus,
      body: 'envelope',
      responseCode: envelope.responseCode,
      cancelResult: cancelResultOf(envelope.data),
      // Each attempt draws its own nonce and is written once, on one connection.
      maybeSentTwice: false,
    },
    evidence: { ...received, ...answerEvidence(envelope, messageCharactersMax) },
  };
}

function isUsual(exchanged: Exchanged, seen: Seen): boolean {
  return (
    exchanged.kind === 'answered' &&
    exchanged.connectionUsable &&
    seen.phase === 'answered' &&
    seen.httpStatus === 200 &&
    seen.body === 'envelope'
  );
}

function notSent(failure: BeforeSending): Result {
  return { seen: { phase: 'before-sending', failure }, evidence: {} };
}
