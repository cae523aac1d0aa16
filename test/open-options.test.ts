import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../src/errors.ts';
import type { Prefix } from '../src/event-store/event-store.ts';
import { openMemoryStore } from '../src/event-store/memory.ts';
import type { CancelGateway } from '../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../src/open.ts';
import { systemRuntime } from '../src/runtime.ts';

/** A value of the wrong type, as a caller in JavaScript may pass it. */
const anything = (value: unknown) => value as never;

const runtime = systemRuntime();
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const settings = { url: 'https://localhost', appId: 'A'.repeat(16), privateKey };
const gateway: CancelGateway = {
  identity: 'scripted',
  attemptMs: 1_000,
  cancel: () => Promise.resolve({ kind: 'refused', rule: 'refused' }),
  close: () => Promise.resolve(),
};

/** A store and a gateway as people write them: methods on the prototype. */
class OwnStore {
  readonly #inner = openMemoryStore(runtime);
  append(...given: Parameters<typeof this.inner.append>) {
    return this.inner.append(...given);
  }
  get inner() {
    return this.#inner;
  }
  read(stream: string, from?: number) {
    return this.inner.read(stream, from);
  }
  readLast(stream: string) {
    return this.inner.readLast(stream);
  }
  readAll(after: string | null, prefix: Prefix) {
    return this.inner.readAll(after, prefix);
  }
  subscribe(after: string | null, prefix: Prefix, signal: AbortSignal) {
    return this.inner.subscribe(after, prefix, signal);
  }
  placeAt(position: string) {
    return this.inner.placeAt(position);
  }
  streams(prefix: string) {
    return this.inner.streams(prefix);
  }
  check() {
    return this.inner.check();
  }
  close() {
    return this.inner.close();
  }
}

class OwnGateway {
  readonly identity = 'own';
  readonly attemptMs = 1_000;
  cancel() {
    const request = { orderNo: 'O1', processBillNo: 'F1', attempt: 1, correlationId: 'C1' };
    return gateway.cancel(request, () => true);
  }
  close() {
    return gateway.close();
  }
}

const without = (port: object, name: string) => ({ ...port, [name]: undefined });

/** What is wrong, and the field that the error must name. */
const faulty: readonly (readonly [field: string, options: object])[] = [
  ['store', {}],
  ['store', { store: undefined }],
  ['store', { store: 7 }],
  ['store', { store: null }],
  ['store.append', { store: {} }],
  ['store.check', { store: without(new OwnStore().inner, 'check') }],
  ['stroe', { store: 'memory:', stroe: 'memory:' }],
  ['url', { store: 'memory:', gateway: { ...settings, url: undefined } }],
  ['url', { store: 'memory:', gateway: { ...settings, url: 7 } }],
  ['privateKey', { store: 'memory:', gateway: { ...settings, privateKey: undefined } }],
  ['privateKey', { store: 'memory:', gateway: { ...settings, privateKey: 7 } }],
  ['appId', { store: 'memory:', gateway: { ...settings, appId: undefined } }],
  ['appId', { store: 'memory:', gateway: { ...settings, appId: 1234567890123456 } }],
  ['allowInsecureHttps', { store: 'memory:', gateway: { ...settings, allowInsecureHttps: true } }],
  ['limits.attemptms', { store: 'memory:', gateway: { ...settings, limits: { attemptms: 1 } } }],
  ['limits.attemptMs', { store: 'memory:', gateway: { ...settings, limits: { attemptMs: '1' } } }],
  ['onWarning', { store: 'memory:', gateway: { ...settings, onWarning: 'log' } }],
  ['gateway', { store: 'memory:', gateway: 'https://localhost' }],
  ['gateway.cancel', { store: 'memory:', gateway: without(gateway, 'cancel') }],
  ['gateway.close', { store: 'memory:', gateway: without(gateway, 'close') }],
  ['gateway.attemptMs', { store: 'memory:', gateway: { ...gateway, attemptMs: NaN } }],
  ['gateway.attemptMs', { store: 'memory:', gateway: { ...gateway, attemptMs: '15000' } }],
  ['readOnly', { store: 'memory:', readOnly: 'yes' }],
  ['allowInsecureCredentials', { store: 'memory:', allowInsecureCredentials: 1 }],
  ['attemptDeadlineMs', { store: 'memory:', attemptDeadlineMs: '30000' }],
  ['attemptDeadlineMs', { store: 'memory:', attemptDeadlineMs: NaN }],
  ['onError', { store: 'memory:', onError: 'log' }],
  ['runtime.setTimer', { store: 'memory:', runtime: without(runtime, 'setTimer') }],
  ['runtime', { store: 'memory:', runtime: null }],
  ['retryPolicy.jitter', { store: 'memory:', retryPolicy: { notExecutedMs: [], unknownMs: [] } }],
  [
    'retryPolicy.attempts',
    {
      store: 'memory:',
      retryPolicy: { notExecutedMs: [], unknownMs: [], jitter: 0, attempts: 3 },
    },
  ],
];

describe('the options of openPaymentOrders', () => {
  test.each(faulty)('are refused by name: %s', async (field, options) => {
    const opening = openPaymentOrders(anything(options));

    await expect(opening).rejects.toMatchObject({ code: 'invalid-input', field });
  });

  test.each([[undefined], [null], ['sqlite:x.db'], [[]]])(
    'are refused where they are no options at all: %j',
    async (options) => {
      const opening = openPaymentOrders(anything(options));

      await expect(opening).rejects.toMatchObject({ code: 'invalid-input' });
    },
  );

  test('may be instances of classes, with methods on the prototype', async () => {
    const orders = await openPaymentOrders({ store: new OwnStore(), gateway: new OwnGateway() });

    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    const { kind } = await orders.cancel('O1');
    await orders.close();

    expect(kind).toBe('accepted');
  });

  test('name no value, which may be a secret', async () => {
    const canary = 'canary-5f3a';
    const options = Object.keys(settings).map((name) => ({ ...settings, [name]: [canary] }));
    const openings = [
      ...options.map((given) => ({ store: 'memory:', gateway: given })),
      ...[
        { store: [canary] },
        { store: 'memory:', [canary]: 1 },
        { store: 'memory:', gateway: canary },
      ],
    ];

    for (const given of openings) {
      const error: unknown = await openPaymentOrders(anything(given)).catch(
        (thrown: unknown) => thrown,
      );

      expect(error).toBeInstanceOf(PaymentOrderError);
      expect(JSON.stringify(error) + String(error)).not.toContain('5f3a');
    }
  });
});
