import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { openHttpGateway } from '../../../src/gateway/index.ts';
import { openStore } from '../../../src/open-store.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import type { GatewaySettings } from '../../../src/open-options.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { bodyOf, envelope, http, startRawServer } from '../../../test/gateway/raw-server.ts';
import type { Kit } from './forcing.ts';
import type { Watch } from './watch.ts';
import { cardNumber, grouped } from './watch.ts';

const reasonCard = 'card number in a reason';
const reason = `${grouped(cardNumber(2), '-')} ${cardNumber(2)}`;
const answerCards = [cardNumber(3), grouped(cardNumber(3), ' '), grouped(cardNumber(3), '-')];

type Answer = (socket: Socket, request: string) => void;

const confirmed: Answer = (socket) => socket.write(http());

/** A platform that repeats the request and puts secrets into its own fields. */
const answers: readonly Answer[] = [
  (socket, request) =>
    socket.write(http(envelope({ responseCode: '401001', responseMsg: request }))),
  (socket, request) =>
    socket.write(
      http(
        envelope({
          responseCode: '401001',
          responseMsg: `sign ${String(bodyOf(request)['sign'])} of ${signingStringOf(request)}`,
        }),
      ),
    ),
  (socket, request) => socket.write(http(request)),
  (socket, request) => socket.end(request),
  (socket, request) =>
    socket.write(http(envelope({ responseCode: request.slice(-12), data: request }))),
  (socket, request) => socket.write(http('', { status: `500 ${request.slice(-200)}` })),
  ...answerCards.flatMap((card): readonly Answer[] => [
    (socket) => socket.write(http(envelope({ responseCode: '500', responseMsg: `no: ${card}` }))),
    (socket) => socket.write(http(envelope({ responseCode: '500', requestId: card }))),
    (socket) => socket.write(http(envelope({ responseCode: '500', requestId: `a${card} 01` }))),
  ]),
  (socket) => socket.resetAndDestroy(),
  confirmed,
];

/**
 * A whole life over HTTP with a platform that repeats every secret it knows: histories, receipts,
 * what is listening and what is stored are looked through, down to the bytes of the SQLite file.
 */
export async function tryLifetime(
  { secrets, directory, show }: Kit,
  watch: Watch,
): Promise<Record<string, number>> {
  watch.plant(reasonCard, cardNumber(2));
  watch.plant('card number in an answer', cardNumber(3));
  let next = 0;
  const server = await startRawServer((socket, request) => {
    // The key's owner signs alike each time: what leaves is known, and looked for from now on.
    watch.plantLong('signature', Buffer.from(String(bodyOf(request)['sign']), 'base64'));
    watch.plantLong('signature', String(bodyOf(request)['sign']));
    watch.plant('signing string', signingStringOf(request));
    (answers[next] ?? confirmed)(socket, request);
    next += 1;
  });
  const path = join(directory, 'life.db');
  const store = await openStore(`sqlite:${path}`, systemRuntime());
  const gateway = { url: server.url, appId: 'A'.repeat(16), privateKey: secrets.oneLine };
  show('a gateway', openHttpGateway({ ...gateway, runtime: systemRuntime() }));
  const warned: unknown[] = [];
  const onError = (error: unknown) => warned.push(error);
  const orders = await openPaymentOrders({ store, gateway, onError });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
  show('a store', store);
  const except = [reasonCard];
  for (let attempt = 0; attempt < answers.length; attempt += 1) {
    const receipt =
      attempt === 0 ? await orders.cancel('O1', { reason }) : await orders.retryCancel('O1');
    watch.lookInto('a receipt', withoutReason(receipt));
  }
  const rejected = await orders.cancel('O1', { reason, actor: { kind: 'customer', id: 'u-7' } });
  watch.lookInto('a rejection', withoutReason(rejected));
  for (const { type, data, metadata } of await orders.history('O1')) {
    watch.lookInto(`event ${type}`, withoutReason(data));
    watch.lookInto(`metadata of ${type}`, metadata);
  }
  await tryFunctionsOfKeys(gateway, secrets, watch);
  watch.lookInto('payment orders', orders);
  watch.lookInto('errors reported', warned);
  for (const name of readdirSync(directory).filter((file) => file.startsWith('life.db'))) {
    watch.look(
      `the bytes of ${name.replace('life', '')}`,
      readFileSync(join(directory, name)),
      except,
    );
  }
  await orders.close();
  await store.close();
  watch.look('the bytes of the closed file', readFileSync(path), except);
  server.close();
  return { 'answers that repeat secrets': next };
}

/** Functions that give keys, bad keys and errors with keys in them: what is warned of, and recorded. */
async function tryFunctionsOfKeys(
  gateway: GatewaySettings,
  { pem, badKeys }: Kit['secrets'],
  watch: Watch,
): Promise<void> {
  const failing = new Error(pem, { cause: { key: pem } });
  const functions = [
    () => pem,
    () => Promise.reject(failing),
    () => Promise.reject(Object.assign(new TypeError('no'), { name: pem, code: pem, stack: pem })),
    ...badKeys.map((key) => () => Promise.resolve(key)),
  ];
  for (const privateKey of functions) {
    const onWarning = (warning: unknown) => {
      watch.lookInto('a warning of a key', warning);
    };
    const settings = { ...gateway, privateKey, onWarning };
    const onError = (error: unknown) => {
      watch.lookInto('an error reported', error);
    };
    const orders = await openPaymentOrders({ store: 'memory:', gateway: settings, onError });
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    watch.lookInto('a receipt', await orders.cancel('O1'));
    watch.lookInto('payment orders whose key a function gives', orders);
    watch.lookInto('a history', await orders.history('O1'));
    await orders.close();
  }
}

/** The reason is stored and shown as it was given: that is what it is for. */
function withoutReason(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, part: unknown) => (name === 'reason' ? undefined : part)),
  );
}

function signingStringOf(request: string): string {
  const { appId, nonce, timestamp } = bodyOf(request);
  const fields = { apiCode: 'payment.order.cancel', appId, etc_order_no: 'O1' };
  const all = { ...fields, etc_process_bill_no: 'F1', nonce, reason, timestamp };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('&');
}
