import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import * as dispute from '../src/dispute.ts';
import * as eventStoreDb from '../src/event-store/eventstoredb/store.ts';
import * as sqlite from '../src/event-store/sqlite/store.ts';
import * as gateway from '../src/gateway/index.ts';
import * as index from '../src/index.ts';
import { openPaymentOrders } from '../src/index.ts';
import * as platformNotices from '../src/platform-notices/index.ts';
import * as sandbox from '../src/sandbox/index.ts';
import { signedCheckpoint } from '../src/tlog/c2sp/checkpoint.ts';
import { newSigningKey } from '../src/tlog/c2sp/keys.ts';
import { emptyRoot } from '../src/tlog/c2sp/merkle.ts';

const runtime = index.systemRuntime();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const settings = { url: 'https://localhost', appId: 'A'.repeat(16), privateKey };

const askable = {
  identity: 'scripted',
  attemptMs: 15_000,
  cancel: () => Promise.resolve({ kind: 'confirmed', rule: 'scripted' } as const),
  query: () => Promise.resolve({ status: 'pending', rule: 'scripted' } as const),
  close: () => Promise.resolve(),
};

const recoverable = () => openPaymentOrders({ store: 'memory:', gateway: settings });

const { text: logKey, key } = newSigningKey('log', 'example.com/orders');
const trustText = `log ${key.vkey}\nquorum none\n`;
const checkpointText = signedCheckpoint({ origin: key.name, size: 0, root: emptyRoot }, key);

/** Every public function that is given options, with some that fit. */
export function openers(
  directory: string,
): readonly (readonly [string, (given: never) => unknown, object])[] {
  return [
    [
      'openPaymentOrders',
      openPaymentOrders,
      {
        ...{ store: `sqlite:${join(directory, 'orders.db')}`, gateway: settings, readOnly: false },
        ...{ allowInsecureCredentials: false, attemptDeadlineMs: 30_000, runtime },
        ...{ conclusiveAfterMs: 120_000, askFirst: false, index: 'memory:', adopt: false },
        ...{
          onError: () => undefined,
          retryPolicy: { notExecutedMs: [], unknownMs: [], jitter: 0 },
        },
      },
    ],
    [
      'openSqliteStore',
      sqlite.openSqliteStore,
      { path: join(directory, 'store.db'), runtime, readOnly: false, pollMs: 100 },
    ],
    [
      'openEventStoreDbStore',
      eventStoreDb.openEventStoreDbStore,
      {
        url: 'esdb://127.0.0.1:1?tls=maybe',
        ...{ runtime, limits: { openMs: 1 }, allowInsecureCredentials: false },
      },
    ],
    [
      'openHttpGateway',
      gateway.openHttpGateway,
      {
        ...{ ...settings, runtime, limits: { attemptMs: 1_000 }, allowInsecureHttp: false },
        ...{ onWarning: () => undefined, ca: 'x' },
      },
    ],
    ['platformNotices', platformNotices.platformNotices, { orderOfRefund: () => null, publicKey }],
    [
      'startSandbox',
      sandbox.startSandbox,
      {
        ...{ runtime, port: 0, appId: 'A'.repeat(16), callerPublicKey: publicKey, faults: {} },
        ...{ orders: 'any', timestampWindowMs: 1_000, onRequest: () => undefined },
        ...{ onAnswered: () => undefined, onPaid: () => undefined, onNotice: () => undefined },
        ...{ noticePrivateKey: privateKey, allowRemoteNotifyUrls: false },
        ...{ disabledCalls: [], statusLagMs: 0 },
      },
    ],
    [
      'renderReport',
      (given: never) => dispute.renderReport([], given),
      { language: 'en', generatedAt: '2026-11-29T10:00:00Z', title: 'T', lateAfterMs: 0 },
    ],
    [
      'bundleOf',
      (given: never) => dispute.bundleOf([], given),
      {
        ...{ exporter: 'audit', purpose: 'why', exportedAt: '2026-11-29T10:00:00Z' },
        ...{ module: { name: 'm', version: '1' }, faults: [], redact: ['reason'] },
        proofs: [],
      },
    ],
    [
      'verifyBundle',
      (given: never) => dispute.verifyBundle(new Map(), given),
      {
        ...{ witness: { revision: 0, hash: '0'.repeat(64) }, seal: 'x', originals: 'x' },
        ...{ moduleVersion: '1', trust: 'quorum none\n' },
      },
    ],
    [
      'verifyHistories',
      (given: never) => index.verifyHistories({}, [], given),
      { reference: {}, accept: ['context-differs'] },
    ],
    [
      'list',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await Array.fromAsync(orders.list(given));
      },
      { state: 'paid', attention: true, onUnreadable: () => undefined },
    ],
    [
      'events',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        // A feed that follows would not end.
        await Array.fromAsync(orders.events({ ...anObject(given), follow: false }));
      },
      {
        ...{ after: null, types: ['PaymentStarted'], onReached: () => undefined },
        signal: new AbortController().signal,
      },
    ],
    [
      'search',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await orders.search(given);
      },
      {
        ...{ text: 'O1', state: 'cancelling', attention: true, since: '2026-11-29T10:00:00Z' },
        ...{ amount: { min: 1 }, sort: '-since', limit: 1, thresholds: { doubtMs: 1 } },
        gateway: 'a',
        ...{ onProgress: () => undefined, signal: new AbortController().signal },
        cursor: Buffer.from('["-since","x",1]').toString('base64url'),
      },
    ],
    [
      'countAttention',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await orders.countAttention(given);
      },
      {
        ...{ gateway: 'a', thresholds: { doubtMs: 1 }, onProgress: () => undefined },
        signal: new AbortController().signal,
      },
    ],
    [
      'unsettledNotices',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await orders.unsettledNotices(given);
      },
      {
        ...{ status: 'held', limit: 1, onProgress: () => undefined },
        signal: new AbortController().signal,
        after: Buffer.from('{"since":"","id":""}').toString('base64url'),
      },
    ],
    [
      'reconcile',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await Array.fromAsync(orders.reconcile(given));
      },
      {
        ...{ from: '2021-02-02', to: '2021-02-02', bill: 'absent.csv', record: false },
        gateway: 'default',
        ...{ actor: { kind: 'operator', id: 'u' }, onUnreadable: () => undefined },
        signal: new AbortController().signal,
      },
    ],
    [
      'replay',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await orders.replay('O1', given);
      },
      { machine: {} },
    ],
    [
      'ask',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:', gateway: askable });
        await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
        await orders.ask('O1', given);
      },
      {
        ...{ actor: { kind: 'operator', id: 'li.wei' }, correlationId: 'C1', causationId: 'M1' },
        ...{ traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
        ...{ signal: new AbortController().signal },
      },
    ],
    [
      'replayAll',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await Array.fromAsync(orders.replayAll(given));
      },
      { machine: {} },
    ],
    [
      'inbox',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        orders.inbox(given);
      },
      { translate: () => ({ kind: 'waits', problem: 'x' }) },
    ],
    [
      'retry',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await orders.inbox().retry('0'.repeat(64), given);
      },
      { by: 'u', vouchedBy: 'bill', orderNo: 'O1' },
    ],
    [
      'list, of notices',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await Array.fromAsync(orders.inbox().list(given));
      },
      { status: 'held', attention: true, orderNo: 'O1', onUnreadable: () => undefined },
    ],
    [
      'checkpoint',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await orders.transparencyLog().checkpoint(given);
      },
      { key: logKey, witnesses: [], trust: trustText, signal: new AbortController().signal },
    ],
    [
      'proof',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
        await orders.transparencyLog().proof('O1', given);
      },
      { revision: 0, checkpoint: checkpointText },
    ],
    [
      'verify, of the log',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await orders.transparencyLog().verify(given);
      },
      { checkpoint: checkpointText, trust: trustText, leaves: join(directory, 'leaves') },
    ],
    [
      'startRecovery',
      async (given: never) => {
        await using orders = await recoverable();
        await orders.startRecovery(given);
      },
      {
        ...{ onFired: () => undefined, onGateway: () => undefined, only: 'notices' },
        checkpoints: { key: logKey },
      },
    ],
    [
      'recoverOnce',
      async (given: never) => {
        await using orders = await recoverable();
        await orders.recoverOnce(given);
      },
      { onFired: () => undefined, signal: new AbortController().signal, only: 'notices' },
    ],
  ];
}

/** Anything else stays what it is, and is refused. */
function anObject(given: unknown): object {
  return typeof given === 'object' && given !== null ? given : { misspelt: given };
}
