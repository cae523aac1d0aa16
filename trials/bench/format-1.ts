/** Prepares events in hash format 1, as releases before format 2 did. Nothing else differs. */

import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { compact } from '../../src/compact.ts';
import type { JsonObject, PreparedEvent } from '../../src/event-store/event-store.ts';
import { canonicalJson } from '../../src/history/canonical-json.ts';
import { chainStart } from '../../src/history/chain.ts';
import type { ChainedMetadata } from '../../src/history/chain.ts';
import { currentSchemaVersion, parseEvent, parsed } from '../../src/history/codec.ts';
import { metadataSchema, orderNoOf } from '../../src/history/event.ts';
import type { HistoryEvent } from '../../src/history/event.ts';
import type { EventContext, OrderHistory } from '../../src/history/load.ts';
import type { CompiledMachine } from '../../src/history/machine.ts';
import { causeOf } from '../../src/history/step.ts';
import { instantOf } from '../../src/runtime.ts';
import type { Runtime } from '../../src/runtime.ts';
import { sha256 } from '../../src/text.ts';

/** As `prepareEvent` and `encodeEvent` do it, with the link of format 1. */
export function prepareInFormat1(
  compiled: CompiledMachine,
  order: OrderHistory | null,
  stream: string,
  given: PaymentOrderEvent,
  context: EventContext,
  runtime: Runtime,
): { readonly prepared: PreparedEvent; readonly stored: HistoryEvent } {
  const recordedAt = instantOf(runtime.now());
  const id = runtime.newId();
  const revision = order === null ? 0 : order.head.revision + 1;
  const cause = causeOf({ id, metadata: { ...context, recordedAt } });
  const fold =
    order === null
      ? compiled.interpreter.start(given, cause)
      : compiled.interpreter.next(order.fold, given, cause);
  if (fold === null) throw new Error(`${stream} does not take ${given.type}`);
  const chained: ChainedMetadata = compact({
    recordedAt,
    ...context,
    ...{ from: order?.fold.state ?? null, to: fold.state },
    schemaVersion: currentSchemaVersion(given.type),
    machine: compiled.identity,
  });
  const { type, ...data } = compact(given);
  const place = { stream, revision };
  const salt = runtime.randomHex(16);
  const prevHash = order?.witness.hash ?? chainStart;
  const dataHash = sha256(canonicalJson({ salt, data }));
  const metadataHash = sha256(canonicalJson(chained));
  const linked = { dataHash, id, metadataHash, prevHash, revision, stream, type };
  const hash = sha256(JSON.stringify(linked));
  const metadata = { ...chained, salt, dataHash, metadataHash, prevHash, hash };
  return {
    // Schemas for stored data allow JSON values alone; the store checks it once more.
    prepared: { id, type, data: data as JsonObject, metadata: metadata as unknown as JsonObject },
    // As in `decodeEvent`, the event is of this very type.
    stored: {
      orderNo: orderNoOf(stream),
      ...{ stream, revision, position: '', id, type, data },
      metadata: parsed(metadataSchema, metadata, 'metadata', place),
      event: parseEvent(type, data, place),
    } as HistoryEvent,
  };
}
