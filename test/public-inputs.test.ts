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
import { PaymentOrders } from '../src/payment-orders.ts';
import * as sandbox from '../src/sandbox/index.ts';

/** A value of the wrong type, as a caller in JavaScript may pass it. */
const anything = (value: unknown) => value as never;

const runtime = index.systemRuntime();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const settings = { url: 'https://localhost', appId: 'A'.repeat(16), privateKey };

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
    [
      'startSandbox',
      sandbox.startSandbox,
      {
        ...{ runtime, port: 0, appId: 'A'.repeat(16), callerPublicKey: publicKey, faults: {} },
        ...{ orders: 'any', timestampWindowMs: 1_000, onRequest: () => undefined },
        ...{ onAnswered: () => undefined, onPaid: () => undefined, onNotice: () => undefined },
        ...{ noticePrivateKey: privateKey, allowRemoteNotifyUrls: false },
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
      'replay',
      async (given: never) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await orders.replay('O1', given);
      },
      { machine: {} },
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
      'startRecovery',
      async (given: never) => {
        await using orders = await recoverable();
        await orders.startRecovery(given);
      },
      { onFired: () => undefined },
    ],
    [
      'recoverOnce',
      async (given: never) => {
        await using orders = await recoverable();
        await orders.recoverOnce(given);
      },
      { onFired: () => undefined, signal: new AbortController().signal },
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

/** Every public function that is given something else, and each of its places. */
const readers: readonly (readonly [string, (given: never) => unknown])[] = [
  ['renderReport', (given) => dispute.renderReport(given)],
  ['timelineOf', (given) => [...dispute.timelineOf(given)]],
  ['attemptsOf', (given) => dispute.attemptsOf(given)],
  [
    'bundleOf',
    (given) =>
      dispute.bundleOf(given, {
        ...{ exporter: 'a', exportedAt: '2026-11-29T10:00:00Z', faults: [] },
        module: { name: 'm', version: '1' },
      }),
  ],
  ['verifyBundle', (given) => dispute.verifyBundle(given, { moduleVersion: '1' })],
  ['verifyHistories', (given) => index.verifyHistories({}, given)],
  ['verifyHistories, its machine', (given) => index.verifyHistories(given, [])],
  ['parseGatewayUrl', (given) => gateway.parseGatewayUrl(given)],
  ['loadPrivateKey', (given) => gateway.loadPrivateKey(given)],
  ['readPrivateKeyFile', (given) => gateway.readPrivateKeyFile(given)],
  ['parseFaultPlan', (given) => sandbox.parseFaultPlan(given)],
  ['parseFaults', (given) => sandbox.parseFaults(given)],
  ['parseNoticeSteps', (given) => sandbox.parseNoticeSteps(given)],
  ['sandboxKeys', (given) => sandbox.sandboxKeys(typeof given === 'string' ? anything(7) : given)],
  ['readBundle', (given) => dispute.readBundle(given)],
  ['upcastEvent', (given) => index.upcastEvent(given)],
  ['explain', (given) => withOrder((orders) => orders.explain('O1', given))],
  ['explain, its order', (given) => withOrder((orders) => orders.explain(given, 'StartPayment'))],
  ['create', (given) => withOrder((orders) => orders.create(given))],
  ['startPayment', (given) => withOrder((orders) => orders.startPayment('O1', given))],
  ['startPayment, its order', (given) => withOrder((orders) => orders.startPayment(given))],
  ['cancel', (given) => withOrder((orders) => orders.cancel('O1', given))],
  ['retryCancel', (given) => withOrder((orders) => orders.retryCancel('O1', given))],
  ['abandonCancel', (given) => withOrder((orders) => orders.abandonCancel('O1', given))],
  ['resolveCancel', (given) => withOrder((orders) => orders.resolveCancel('O1', given))],
  ['acknowledgeAnomaly', (given) => withOrder((orders) => orders.acknowledgeAnomaly('O1', given))],
  [
    'recordPaymentSucceeded',
    (given) => withOrder((orders) => orders.recordPaymentSucceeded('O1', given)),
  ],
  [
    'recordPaymentFailed',
    (given) => withOrder((orders) => orders.recordPaymentFailed('O1', given)),
  ],
  [
    'recordPaymentDeclined',
    (given) => withOrder((orders) => orders.recordPaymentDeclined('O1', given)),
  ],
  [
    'recordPaymentRefunded',
    (given) => withOrder((orders) => orders.recordPaymentRefunded('O1', given)),
  ],
  ['retractFact', (given) => withOrder((orders) => orders.retractFact('O1', given))],
  [
    'recordClosedAtGateway',
    (given) => withOrder((orders) => orders.recordClosedAtGateway('O1', given)),
  ],
  ['get', (given) => withOrder((orders) => orders.get(given))],
  ['getAsOf', (given) => withOrder((orders) => orders.getAsOf('O1', given))],
  ['history', (given) => withOrder((orders) => orders.history(given))],
  ['recordedEvents', (given) => withOrder((orders) => orders.recordedEvents(given))],
  ['recordedSteps', (given) => withOrder((orders) => Array.fromAsync(orders.recordedSteps(given)))],
  ['replay, its order', (given) => withOrder((orders) => orders.replay(given))],
  ['verify, its order', (given) => withOrder((orders) => orders.verify(given))],
  ['verify, its witness', (given) => withOrder((orders) => orders.verify('O1', given))],
  ['backup', (given) => withOrder((orders) => orders.backup(given))],
];

/** With one order, in memory. */
async function withOrder(use: (orders: PaymentOrders) => Promise<unknown>): Promise<void> {
  await using orders = await openPaymentOrders({ store: 'memory:' });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
  await use(orders);
}

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
  const ofSignatures = ['classify', 'newNonce', 'sign', 'signingString', 'verify'];

  test('have every public function, and every method of the orders', () => {
    const entries = [index, sqlite, eventStoreDb, gateway, dispute, sandbox];
    const functions = entries.flatMap((entry) =>
      Object.entries(entry).flatMap(([name, value]) => (isFunction(value) ? [name] : [])),
    );
    const methods = Object.getOwnPropertyNames(PaymentOrders.prototype);
    const listed = [...openers(directory), ...readers].map(([name]) => name.split(',')[0]);

    const known = new Set([...listed, ...withoutInput, ...ofSignatures]);
    expect([...functions, ...methods].filter((name) => !known.has(name))).toEqual(['constructor']);
  });

  function isFunction(value: unknown): boolean {
    return typeof value === 'function' && !String(value).startsWith('class');
  }
});
