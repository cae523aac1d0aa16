import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { openMemoryStore } from '../../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { envelope, http } from '../../../test/gateway/raw-server.ts';
import type { Behaviour } from './behaviours.ts';
import { reason } from './checks.ts';
import { startPlatform } from './platform.ts';
import { readByReference } from './reference.ts';
import type { ReferenceReading } from './reference.ts';
import type { Findings } from './table.ts';
import { openOrder, patient, see } from './table.ts';

const atOnce = 32;

const chunked = (body: string, size: number) => {
  const bytes = Buffer.from(body);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.subarray(at, at + size);
    chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
  return Buffer.concat([Buffer.from(head), ...chunks, Buffer.from('0\r\n\r\n')]);
};

/** The answers that are changed: confirmations and refusals. */
const originals: readonly Buffer[] = [
  http(),
  http(envelope({ data: { cancel_result: false } })),
  http(envelope({ responseCode: '401001', data: null })),
  chunked(envelope(), 40),
  Buffer.from(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${envelope()}`),
  http(gzipSync(envelope()), { headers: { 'content-encoding': 'gzip' } }),
  http(`\uFEFF${envelope()}`),
  Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n'), http()]),
];

const insertions: readonly string[] = [
  'content-length: 5\r\n',
  'transfer-encoding: chunked\r\n',
  'content-encoding: gzip\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  '\r\n',
  '\r',
  '\0',
  ' ',
  '"',
  '{',
  '}',
  ',',
  '\\',
  '0',
  '"responseCode":"000",',
  '"data":{"cancel_result":true},',
  '"cancel_result":false,',
  '5\r\nhello\r\n',
  'ffffffffffffffff\r\n',
  'true',
  'false',
  'null',
  '\u{feff}',
  '\xff',
];

type Change = (bytes: Buffer, random: () => number) => Buffer;

/** Ways to change the bytes of an answer. */
export const changes: Readonly<Record<string, Change>> = {
  'flip a bit': (bytes, random) => {
    const changed = Buffer.from(bytes);
    const at = Math.floor(random() * bytes.length);
    changed.writeUInt8(bytes.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
    return changed;
  },
  cut: (bytes, random) => bytes.subarray(0, Math.floor(random() * bytes.length)),
  'cut out': (bytes, random) => {
    const at = Math.floor(random() * bytes.length);
    return Buffer.concat([
      bytes.subarray(0, at),
      bytes.subarray(at + 1 + Math.floor(random() * 8)),
    ]);
  },
  insert: (bytes, random) => {
    const at = Math.floor(random() * bytes.length);
    const text = insertions[Math.floor(random() * insertions.length)] ?? '';
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at)]);
  },
  'header twice': (bytes, random) => {
    const at = bytes.indexOf('\r\n') + 2;
    const end = bytes.indexOf('\r\n\r\n') + 2;
    const line = bytes.subarray(at, bytes.indexOf('\r\n', at) + 2);
    const where = random() < 0.5 ? at : end;
    return Buffer.concat([bytes.subarray(0, where), line, bytes.subarray(where)]);
  },
  'one word for another': (bytes, random) => {
    const words = ['true', 'false', '000', '200', '"', 'OK', 'content-length', 'cancel_result'];
    const from = words[Math.floor(random() * words.length)] ?? '';
    const to = words[Math.floor(random() * words.length)] ?? '';
    const at = bytes.indexOf(from);
    if (at === -1) return bytes;
    const rest = bytes.subarray(at + from.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(to), rest]);
  },
  nothing: (bytes) => bytes,
};

/**
 * Answers changed byte by byte, each to an order of its own. What is recorded may say less than
 * the reference reads in the bytes, never more: nothing but a yes is taken for one, nothing but a
 * no for a no, and 'certainly did not run' only from an answer that says so.
 */
export async function tryMutations(
  given: { readonly seed: number; readonly answers: number },
  findings: Findings,
): Promise<void> {
  const runtime = simulatedRuntime({ seed: given.seed });
  const random = () => runtime.random();
  const platform = await startPlatform({ attemptMs: 1_000, connectionsMax: 2 * atOnce });
  const store = openMemoryStore(systemRuntime());
  const options = { store, gateway: platform.gateway, retryPolicy: patient };
  await using orders = await openPaymentOrders(options);
  const kinds = Object.keys(changes);
  let next = 0;
  const work = async () => {
    while (next < given.answers) {
      const orderNo = `X${given.seed}x${(next += 1)}`;
      const original = originals[Math.floor(random() * originals.length)] ?? Buffer.alloc(0);
      const kind = kinds[Math.floor(random() * kinds.length)] ?? '';
      const bytes = changes[kind]?.(original, random) ?? original;
      const ends = random() < 0.6;
      platform.plan(orderNo, [answering(bytes, ends)]);
      await openOrder(orders, orderNo);
      const receipt = await orders.cancel(orderNo, { reason });
      const last = (await orders.history(orderNo)).at(-1);
      // If nothing was sent or time ran out, no answer was read.
      if (last?.data['sentAt'] === undefined || String(last.data['rule']).endsWith('-timeout')) {
        see(findings, 'changed and not read');
        continue;
      }
      const outcome = last.type;
      const read = readByReference(bytes, ends);
      see(findings, `changed: ${kind}`);
      see(findings, `changed and ${outcome}`);
      if (isTooMuch(outcome, read) || (kind === 'nothing' && ends && !isAll(outcome, read))) {
        findings.faults.push(
          `I8 ${receipt.order.stateDetail}, ${outcome}, reference ${read.verdict} ` +
            `(${String(read.httpStatus)}), for ${ends ? 'ended' : 'open'} ${JSON.stringify(bytes.toString('latin1'))}`,
        );
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  findings.faults.push(...platform.strays.map((stray) => `I6 an unexpected request: ${stray}`));
  platform.server.close();
}

function answering(bytes: Buffer, ends: boolean): Behaviour {
  const respond = (socket: Socket) => (ends ? socket.end(bytes) : socket.write(bytes));
  // What it deserves is the reference's business.
  return { name: 'changed answer', kind: 'outcome-unknown', rule: '', respond };
}

/** Whether the record claims what the bytes do not say. */
function isTooMuch(outcome: string, { httpStatus, verdict }: ReferenceReading): boolean {
  switch (outcome) {
    case 'CancelOutcomeUnknown':
      return false;
    case 'CancelConfirmed':
      return verdict !== 'confirmed' || httpStatus !== 200;
    case 'CancelRefused':
      return verdict !== 'refused' || httpStatus !== 200;
    case 'CancelNotExecuted':
      return httpStatus !== 429 && verdict !== 'failure-code';
    case 'CancelBlocked':
      return verdict === 'confirmed' || httpStatus === null || httpStatus >= 500;
    default:
      return true;
  }
}

/** Whether an unchanged answer was understood. */
function isAll(outcome: string, { verdict }: ReferenceReading): boolean {
  if (verdict === 'confirmed') return outcome === 'CancelConfirmed';
  return verdict === 'refused' ? outcome === 'CancelRefused' : outcome === 'CancelBlocked';
}
