import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attemptsOf, bundleOf, renderReport, timelineOf, verifyBundle } from '../src/dispute.ts';
import { PaymentOrderError } from '../src/errors.ts';
import { openEventStoreDbStore } from '../src/event-store/eventstoredb/store.ts';
import { openSqliteStore } from '../src/event-store/sqlite/store.ts';
import {
  loadPrivateKey,
  openHttpGateway,
  parseGatewayUrl,
  readPrivateKeyFile,
} from '../src/gateway/index.ts';
import { verifyHistories } from '../src/history/compare.ts';
import { openPaymentOrders } from '../src/open.ts';
import { systemRuntime } from '../src/runtime.ts';
import { parseFaultPlan, parseFaults, sandboxKeys, startSandbox } from '../src/sandbox/index.ts';

/** A value of the wrong type, as a caller in JavaScript may pass it. */
const anything = (value: unknown) => value as never;

const runtime = systemRuntime();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const settings = { url: 'https://localhost', appId: 'A'.repeat(16), privateKey };

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
      openSqliteStore,
      { path: join(directory, 'store.db'), runtime, readOnly: false, pollMs: 100 },
    ],
    [
      'openEventStoreDbStore',
      openEventStoreDbStore,
      {
        url: 'esdb://127.0.0.1:1?tls=maybe',
        ...{ runtime, limits: { openMs: 1 }, allowInsecureCredentials: false },
      },
    ],
    [
      'openHttpGateway',
      openHttpGateway,
      {
        ...{ ...settings, runtime, limits: { attemptMs: 1_000 }, allowInsecureHttp: false },
        ...{ onWarning: () => undefined, ca: 'x' },
      },
    ],
    [
      'startSandbox',
      startSandbox,
      {
        ...{ runtime, port: 0, appId: 'A'.repeat(16), callerPublicKey: publicKey, faults: {} },
        ...{ orders: 'any', timestampWindowMs: 1_000, onRequest: () => undefined },
        ...{ onAnswered: () => undefined, onPaid: () => undefined },
      },
    ],
    [
      'renderReport',
      (given: never) => renderReport([], given),
      { language: 'en', generatedAt: '2026-11-29T10:00:00Z', title: 'T' },
    ],
    [
      'bundleOf',
      (given: never) => bundleOf([], given),
      {
        ...{ exporter: 'audit', purpose: 'why', exportedAt: '2026-11-29T10:00:00Z' },
        ...{ module: { name: 'm', version: '1' }, faults: [], redact: ['reason'] },
      },
    ],
    [
      'verifyBundle',
      (given: never) => verifyBundle(new Map(), given),
      {
        ...{ witness: { revision: 0, hash: '0'.repeat(64) }, seal: 'x', originals: 'x' },
        moduleVersion: '1',
      },
    ],
    [
      'verifyHistories',
      (given: never) => verifyHistories({}, [], given),
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
  const readers: readonly (readonly [string, (given: never) => unknown])[] = [
    ['renderReport', (given) => renderReport(given)],
    ['timelineOf', (given) => [...timelineOf(given)]],
    ['attemptsOf', (given) => attemptsOf(given)],
    [
      'bundleOf',
      (given) =>
        bundleOf(given, {
          ...{ exporter: 'a', exportedAt: '2026-11-29T10:00:00Z', faults: [] },
          module: { name: 'm', version: '1' },
        }),
    ],
    ['verifyBundle', (given) => verifyBundle(given, { moduleVersion: '1' })],
    ['verifyHistories', (given) => verifyHistories({}, given)],
    ['verifyHistories, its machine', (given) => verifyHistories(given, [])],
    ['parseGatewayUrl', (given) => parseGatewayUrl(given)],
    ['loadPrivateKey', (given) => loadPrivateKey(given)],
    ['readPrivateKeyFile', (given) => readPrivateKeyFile(given)],
    ['parseFaultPlan', (given) => parseFaultPlan(given)],
    ['parseFaults', (given) => parseFaults(given)],
    ['sandboxKeys', (given) => sandboxKeys(typeof given === 'string' ? anything(7) : given)],
    [
      'explain',
      async (given) => {
        await using orders = await openPaymentOrders({ store: 'memory:' });
        await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
        await orders.explain('O1', given);
      },
    ],
  ];

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
      { numRuns: 200 },
    );
  });
});
