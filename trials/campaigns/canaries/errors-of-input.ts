import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPrivateKey, parseGatewayUrl, readPrivateKeyFile } from '../../../src/gateway/index.ts';
import { assertNode, openPaymentOrders } from '../../../src/open.ts';
import type { PaymentOrders } from '../../../src/payment-orders.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import type { TransparencyLog } from '../../../src/tlog/log.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import type { Forcings } from './forcing.ts';
import { anything, confirming, failuresOf, gatewayOf, loose, ordersWithOne } from './forcing.ts';

const order = { orderNo: 'O2', processBillNo: 'F1' };

function ofLog(log: TransparencyLog, bad: string): readonly (() => unknown)[] {
  return [
    () => log.checkpoint({ key: bad }),
    () => log.checkpoint({ key: `PRIVATE+KEY+${bad}` }),
    () => log.checkpoint(anything({ key: 'k', [bad]: bad })),
    () => log.proof('O1', { checkpoint: bad }),
    () => log.consistency(0, bad),
    () => log.verify({ checkpoint: bad }),
  ];
}

/** Every field of every command and fact, and every option, holding what it must not repeat. */
function badInputs(orders: PaymentOrders, bad: string): readonly (() => unknown)[] {
  const long = bad.padEnd(2_100, bad);
  const options = [
    { commandId: bad },
    { correlationId: bad },
    { causationId: bad },
    { source: long },
    { actor: { kind: bad, id: 'u' } },
    { actor: { kind: 'customer', id: bad } },
    { actor: bad },
    { actor: { kind: 'customer', id: 'u', card: bad } },
    { signal: bad },
    { cardNo: bad },
    { [bad]: 1 },
    { wait: bad },
  ];
  return [
    ...[{ orderNo: bad }, { processBillNo: bad }, { amountMinor: bad, currency: 'CNY' }].map(
      (field) => () => orders.create({ ...order, ...loose(field) }),
    ),
    () => orders.create({ ...order, amountMinor: 1, currency: bad }),
    () => orders.create(anything(bad)),
    ...ofLog(orders.transparencyLog(), bad),
    ...options.map((option) => () => orders.startPayment('O1', anything(option))),
    () => orders.cancel('O1', { reason: long }),
    () => orders.cancel('O1', anything({ reason: { text: bad } })),
    () => orders.cancel('O1', { reason: `${bad}\ud800` }),
    () => orders.cancel(bad),
    () => orders.retryCancel('O1', { note: long }),
    () => orders.abandonCancel('O1', { note: long }),
    ...[{ evidence: long }, { resolution: bad }, { by: bad }].map(
      (field) => () =>
        orders.resolveCancel('O1', {
          resolution: 'paid',
          evidence: 'bill',
          by: 'u',
          ...loose(field),
        }),
    ),
    () => orders.acknowledgeAnomaly('O1', anything({ number: bad, by: 'u' })),
    () => orders.acknowledgeAnomaly('O1', { number: 1, by: bad }),
    ...[{ transactionNo: bad }, { factId: bad }, { occurredAt: bad }, { currency: bad }].map(
      (field) => () =>
        orders.recordPaymentSucceeded('O1', { transactionNo: 'T1', ...loose(field) }),
    ),
    () => orders.recordPaymentFailed('O1', { code: bad }),
    () => orders.recordClosedAtGateway('O1', { code: bad }),
    () => orders.get(bad),
    () => orders.history(bad),
    () => orders.verify('O1', anything({ revision: bad, hash: bad })),
  ];
}

/** A secret in every part of an error that a port can throw. */
function thrownWith(text: string): readonly Error[] {
  const inCause = new Error('no', { cause: new Error(`at ${text}`, { cause: { pem: text } }) });
  const named = Object.assign(new Error('no'), {
    name: text,
    code: text,
    stack: `${text}\n  at x`,
  });
  return [
    Object.assign(new Error(text), { key: text, cause: { pem: text } }),
    new TypeError(`the request ${JSON.stringify({ headers: { authorization: text } })} failed`),
    ...[inCause, named, new AggregateError([new Error(text)], text)],
    ...[anything(text), anything({ message: text })],
  ];
}

export const inputErrors = {
  'invalid-input': async ({ secrets, show }) => {
    const { orders } = await ordersWithOne();
    show('payment orders', orders);
    const { pem, password, appSecret, oneLine } = secrets;
    // Only a control character makes a phone number or a password unfit for an identifier.
    const inputs = secrets.all.flatMap((bad) => badInputs(orders, `${bad}\n`));
    const base = { url: 'https://localhost', appId: 'A'.repeat(16), privateKey: pem };
    const settings = [
      { appId: pem },
      { appId: appSecret },
      { appId: password },
      { ca: pem },
      { ca: oneLine },
      { limits: { attemptMs: pem } },
    ].map(
      (change) => () =>
        openPaymentOrders({ store: 'memory:', gateway: { ...base, ...loose(change) } }),
    );
    const more = [
      () =>
        openPaymentOrders({ store: 'memory:', retryPolicy: anything({ notExecutedMs: [pem] }) }),
      () => openPaymentOrders({ store: 'memory:', attemptDeadlineMs: anything(pem) }),
      () => startSandbox({ runtime: systemRuntime(), callerPublicKey: oneLine }),
    ];
    return failuresOf([...inputs, ...settings, ...more]);
  },
  'invalid-traceparent': async ({ secrets }) => {
    const reported: unknown[] = [];
    const { orders } = await ordersWithOne({ onError: (error) => reported.push(error) });
    for (const traceparent of secrets.all) await orders.startPayment('O1', { traceparent });
    return reported;
  },
  'command-id-reused': async ({ secrets }) => {
    const { orders } = await ordersWithOne();
    await orders.cancel('O1', { reason: 'one', commandId: 'c1' });
    return failuresOf(
      secrets.all.map(
        (text) => () => orders.cancel('O1', { reason: text.slice(0, 512), commandId: 'c1' }),
      ),
    );
  },
  'revision-moved': async ({ secrets }) => {
    const { orders } = await ordersWithOne();
    await orders.startPayment('O1');
    return failuresOf(
      secrets.all.map(
        (text) => () => orders.cancel('O1', { reason: text.slice(0, 512), ifRevision: 0 }),
      ),
    );
  },
  'order-not-found': async ({ secrets }) => {
    const { orders } = await ordersWithOne();
    return failuresOf(
      secrets.all.flatMap((text) => [
        () => orders.cancel('O9', { reason: text.slice(0, 512) }),
        () => orders.retryCancel('O9', { note: text }),
        () => orders.resolveCancel('O9', { resolution: 'paid', evidence: text, by: 'u' }),
      ]),
    );
  },
  'checkpoint-not-found': async () => {
    const { orders } = await ordersWithOne();
    const log = orders.transparencyLog();
    return failuresOf([() => log.proof('O1'), () => log.consistency(0, 7)]);
  },
  'notice-not-found': async ({ secrets }) => {
    const { orders } = await ordersWithOne();
    return failuresOf(
      secrets.all.map(
        (text) => () =>
          orders.inbox().discard('0'.repeat(64), { by: 'u', reason: text.slice(0, 512) }),
      ),
    );
  },
  'translator-failed': async ({ secrets }) => {
    const errors: unknown[] = [];
    const { orders } = await ordersWithOne({ onError: (error) => errors.push(error) });
    for (const text of secrets.all) {
      const inbox = orders.inbox({
        translate: ({ body }) => {
          throw new Error(body, { cause: new SyntaxError(text) });
        },
      });
      await inbox.receive({ body: text });
    }
    return errors;
  },
  'gateway-not-configured': async ({ secrets }) => {
    const { orders } = await ordersWithOne({ gateway: undefined });
    return failuresOf(
      secrets.all.map((text) => () => orders.cancel('O1', { reason: text.slice(0, 512) })),
    );
  },
  'no-gateway': async ({ secrets }) => {
    const { store, runtime } = await ordersWithOne({ gateway: undefined });
    const options = { store, runtime, gateway: confirming, adopt: false };
    const orders = await openPaymentOrders(options);
    return failuresOf(
      secrets.all.map((text) => () => orders.cancel('O1', { reason: text.slice(0, 512) })),
    );
  },
  'gateway-cannot-be-asked': async ({ secrets }) => {
    const { orders } = await ordersWithOne({
      gateway: gatewayOf(() => Promise.reject(new Error())),
    });
    return failuresOf(
      secrets.all.map((text) => () => orders.ask('O1', { correlationId: text.slice(0, 20) })),
    );
  },
  'gateway-failed': async ({ secrets, show }) => {
    const reported: unknown[] = [];
    for (const text of secrets.all) {
      const onError = (error: unknown) => reported.push(error);
      for (const thrown of thrownWith(text)) {
        const throwing = gatewayOf(() => Promise.reject(thrown));
        const { orders } = await ordersWithOne({ gateway: throwing, onError });
        show('the receipt of a gateway that threw', await orders.cancel('O1'));
        show('the history of a gateway that threw', await orders.history('O1'));
      }
      const odd = gatewayOf(() => Promise.resolve(anything({ kind: 'refused', [text]: text })));
      const { orders } = await ordersWithOne({ gateway: odd, onError });
      show('the receipt of a gateway with odd evidence', await orders.cancel('O1'));
    }
    return reported;
  },
  'wrong-order-answered': async ({ secrets }) => {
    const reported: unknown[] = [];
    for (const text of secrets.all) {
      const gateway = {
        ...gatewayOf(() => Promise.reject(new Error())),
        query: () =>
          Promise.resolve(
            anything({ rule: 'order-differs', status: 'unknown', amount: text.slice(0, 64) }),
          ),
      };
      const { orders } = await ordersWithOne({ gateway, onError: (error) => reported.push(error) });
      await orders.ask('O1');
    }
    return reported;
  },
  'invalid-gateway-url': ({ secrets }) => {
    const { password, oneLine, pem, card } = secrets;
    const escaped = encodeURIComponent(pem);
    const urls = [
      ...[`https://user:${password}@gateway.example`, `https://user:${escaped}@gateway.example`],
      ...[`https://gateway.example/?key=${oneLine}`, `https://gateway.example/#${password}`],
      ...[`http://${password}.example`, `https://gateway.example/ ${card}`, pem, oneLine, card],
      ...[`file:///${password}`, `https://${password}:${password}`, `https:\\\\${password}`],
      `https://gateway.example/${password}/../x`,
    ];
    return failuresOf(urls.map((url) => () => parseGatewayUrl(url)));
  },
  'invalid-private-key': ({ secrets, directory }) => {
    const { badKeys, pem, oneLine } = secrets;
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const file = (name: string, content: string, mode: number) => {
      const path = join(directory, name);
      writeFileSync(path, content);
      chmodSync(path, mode);
      return path;
    };
    const base = { url: 'https://localhost', appId: 'A'.repeat(16) };
    return failuresOf([
      ...badKeys.flatMap((key, index) => [
        () => loadPrivateKey(key),
        () => loadPrivateKey(Buffer.from(key)),
        () => readPrivateKeyFile(file(`bad-${index}.pem`, key, 0o600)),
        () => openPaymentOrders({ store: 'memory:', gateway: { ...base, privateKey: key } }),
      ]),
      () => loadPrivateKey(publicKey),
      () => readPrivateKeyFile(file('open.pem', pem, 0o644)),
      () => readPrivateKeyFile(file('long.pem', pem.repeat(50), 0o600)),
      () => readPrivateKeyFile(pem),
      () => readPrivateKeyFile(oneLine),
      () => readPrivateKeyFile(directory),
    ]);
  },
  'invalid-store-url': ({ secrets }) => {
    const { password, oneLine, card } = secrets;
    const urls = [
      ...[`esdb://admin:${password}@`, `esdb://admin:${password}@host:x`, `esdb://${password}@h`],
      ...[`esdb://admin:${password}@host?tls=false`, `esdb://admin:x?${password}=1@host`],
      ...[`esdb://admin:${password}@host?unknown=1`, `esdb://admin:${password}%@host`],
      ...[`esdb://a:b@h?tlsCAFile=/${password}`, `esdb://a:b@h?defaultDeadline=${password}`],
      ...[`postgres://admin:${password}@host/db`, `${password}:`, card, oneLine, password],
      `esdb://a:b@h?maxDiscoverAttempts=${password}`,
    ];
    return failuresOf(urls.map((store) => () => openPaymentOrders({ store })));
  },
  'unsupported-node': () =>
    failuresOf([
      () => {
        assertNode('20.0.0');
      },
    ]),
} satisfies Partial<Forcings>;
