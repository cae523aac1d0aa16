import codePb from '@eventstore/db-client/generated/code_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import statusPb from '@eventstore/db-client/generated/status_pb.js';
import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendResp, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { status } from '@grpc/grpc-js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expected } from './decision.ts';
import type { Failure } from './failures.ts';
import type { AppendOutcome } from './log.ts';

type Wrong = Extract<AppendOutcome, { kind: 'wrong-expected-version' }>;
type Done = Extract<AppendOutcome, { kind: 'appended' | 'idempotent' }>;

/** The answer of Append within an OK call. */
export function appendResponse(outcome: Done | Wrong, expected: Expected): AppendResp {
  const response = new streamsPb.AppendResp();
  if (outcome.kind === 'wrong-expected-version') {
    return response.setWrongExpectedVersion(wrongOfAppend(outcome.current, expected));
  }
  const success = new streamsPb.AppendResp.Success();
  if (outcome.last < 0n) success.setNoStream(new sharedPb.Empty());
  else success.setCurrentRevision(String(outcome.last));
  if (outcome.position === null) return response.setSuccess(success.setNoPosition(empty()));
  const position = new streamsPb.AppendResp.Position()
    .setCommitPosition(String(outcome.position))
    .setPreparePosition(String(outcome.position));
  return response.setSuccess(success.setPosition(position));
}

export function batchSuccess({ last, position }: Done): BatchAppendResp {
  const success = new streamsPb.BatchAppendResp.Success();
  if (last < 0n) success.setNoStream(new emptyPb.Empty());
  else success.setCurrentRevision(String(last));
  if (position === null) success.setNoPosition(new emptyPb.Empty());
  else {
    const at = new sharedPb.AllStreamPosition();
    success.setPosition(
      at.setCommitPosition(String(position)).setPreparePosition(String(position)),
    );
  }
  return new streamsPb.BatchAppendResp().setSuccess(success);
}

export function batchWrongExpectedVersion({ current }: Wrong, expected: Expected): BatchAppendResp {
  const wrong = new sharedPb.WrongExpectedVersion();
  if (current < 0n) wrong.setCurrentNoStream(new emptyPb.Empty());
  else wrong.setCurrentStreamRevision(String(current));
  if (expected === 'any') wrong.setExpectedAny(new emptyPb.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new emptyPb.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new emptyPb.Empty());
  else wrong.setExpectedStreamPosition(String(expected));
  const code = status.ALREADY_EXISTS;
  return batchError(code, 'WrongExpectedVersion', 'WrongExpectedVersion', wrong.serializeBinary());
}

/** A failure of one append on the shared stream: a `google.rpc.Status`, not a gRPC one. */
export function batchFailure(failure: Failure, maxAppendSizeBytes: number): BatchAppendResp {
  const { code, details } = failure;
  switch (failure.metadata.get('exception')[0]?.toString() ?? '') {
    case 'stream-deleted':
      return batchError(code, details, 'StreamDeleted', new sharedPb.StreamDeleted());
    case 'access-denied':
      return batchError(code, details, 'AccessDenied', new sharedPb.AccessDenied());
    case 'maximum-append-size-exceeded': {
      const exceeded = new sharedPb.MaximumAppendSizeExceeded();
      exceeded.setMaxappendsize(maxAppendSizeBytes);
      return batchError(code, details, 'MaximumAppendSizeExceeded', exceeded);
    }
  }
  if (code === status.ABORTED || code === status.DEADLINE_EXCEEDED) {
    return batchError(code, details, 'Timeout', new sharedPb.Timeout());
  }
  if (code === status.INVALID_ARGUMENT) {
    const request = new sharedPb.BadRequest().setMessage(details);
    return batchError(code, details, 'BadRequest', request);
  }
  // 'Server Is Not Ready' and similar errors have a type that the client does not know.
  return batchError(code, details, null, new emptyPb.Empty());
}

function wrongOfAppend(current: bigint, expected: Expected): AppendResp.WrongExpectedVersion {
  const wrong = new streamsPb.AppendResp.WrongExpectedVersion();
  if (current < 0n) wrong.setCurrentNoStream(empty());
  else wrong.setCurrentRevision(String(current));
  if (expected === 'any') return wrong.setExpectedAny(empty());
  if (expected === 'stream_exists') return wrong.setExpectedStreamExists(empty());
  if (expected === 'no_stream') return wrong.setExpectedNoStream(empty());
  return wrong.setExpectedRevision(String(expected));
}

function batchError(
  code: status,
  message: string,
  type: string | null,
  details: Uint8Array | { serializeBinary(): Uint8Array },
): BatchAppendResp {
  const bytes = details instanceof Uint8Array ? details : details.serializeBinary();
  const any = new anyPb.Any();
  any.pack(bytes, type === null ? 'google.protobuf.Empty' : `event_store.client.${type}`);
  // Both enums are google.rpc.Code, with the same numbers and names.
  const name = status[code] as keyof typeof codePb.Code;
  const error = new statusPb.Status()
    .setCode(codePb.Code[name])
    .setMessage(message)
    .setDetails(any);
  return new streamsPb.BatchAppendResp().setError(error);
}

function empty() {
  return new sharedPb.Empty();
}
