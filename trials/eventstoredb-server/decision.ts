/**
 * What a server does with an append: the logic of `IndexWriter.CheckCommit` in the source of
 * 24.10.4, which servers 24.10.14 and 26.1.0 were observed to follow.
 */
export type Expected = bigint | 'no_stream' | 'any' | 'stream_exists';

export type Decision =
  | { readonly kind: 'append' }
  | { readonly kind: 'idempotent'; readonly last: bigint }
  /** `current` is -1n where there is no stream. */
  | { readonly kind: 'wrong-expected-version'; readonly current: bigint }
  | { readonly kind: 'stream-deleted' };

/** What the decision depends on. */
export type StreamView = {
  /** The number of the last event, also of a soft-deleted one; -1n = none. */
  readonly last: bigint;
  readonly tombstoned: boolean;
  readonly softDeleted: boolean;
  readonly hasMetadata: boolean;
  idAt(revision: bigint): string | undefined;
  /** Where in this stream an id was written, if the bounded cache of the server still has it. */
  recent(id: string): bigint | undefined;
};

export function decide(expected: Expected, ids: readonly string[], view: StreamView): Decision {
  if (view.tombstoned) return { kind: 'stream-deleted' };
  if (expected === 'any') return decideByCache(ids, view);
  if (expected === 'stream_exists') {
    if (view.softDeleted) return { kind: 'stream-deleted' };
    if (view.last < 0n && !view.hasMetadata) return wrong(view);
    return decideByCache(ids, view);
  }
  const revision = expected === 'no_stream' ? -1n : expected;
  if (revision > view.last) return wrong(view);
  // The ids are not checked here: the same id at a matching revision is stored a second time.
  if (revision === view.last) return { kind: 'append' };
  return decideByIndex(revision, ids, view);
}

/** The stream is past the expected revision, by the same write or by another writer. */
function decideByIndex(revision: bigint, ids: readonly string[], view: StreamView): Decision {
  if (ids.length === 0) return wrong(view);
  for (const [offset, id] of ids.entries()) {
    if (view.idAt(revision + 1n + BigInt(offset)) === id) continue;
    const restarts = offset === 0 && revision === -1n && view.softDeleted;
    return restarts ? { kind: 'append' } : wrong(view);
  }
  return { kind: 'idempotent', last: revision + BigInt(ids.length) };
}

/** `any` and `stream_exists` recognise only ids in the cache. */
function decideByCache(ids: readonly string[], view: StreamView): Decision {
  let last = -1n;
  for (const [offset, id] of ids.entries()) {
    const revision = view.recent(id);
    if (revision === undefined) return offset === 0 ? { kind: 'append' } : wrong(view);
    last = revision;
  }
  return ids.length === 0 ? { kind: 'append' } : { kind: 'idempotent', last };
}

function wrong(view: StreamView): Decision {
  return { kind: 'wrong-expected-version', current: view.last };
}
