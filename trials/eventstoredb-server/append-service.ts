import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, status } from '@grpc/grpc-js';
import type { ServerDuplexStream, ServerReadableStream, sendUnaryData } from '@grpc/grpc-js';
import {
  appendResponse,
  batchFailure,
  batchSuccess,
  batchWrongExpectedVersion,
} from './append-replies.ts';
import { recordRefused, settleAppend } from './appends.ts';
import type { AppendReply, Proposal } from './appends.ts';
import type { Expected } from './decision.ts';
import {
  badRequest,
  maxAppendSizeExceeded,
  messageTooLarge,
  missingMetadata,
  notReady,
  thrown,
} from './failures.ts';
import type { Failure } from './failures.ts';
import type { ProposedEvent } from './log.ts';
import { identifierOf, idOf, streamOf } from './messages.ts';
import { refusal } from './node-context.ts';
import type { NodeContext } from './node-context.ts';

/** The events of one append so far, and what is wrong with them. */
type Incoming = { events: ProposedEvent[]; sizeBytes: number; problem: Failure | null };

type AppendCallStream = ServerReadableStream<AppendReq, AppendResp>;
type BatchCallStream = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

export function append(
  context: NodeContext,
  call: AppendCallStream,
  callback: sendUnaryData<AppendResp>,
): void {
  const incoming: Incoming = { events: [], sizeBytes: 0, problem: null };
  incoming.problem = refusal(context, call.metadata, 'write');
  let header: { stream: string; expected: Expected } = { stream: '', expected: 'any' };
  const proposal = (): Proposal => ({ via: 'append', ...header, events: incoming.events });
  let settled = false;
  const fail = (failure: Failure): void => {
    if (!settled) callback(failure);
    settled = true;
  };
  const reply: AppendReply = {
    answer: (outcome) => {
      callback(null, appendResponse(outcome, header.expected));
    },
    fail,
    breakOff: fail,
    endWithoutAnswer: () => {
      callback({ code: status.OK, details: '', metadata: new Metadata() });
    },
    gaveUp: () => call.cancelled,
    onGivenUp: (run) => {
      if (call.cancelled) run();
      else call.once('cancelled', run);
    },
    peer: call.getPeer(),
  };
  call.on('data', (request: AppendReq) => {
    const options = request.getOptions();
    const message = request.getProposedMessage();
    if (options !== undefined) {
      header = {
        stream: streamOf(options.getStreamIdentifier()),
        expected: expectedOf(options, options.hasRevision() ? options.getRevision() : null),
      };
    }
    if (message !== undefined) {
      if (isTooLarge([message])) incoming.problem ??= messageTooLarge();
      take(context, incoming, message, thrown);
    }
    // As on a real server, a refusal does not wait for the rest.
    if (incoming.problem !== null && !settled) {
      refuse(context, proposal(), reply, incoming.problem);
    }
  });
  call.on('end', () => {
    void untilSettled().then(() => {
      if (!settled && !call.cancelled) void settleAppend(context, proposal(), reply);
    });
  });
  call.on('error', () => undefined);
}

/**
 * Until a break-off that comes with the end is known. A call that is cut off while it is sent ends
 * too: its client sends the end of what it had, and right after it that the call is cancelled.
 */
async function untilSettled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export function batchAppend(context: NodeContext, call: BatchCallStream): void {
  type Open = { proposal: Omit<Proposal, 'events'>; deadlineMs: number; incoming: Incoming };
  const open = new Map<string, Open>();
  const refused = context.isReady() ? refusal(context, call.metadata, 'write') : null;
  if (refused !== null) {
    call.emit('error', refused);
    return;
  }
  call.on('data', (request: BatchAppendReq) => {
    const correlationId = request.getCorrelationId()?.getString() ?? '';
    const options = request.getOptions();
    if (options !== undefined) {
      const revision = options.hasStreamPosition() ? options.getStreamPosition() : null;
      const stream = streamOf(options.getStreamIdentifier());
      const expected = expectedOf(options, revision);
      open.set(correlationId, {
        proposal: { via: 'batch-append', stream, expected },
        deadlineMs: options.getDeadline()?.toDate().getTime() ?? Infinity,
        incoming: { events: [], sizeBytes: 0, problem: null },
      });
    }
    const entry = open.get(correlationId);
    if (entry === undefined) return;
    const messages = request.getProposedMessagesList();
    if (isTooLarge(messages)) {
      call.emit('error', messageTooLarge());
      return;
    }
    for (const message of messages) take(context, entry.incoming, message, badRequest);
    if (!request.getIsFinal()) return;
    open.delete(correlationId);
    const { incoming, deadlineMs } = entry;
    const proposal = { ...entry.proposal, events: incoming.events };
    const reply = batchReply(context, call, request, proposal, deadlineMs);
    if (!context.isReady()) incoming.problem = notReady();
    if (incoming.problem === null) void settleAppend(context, proposal, reply);
    else refuse(context, proposal, reply, incoming.problem);
  });
  call.on('end', () => {
    call.end();
  });
}

function batchReply(
  context: NodeContext,
  call: BatchCallStream,
  request: BatchAppendReq,
  { stream, expected }: Proposal,
  deadlineMs: number,
): AppendReply {
  const send = (response: BatchAppendResp): void => {
    response.setCorrelationId(request.getCorrelationId());
    response.setStreamIdentifier(identifierOf(stream));
    if (!call.cancelled) call.write(response);
  };
  return {
    answer: (outcome) => {
      const wrong = outcome.kind === 'wrong-expected-version';
      send(wrong ? batchWrongExpectedVersion(outcome, expected) : batchSuccess(outcome));
    },
    fail: (failure) => {
      send(batchFailure(failure, context.maxAppendSizeBytes));
    },
    breakOff: (failure) => {
      call.emit('error', failure);
    },
    endWithoutAnswer: () => {
      call.end();
    },
    gaveUp: () => call.cancelled || context.clock.now() > deadlineMs,
    // The caller's deadline is a field of the request, and the call outlives it.
    onGivenUp: (run) => {
      const leftMs = Math.min(Math.max(0, deadlineMs - context.clock.now()), 2 ** 31 - 1);
      context.clock.setTimer(leftMs, run);
    },
    peer: call.getPeer(),
  };
}

function refuse(
  context: NodeContext,
  proposal: Proposal,
  reply: AppendReply,
  problem: Failure,
): void {
  recordRefused(context, proposal);
  reply.fail(problem);
}

type ProposedMessage = AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage;

const messageBytesMax = 16 * 1024 * 1024;

/** By its events: what a message holds besides is small. */
function isTooLarge(messages: readonly ProposedMessage[]): boolean {
  const sizes = messages.map(
    (message) => message.getData_asU8().length + message.getCustomMetadata_asU8().length,
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0) > messageBytesMax;
}

/** `invalid`: how this kind of call answers a bad id or an empty type. */
function take(
  context: NodeContext,
  incoming: Incoming,
  message: ProposedMessage,
  invalid: (details: string) => Failure,
): void {
  if (incoming.problem !== null) return;
  const metadataMap = message.getMetadataMap();
  const type = metadataMap.get('type');
  const contentType = metadataMap.get('content-type');
  const id = idOf(message.getId());
  if (type === undefined) incoming.problem = missingMetadata(['type']);
  else if (contentType === undefined) incoming.problem = missingMetadata(['content-type']);
  else if (id === null) incoming.problem = invalid('An event id is not a UUID.');
  else if (type === '') incoming.problem = invalid('An event type is empty.');
  else {
    const data = message.getData_asU8();
    const metadata = message.getCustomMetadata_asU8();
    incoming.sizeBytes += data.length + metadata.length + 2 * type.length;
    const limitBytes = context.maxAppendSizeBytes;
    if (incoming.sizeBytes > limitBytes) incoming.problem = maxAppendSizeExceeded(limitBytes);
    const isJson = contentType === 'application/json';
    incoming.events.push({
      id,
      type,
      data,
      metadata,
      contentType: isJson ? 'application/json' : 'application/octet-stream',
    });
  }
}

export function expectedOf(
  options: { hasNoStream(): boolean; hasStreamExists(): boolean },
  revision: string | null,
): Expected {
  if (revision !== null) return BigInt(revision);
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}
