/** Checks all that notices promise: their bodies, their histories, and the facts that they became. */

import { PaymentOrderError, errorCodes } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { chainFaults, chainStart } from '../history/chain.ts';
import { streamOf } from '../history/event.ts';
import { readPastDamage } from '../history/read-past-damage.ts';
import type { Fault } from '../history/results.ts';
import { sha256 } from '../text.ts';
import { bytesOfStored } from './body.ts';
import { decodeNoticeEvent, noticeIdOf, noticeListPrefix, noticePrefix } from './events.ts';
import { listedIn } from './list-of-order.ts';
import { evolve } from './notice.ts';
import type { NoticeState } from './notice.ts';
import type { NoticeVerification } from './types.ts';

type Source = { readonly store: EventStore };

/** Throws once the payment orders are closed. It is asked before each stream. */
type Open = () => Source;

/** Every stream of notices and of lists of notices, in the order they were first written. */
export async function* verifyNotices(open: Open): AsyncGenerator<NoticeVerification> {
  for await (const stream of open().store.streams(noticePrefix)) {
    yield await verified(open().store, stream, verifyNotice);
  }
  for await (const stream of open().store.streams(noticeListPrefix)) {
    yield await verified(open().store, stream, verifyList);
  }
}

/** What one stream's events must be, beyond a chain. */
type Check = (
  stream: string,
  note: Note,
) => {
  readonly see: (event: RecordedEvent) => void;
  readonly end?: (store: EventStore) => Promise<void>;
};

type Note = (revision: number | null, code: string, message: string) => void;

async function verified(
  store: EventStore,
  stream: string,
  check: Check,
): Promise<NoticeVerification> {
  const faults: Fault[] = [];
  const note: Note = (revision, code, message) => {
    faults.push({ stream, revision, code, message: `stream ${stream}: ${message}` });
  };
  const { see, end } = check(stream, note);
  let events = 0;
  let next = 0;
  let prevHash: unknown = chainStart;
  try {
    await readPastDamage(store, stream, {
      see: (found) => {
        const { revision, metadata } = found;
        if (revision !== next) note(next, 'not-contiguous', `revision ${next} is missing`);
        for (const code of chainFaults(found, prevHash)) {
          note(revision, code, `revision ${revision} is not as it was written`);
        }
        events += 1;
        next = revision + 1;
        prevHash = metadata['hash'];
        try {
          see(found);
        } catch (error) {
          noteError(note, error);
        }
      },
      unreadable: (error) => {
        noteError(note, error);
      },
    });
    if (faults.length === 0) await end?.(store);
  } catch (error) {
    noteError(note, error);
  }
  return { stream, ok: faults.length === 0, events, faults };
}

/** @throws what is no damage: nothing is known of the rest then */
function noteError(note: Note, error: unknown): void {
  if (!(error instanceof PaymentOrderError) || errorCodes[error.code].lane !== 'history')
    throw error;
  note(error.revision ?? null, error.code, error.message);
}

const verifyNotice: Check = (stream, note) => {
  const noticeId = noticeIdOf(stream);
  let state: NoticeState | null = null;
  return {
    see: (found) => {
      const before: NoticeState | null = state;
      state = evolve(before, decodeNoticeEvent(found));
      const { standing, isCut, body } = state;
      if (found.metadata['to'] !== standing) {
        note(found.revision, 'standing-altered', `revision ${found.revision} leads to ${standing}`);
      }
      // Of a large body only the first part is there.
      if (before !== null || isCut || sha256(bytesOfStored(body)) === noticeId) return;
      note(0, 'body-altered', 'its name is not the digest of its body');
    },
    end: async (store) => {
      if (state !== null) await verifyFact(store, state, note);
    },
  };
};

/** The fact stands in its order, and names the notice where this notice brought it. */
async function verifyFact(
  store: EventStore,
  { applied, noticeId, head }: NoticeState,
  note: Note,
): Promise<void> {
  if (applied === null) return;
  const { orderNo, kind, revision, hash } = applied;
  const place = `revision ${revision} of ${streamOf(orderNo)}`;
  for await (const fact of store.read(streamOf(orderNo), revision)) {
    const isThere = fact.revision === revision && fact.metadata['hash'] === hash;
    const isNamed = kind === 'duplicate' || fact.metadata['noticeId'] === noticeId;
    if (!isThere || !isNamed) note(head.revision, 'fact-altered', `${place} is not its fact`);
    return;
  }
  note(head.revision, 'fact-missing', `its fact is not there, at ${place}`);
}

const verifyList: Check = () => ({
  see: (found) => {
    listedIn(decodeNoticeEvent(found));
  },
});
