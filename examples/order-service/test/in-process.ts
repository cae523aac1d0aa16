import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { openPaymentOrders, systemRuntime } from 'payment-order-machine';
import type { CancelOutcome } from 'payment-order-machine';
import { openSqliteStore } from 'payment-order-machine/sqlite';
import { scriptedGateway } from 'payment-order-machine/testing';
import { callersFrom, providerFrom } from '../callers.ts';
import { buildService } from '../service.ts';

export const customer = 'customer-token-00001';
export const otherCustomer = 'customer-token-00002';
export const operator = 'operator-token-00001';
export const provider = 'provider-secret-00001';
export const callers = callersFrom(
  `${customer}=customer:u-7,${otherCustomer}=customer:u-8,${operator}=operator:li.wei`,
);
export const platformKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const isProvider = providerFrom(provider, callers);

export type Reply = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/**
 * The service without a socket, on its own files. Its gateway answers at once: each call with the
 * next of `kinds`, all later ones with the last.
 */
export function newTestService(...kinds: readonly CancelOutcome['kind'][]) {
  const directory = mkdtempSync(join(tmpdir(), 'order-service-'));
  const file = join(directory, 'orders.db');
  const store = `sqlite:${file}`;
  let calls = 0;
  const answer = (): Promise<CancelOutcome> => {
    const kind = kinds[Math.min(calls, kinds.length - 1)] ?? 'confirmed';
    calls += 1;
    return Promise.resolve({ kind, rule: 'scripted' });
  };
  let app: FastifyInstance | null = null;
  let close = () => Promise.resolve();
  const open = async () => {
    // The gateway checks, over a second connection, that each call was recorded before it is made.
    const record = await openSqliteStore({ path: file, runtime: systemRuntime() });
    const gateway = scriptedGateway(record, answer);
    const orders = await openPaymentOrders({ store, gateway });
    const platform = { publicKey: platformKeys.publicKey };
    const opened = buildService({ orders, platform, callers, isProvider });
    // As main.ts does, but without timers.
    await orders.recoverOnce();
    close = async () => {
      await opened.close();
      await record.close();
      assert.deepEqual(gateway.violations, []);
    };
    app = opened;
    await app.ready();
    return app;
  };
  const send = async (
    method: NonNullable<InjectOptions['method']>,
    url: string,
    { token = customer, key, body }: { token?: string; key?: string; body?: object | string } = {},
  ): Promise<Reply> => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (key !== undefined) headers['idempotency-key'] = key;
    const request: InjectOptions = { method, url, headers };
    if (body !== undefined) request.payload = body;
    const response = await (app ?? (await open())).inject(request);
    // The answer to a HEAD request has no body.
    return { status: response.statusCode, body: response.body === '' ? {} : response.json() };
  };
  return {
    store,
    send,
    /** On a socket of loopback; gives its port. */
    async listen() {
      const opened = app ?? (await open());
      await opened.listen({ host: '127.0.0.1', port: 0 });
      return (opened.server.address() as AddressInfo).port;
    },
    async routes() {
      return (app ?? (await open())).routes;
    },
    /** Closes the service and opens it again on the same files, as a deployment does. */
    async restart() {
      await close();
      await open();
    },
    async remove() {
      await close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type TestService = ReturnType<typeof newTestService>;
