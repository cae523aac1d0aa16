import streamsPb from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { StoredEvent } from './log.ts';

/** A read request, parsed. */
export type ReadPlan = {
  /** `$all` for all streams. */
  readonly stream: string;
  readonly from: 'start' | 'end' | bigint;
  /** It stands just before the event at `from`, as a checkpoint does while a reader catches up. */
  readonly isBefore: boolean;
  readonly backwards: boolean;
  /** Null for a subscription. */
  readonly countMax: number | null;
  readonly resolveLinks: boolean;
  readonly filter: Filter | null;
};

export type Filter = {
  matches(event: StoredEvent): boolean;
  /** A checkpoint is due after this many events were looked at. */
  readonly checkpointEvery: number;
};

export const allStream = '$all';
const searchWindowDefault = 32;

/** Null where the request names nothing to read. */
export function planOf(request: ReadReq, streamOf: (bytes: Uint8Array) => string): ReadPlan | null {
  const options = request.getOptions();
  const stream = options?.getStream();
  const all = options?.getAll();
  const source = stream ?? all;
  if (options === undefined || source === undefined) return null;
  const name = stream?.getStreamIdentifier()?.getStreamName_asU8();
  const position = all?.getPosition();
  const exact = stream?.hasRevision()
    ? BigInt(stream.getRevision())
    : position && BigInt(position.getCommitPosition());
  return {
    stream: name === undefined ? allStream : streamOf(name),
    from: exact ?? (source.hasEnd() ? 'end' : 'start'),
    isBefore: position !== undefined && BigInt(position.getPreparePosition()) < (exact ?? 0n),
    backwards: options.getReadDirection() === streamsPb.ReadReq.Options.ReadDirection.BACKWARDS,
    countMax: options.hasCount() ? Number(options.getCount()) : null,
    resolveLinks: options.getResolveLinks(),
    filter: filterOf(options.getFilter()),
  };
}

function filterOf(options: ReadReq.Options.FilterOptions | undefined): Filter | null {
  if (options === undefined) return null;
  const onStream = options.getStreamIdentifier();
  const expression = onStream ?? options.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const pattern = expression?.getRegex() ?? '';
  // The server has .NET patterns; those used here mean the same in JavaScript.
  const regex = pattern === '' ? null : new RegExp(pattern, 'u');
  const window = options.hasMax() ? options.getMax() : searchWindowDefault;
  return {
    matches: (event) => {
      const text = onStream === undefined ? event.type : event.stream;
      return regex?.test(text) ?? prefixes.some((prefix) => text.startsWith(prefix));
    },
    checkpointEvery: window * Math.max(1, options.getCheckpointintervalmultiplier()),
  };
}
