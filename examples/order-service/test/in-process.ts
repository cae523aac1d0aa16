import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { openPaymentOrders } from 'payment-order-machine';
import type { CancelGateway, CancelOutcome } from 'payment-order-machine';
import { callersFrom } from '../callers.ts';
import { KeptFacts } from '../kept-facts.ts';
import { buildService } from '../service.ts';

export const customer = 'customer-token-00001';
export const provider = 'provider-token-00001';
export const callers = callersFrom(`${customer}=customer:u-7,${provider}=provider:channel-1`);

/** A gateway that answers at once, each call with the next outcome, the last one for ever. */
export function answering(...kinds: CancelOutcome['kind'][]): CancelGateway {
  let calls = 0;
  return {
    attemptMs: 1_000,
    cancel: () => {
      const kind = kinds[Math.min(calls, kinds.length - 1)] ?? 'confirmed';
      calls += 1;
      return Promise.resolve({ kind, rule: 'scripted' });
    },
    close: () => Promise.resolve(),
  };
}

export type Reply = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/** The service without a socket, on files of its own; it may be closed and opened anew. */
export function newDesk(gateway: CancelGateway = answering('confirmed')) {
  const directory = mkdtempSync(join(tmpdir(), 'order-service-'));
  const store = `sqlite:${directory}/orders.db`;
  const keptFile = `${directory}/kept-facts.db`;
  let app: FastifyInstance | null = null;
  const open = async () => {
    const orders = await openPaymentOrders({ store, gateway });
    app = buildService({ orders, kept: new KeptFacts(keptFile), callers });
    await app.ready();
    return app;
  };
  const send = async (
    method: 'GET' | 'POST',
    url: string,
    { token = customer, key, body }: { token?: string; key?: string; body?: object } = {},
  ): Promise<Reply> => {
    const response = await (app ?? (await open())).inject({
      ...{ method, url },
      headers: {
        authorization: `Bearer ${token}`,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: response.statusCode, body: response.json() };
  };
  return {
    ...{ store, keptFile, send },
    /** As a deployment does: closes the service and opens it anew on the same files. */
    async restart() {
      await app?.close();
      await open();
    },
    async remove() {
      await app?.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export type Desk = ReturnType<typeof newDesk>;
