import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as dispute from '../src/dispute.ts';
import { PaymentOrderError } from '../src/errors.ts';
import * as eventStoreDb from '../src/event-store/eventstoredb/store.ts';
import * as sqlite from '../src/event-store/sqlite/store.ts';
import * as gateway from '../src/gateway/index.ts';
import * as index from '../src/index.ts';
import { openPaymentOrders } from '../src/index.ts';
import { Inbox } from '../src/inbox/inbox.ts';
import { PaymentOrderQueries } from '../src/payment-order-queries.ts';
import { PaymentOrders } from '../src/payment-orders.ts';
import * as platformNotices from '../src/platform-notices/index.ts';
import * as sandbox from '../src/sandbox/index.ts';
import { readers } from './public-readers.ts';

/** A value of the wrong type, as a caller in JavaScript may pass it. */
const anything = (value: unknown) => value as never;

const runtime = index.systemRuntime();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const settings = { url: 'https://localhost', appId: 'A'.repeat(16), privateKey };

const askable = {
  attemptMs: 15_000,
  cancel: () => Promise.resolve({ kind: 'confirmed', rule: 'scripted' } as const),
  query: () => Promise.resolve({ status: 'pending', rule: 'scripted' } as const),
  close: () => Promise.resolve(),
};

const recoverable = () => openPaymentOrders({ store: 'memory:', gateway: settings });

/** Every public function that is given options, with some that fit. */
function openers(
  directory: string,
): readonly (readonly [string, (given: never) => unknown, object])[] {
  return [
    [
      'openPaymentOrders',
      openPaymentOrders,
      {
        ...{ store: `sqlite:${join(directory, 'orders.db')}`, gateway: settings, readOnly: false },
        ...{ allowInsecureCredentials: false, attemptDeadlineMs: 30_000, runtime },
        ...{ conclusiveAfterMs: 120_000, askFirst: false },
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
      { language: 'en', generatedAt: '2026-11-29T10:00:00Z', title: 'T' },
    ],
    [
      'bundleOf',
      (given: never) => dispute.bundleOf([], given),
      {
        ...{ exporter: 'audit', purpose: 'why', exportedAt: '2026-11-29T10:00:00Z' },
        ...{ module: { name: 'm', version: '1' }, faults: [], redact: ['reason'] },
      },
    ],
    [
      'verifyBundle',
      (given: never) => dispute.verifyBundle(new Map(), given),
      {
        ...{ witness: { revision: 0, hash: '0'.repeat(64) }, seal: 'x', originals: 'x' },
        moduleVersion: '1',
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
      'reconcile',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await Array.fromAsync(orders.reconcile(given));
      },
      {
        ...{ from: '2021-02-02', to: '2021-02-02', bill: 'absent.csv', record: false },
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
      'startRecovery',
      async (given: never) => {
        await using orders = await recoverable();
        await orders.startRecovery(given);
      },
      { onFired: () => undefined, only: 'notices' },
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

const directory = mkdtempSync(join(tmpdir(), 'payment-order-options-'));

describe('the options of every opener and renderer', () => {
  test.each(openers(directory))(
    'are refused as a PaymentOrderError, and open nothing, whatever one of them is: %s',
    async (_name, open, fitting) => {
      const garbage = fc.record({
        name: fc.constantFrom(...Object.keys(fitting), 'misspelt'),
        // Any text is a path.
        value: fc.anything().filter((value) => value !== undefined && typeof value !== 'string'),
      });

      await fc.assert(
        fc.asyncProperty(garbage, async ({ name, value }) => {
          // Given alone it is of no use, so the rest fits; what is opened anyway is closed.
          const error: unknown = await Promise.resolve()
            .then(() => open(anything({ ...fitting, [name]: value })))
            .then(closeAll, (thrown: unknown) => thrown);

          if (error !== undefined) expect(error).toBeInstanceOf(PaymentOrderError);
          if (name === 'misspelt') {
            expect(error).toMatchObject({ code: 'invalid-input', field: 'misspelt' });
          }
          if (error !== undefined) expect(readdirSync(directory)).toEqual([]);
        }),
        { numRuns: 150 },
      );
      await fc.assert(
        fc.asyncProperty(fc.anything(), async (given) => {
          const error: unknown = await Promise.resolve()
            .then(() => open(anything(given)))
            .then(closeAll, (thrown: unknown) => thrown);

          if (error !== undefined) expect(error).toBeInstanceOf(PaymentOrderError);
        }),
        { numRuns: 50 },
      );
    },
  );

  /** Some garbage fits, such as an empty list of rules. */
  async function closeAll(opened: unknown): Promise<undefined> {
    if (typeof opened === 'object' && opened !== null && 'close' in opened) {
      await (opened as { close: () => unknown }).close();
    }
    if (existsSync(directory)) {
      for (const name of readdirSync(directory)) rmSync(join(directory, name));
    }
  }
});

describe('events, plans and places that are none', () => {
  test.each(readers)('are refused as a PaymentOrderError: %s', async (_name, read) => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (given) => {
        const error: unknown = await Promise.resolve()
          .then(() => read(anything(given)))
          .then(
            () => undefined,
            (thrown: unknown) => thrown,
          );

        if (error !== undefined) expect(error).toBeInstanceOf(PaymentOrderError);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the lists above', () => {
  /** They read no options, and are checked by the types alone. */
  const withoutInput = ['systemRuntime', 'orderNumbers', 'verifyAll', 'checkStore', 'close'];
  const inside = ['constructor', 'open'];
  const ofSignatures = [
    ...['classify', 'classifyQuery', 'classifyBill', 'newNonce', 'sign', 'signingString', 'verify'],
  ];

  test('have every public function, and every method of the orders', () => {
    const entries = [index, sqlite, eventStoreDb, gateway, dispute, sandbox, platformNotices];
    const functions = entries.flatMap((entry) =>
      Object.entries(entry).flatMap(([name, value]) => (isFunction(value) ? [name] : [])),
    );
    const methods = [PaymentOrders, PaymentOrderQueries, Inbox].flatMap(({ prototype }) =>
      Object.getOwnPropertyNames(prototype),
    );
    const listed = [...openers(directory), ...readers].map(([name]) => name.split(',')[0]);

    const known = new Set([...inside, ...listed, ...withoutInput, ...ofSignatures]);
    expect([...functions, ...methods].filter((name) => !known.has(name))).toEqual([]);
  });

  function isFunction(value: unknown): boolean {
    return typeof value === 'function' && !String(value).startsWith('class');
  }
});
