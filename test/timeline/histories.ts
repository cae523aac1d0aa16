import type { EventType } from '../../machines/payment-order.events.ts';
import type { DisputeEvent } from '../../src/dispute.ts';
import { chainLink, chainStart } from '../../src/history/chain.ts';
import type { ChainedMetadata } from '../../src/history/chain.ts';
import { machineIdentity } from '../../src/history/machine.ts';
import { currentSchemaVersion } from '../../src/history/codec.ts';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { instantOf } from '../../src/runtime.ts';
import { sha256 } from '../../src/text.ts';

export type EventGiven = readonly [
  type: EventType,
  data: Readonly<Record<string, unknown>>,
  to: string,
  when?: {
    readonly after?: number;
    readonly occurredBefore?: number;
    /** Further metadata. */
    readonly metadata?: {
      readonly actor?: { readonly kind: string; readonly id: string };
      readonly noticeId?: string;
      readonly vouchedBy?: string;
    };
  },
];

const startMs = Date.UTC(2026, 10, 23, 2, 2, 3);

/** A chained history of one order, given by each event's type, data and resulting state. */
export function aHistory(given: readonly EventGiven[], orderNo = 'O1'): readonly DisputeEvent[] {
  const stream = `paymentOrder-${orderNo}`;
  const events: DisputeEvent[] = [];
  let prevHash = chainStart;
  let ms = startMs;
  let from: string | null = null;
  for (const [revision, [type, data, to, when = {}]] of given.entries()) {
    ms += when.after ?? 1_000;
    const id = `00000000-0000-4000-8000-${String(revision).padStart(12, '0')}`;
    const metadata: ChainedMetadata = {
      recordedAt: instantOf(ms),
      ...(when.occurredBefore === undefined
        ? {}
        : { occurredAt: instantOf(ms - when.occurredBefore) }),
      actor: { kind: 'customer', id: 'u-7' },
      source: 'command',
      $correlationId: 'c-1',
      from,
      to,
      schemaVersion: currentSchemaVersion(type),
      machine: machineIdentity(paymentOrderMachine),
      ...when.metadata,
    };
    const salts = (bytes: number) =>
      sha256(id)
        .repeat(bytes)
        .slice(0, 2 * bytes);
    const link = chainLink({ stream, revision, id, type, data, metadata }, salts, prevHash);
    events.push({ stream, revision, id, type, data, metadata: { ...metadata, ...link } });
    prevHash = link.hash;
    from = to;
  }
  return events;
}
