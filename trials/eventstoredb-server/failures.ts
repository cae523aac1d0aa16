import { Metadata, status } from '@grpc/grpc-js';

/** A failed call: the code, and the trailers from which the client picks the error class. */
export type Failure = {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
};

export function failure(
  code: status,
  details: string,
  trailers: Readonly<Record<string, string>> = {},
): Failure {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return { code, details, metadata };
}

export function notLeader(
  leader: { readonly host: string; readonly port: number } | null,
): Failure {
  const endpoint =
    leader === null
      ? {}
      : { 'leader-endpoint-host': leader.host, 'leader-endpoint-port': String(leader.port) };
  const trailers = { exception: 'not-leader', ...endpoint };
  return failure(status.NOT_FOUND, 'Leader info available', trailers);
}

export function streamDeleted(stream: string): Failure {
  const details = `Event stream '${stream}' is deleted.`;
  const trailers = { exception: 'stream-deleted', 'stream-name': stream };
  return failure(status.FAILED_PRECONDITION, details, trailers);
}

/** For Delete and Tombstone; an append is answered with a message instead. */
export function wrongExpectedVersion(stream: string, expected: bigint, current: bigint): Failure {
  const actual = current < 0n ? {} : { 'actual-version': String(current) };
  return failure(status.FAILED_PRECONDITION, 'Append failed due to WrongExpectedVersion.', {
    exception: 'wrong-expected-version',
    'stream-name': stream,
    'expected-version': String(expected),
    ...actual,
  });
}

export function accessDenied(): Failure {
  return failure(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });
}

export function unauthenticated(): Failure {
  return failure(status.UNAUTHENTICATED, 'Bad gRPC response. HTTP status code: 401');
}

export function maxAppendSizeExceeded(bytesMax: number): Failure {
  return failure(status.INVALID_ARGUMENT, `Maximum Append Size of ${bytesMax} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(bytesMax),
  });
}

export function notReady(): Failure {
  return failure(status.UNAVAILABLE, 'Server Is Not Ready');
}

/** For an append that a stopping server no longer carries out. */
export function cancelledByServer(): Failure {
  return failure(status.ABORTED, 'Operation timed out: Request canceled by server');
}

/** For an error that the server did not expect: a bad id and an empty type of Append. */
export function thrown(): Failure {
  return failure(status.UNKNOWN, 'Exception was thrown by handler.');
}

export function messageTooLarge(): Failure {
  const details = 'Received message exceeds the maximum configured message size.';
  return failure(status.RESOURCE_EXHAUSTED, details);
}

export function missingMetadata(keys: readonly string[]): Failure {
  return failure(status.INVALID_ARGUMENT, 'Required Metadata Property Missing', {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': keys.join(','),
  });
}

/** For a position at which no record begins. */
export function invalidPosition(): Failure {
  return badRequest('Trying to read from an invalid position.');
}

export function badRequest(details: string): Failure {
  return failure(status.INVALID_ARGUMENT, details);
}
