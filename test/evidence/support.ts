import type { Manifest } from '../../src/evidence/manifest.ts';
import { jsonFile, listed, manifestSchema, sumsOf } from '../../src/evidence/manifest.ts';
import { withheldByRevision } from '../../src/evidence/redaction.ts';
import { textIn } from '../../src/history/event.ts';
import type { Witness } from '../../src/history/event.ts';
import { sha256 } from '../../src/text.ts';
import type { DisputeEvent } from '../../src/dispute.ts';
import { bundleOf } from '../../src/dispute.ts';
import type { RedactionRule } from '../../src/dispute.ts';
import { always, order, orderNo, world } from '../payment-orders/world.ts';

/** Texts that must not be found in a package that withholds them. */
export const secrets = {
  reason: '买家要求 CANARY-REASON',
  customer: 'CANARY-customer-77',
  clerk: 'CANARY-clerk',
  card: '4111 1111 1111 1111',
  phone: '138 0013 8000',
};

export async function aDispute(): Promise<readonly DisputeEvent[]> {
  const { orders, store } = await world(always('outcome-unknown'));
  const { reason, customer, clerk, card, phone } = secrets;
  const actor = { kind: 'customer', id: customer };
  await orders.create(order);
  await orders.startPayment(orderNo);
  await orders.cancel(orderNo, { reason, actor, commandId: 'cancel-1' });
  await orders.retryCancel(orderNo, {
    note: `he called from ${phone}, card ${card}`,
    actor: { kind: 'operator', id: clerk },
  });
  await orders.recordPaymentSucceeded(orderNo, { transactionNo: 'T1' });
  await orders.acknowledgeAnomaly(orderNo, {
    number: 1,
    by: clerk,
    note: '=HYPERLINK("http://x","y")',
    actor: { kind: 'operator', id: clerk },
  });
  const events: DisputeEvent[] = [];
  for await (const event of store.read(`paymentOrder-${orderNo}`)) events.push(event);
  return events;
}

export const moduleVersion = '0.10.0';

export async function packed(
  events: readonly DisputeEvent[],
  redact: readonly RedactionRule[] = [],
  exported: {
    readonly exporter?: string;
    readonly exportedAt?: string;
    readonly version?: string;
    readonly notices?: ReadonlyMap<string, string>;
    readonly proofs?: readonly string[];
  } = {},
): Promise<ReadonlyMap<string, string>> {
  const { exporter = 'auditor', exportedAt = '2026-11-24T00:00:00.000Z' } = exported;
  const { notices, proofs } = exported;
  const module = { name: 'payment-order-machine', version: exported.version ?? moduleVersion };
  const files = await bundleOf(events, {
    ...{ exporter, exportedAt, module, faults: [], redact, notices, proofs },
  });
  // Bodies were given as text, so every file is text.
  return new Map([...files].map(([name, content]) => [name, String(content)]));
}

export function bytesOf(files: ReadonlyMap<string, string>): Map<string, Uint8Array> {
  return new Map([...files].map(([name, text]) => [name, Buffer.from(text)]));
}

/** The package with other files and another manifest, of which all digests were computed again. */
export function forged(
  sound: ReadonlyMap<string, string>,
  changes: Readonly<Record<string, string>>,
  inManifest: (manifest: Manifest) => object = () => ({}),
): Map<string, string> {
  const files = new Map([...sound, ...Object.entries(changes)]);
  const names = [...files.keys()].filter((name) => !/^(?:manifest\.json|SHA256SUMS)$/.test(name));
  const lists = names.map((name) => listed(name, files.get(name) ?? ''));
  const manifest = { ...manifestIn(sound), files: lists };
  files.set('manifest.json', jsonFile({ ...manifest, ...inManifest(manifest) }));
  files.delete('SHA256SUMS');
  const digests = new Map([...files].map(([name, text]) => [name, sha256(text)]));
  return files.set('SHA256SUMS', sumsOf(digests));
}

export function manifestIn(files: ReadonlyMap<string, string>): Manifest {
  return manifestSchema.parse(JSON.parse(files.get('manifest.json') ?? ''));
}

/** The package with other events, whose manifest says of them what is true. */
export function withEvents(
  sound: ReadonlyMap<string, string>,
  events: readonly DisputeEvent[],
): Map<string, string> {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const last = events.at(-1);
  return forged(sound, { 'events.ndjson': lines }, ({ redaction, scope }) => ({
    head: { revision: last?.revision, hash: last?.metadata['hash'] },
    scope: { ...scope, toRevision: last?.revision, events: events.length },
    redaction: { ...redaction, withheld: withheldByRevision(events) },
  }));
}

/** The head of a history, as somebody who does not trust the exporter keeps it. */
export function witnessOf(events: readonly DisputeEvent[]): Witness {
  const { revision = 0, metadata = {} } = events.at(-1) ?? {};
  return { revision, hash: textIn(metadata, 'hash') ?? '' };
}
