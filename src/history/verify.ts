import { PaymentOrderError } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import { decodeEvent } from './codec.ts';
import { chainFaults, chainStart } from './hash-chain.ts';
import type { Law } from './order-history.ts';
import { OrderHistory, streamOf } from './order-history.ts';
import type { Witness } from './stored-event.ts';
import type { Fault, Verification } from './verification.ts';

/**
 * Checks all that a stored history promises: contiguous revisions, data and metadata as hashed,
 * the chain, a path of the machine, and, where one is given, the witness that a caller kept.
 * Reads only.
 */
export async function verifyOrder(
  store: EventStore,
  law: Law,
  orderNo: string,
  kept?: Witness,
): Promise<Verification> {
  const stream = streamOf(orderNo);
  const faults: Fault[] = [];
  const found = (revision: number | null, code: string, message: string) => {
    faults.push({ stream, revision, code, message });
  };
  let order: OrderHistory | null = null;
  let prevHash = chainStart;
  let witness: Witness | null = null;
  let events = 0;
  try {
    for await (const recorded of store.read(stream)) {
      const stored = decodeEvent(recorded);
      const { revision, metadata } = stored;
      for (const fault of chainFaults(stored, prevHash)) {
        found(revision, fault, `revision ${revision}: ${chainFaultMessages[fault]}`);
      }
      if (kept?.revision === revision && kept.hash !== metadata.hash) {
        found(revision, 'witness-differs', `revision ${revision} is not what the witness saw`);
      }
      if (order === null) order = new OrderHistory(law, stored);
      else order.apply(stored);
      prevHash = metadata.hash;
      witness = { revision, hash: metadata.hash };
      events += 1;
    }
  } catch (error) {
    if (!(error instanceof PaymentOrderError) || error.revision === undefined) throw error;
    found(error.revision, error.code, error.message);
  }
  if (kept !== undefined && kept.revision > (witness?.revision ?? -1) && faults.length === 0) {
    const head = witness === null ? 'is empty' : `ends at revision ${witness.revision}`;
    found(null, 'tail-lost', `the witness saw revision ${kept.revision}, the stream ${head}`);
  }
  return { orderNo, ok: faults.length === 0, events, witness, faults };
}

const chainFaultMessages = {
  'data-altered': 'the data is not what was hashed',
  'metadata-altered': 'the metadata is not what was hashed',
  'link-altered': 'stream, revision, id, type or a digest is not what was hashed',
  'chain-broken': 'it does not follow the event before it',
} as const;
