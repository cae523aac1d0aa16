import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { PaymentOrders } from 'payment-order-machine';
import { failureOf } from './answers.ts';
import type { Callers } from './callers.ts';
import { openFactDesk } from './fact-desk.ts';
import type { KeptFacts } from './kept-facts.ts';
import { addOrderRoutes } from './order-routes.ts';
import { addWebhook } from './webhook.ts';

export type ServiceParts = {
  readonly orders: PaymentOrders;
  readonly kept: KeptFacts;
  readonly callers: Callers;
  readonly log?: boolean;
};

/** Another instance may create the order that a fact kept here is waiting for. */
const bringAgainMs = 30_000;

/**
 * The service over HTTP. When it is ready it has brought every fact it kept. Closing it ends
 * listening, waits for the requests that are being answered, and then closes `orders` and `kept`.
 */
export function buildService({
  orders,
  kept,
  callers,
  log = false,
}: ServiceParts): FastifyInstance {
  const app = Fastify({ logger: log, forceCloseConnections: 'idle', bodyLimit: 65_536 });
  const facts = openFactDesk(orders, kept, (error, orderNo) => {
    app.log.error({ err: error, orderNo }, 'a fact could not be recorded; it is kept');
  });

  app.setErrorHandler(async (error, request, reply) => {
    const failure = failureOf(error);
    if (failure !== null) return reply.status(failure.status).send(failure.body);
    const status = statusOf(error);
    if (status < 500) return reply.status(status).send({ code: 'bad-request' });
    request.log.error({ err: error }, 'a request failed');
    return reply.status(500).send({ code: 'internal' });
  });

  // A client that would keep its connection after its answer must not hold a shutdown up.
  let isStopping = false;
  app.addHook('preClose', (done) => {
    isStopping = true;
    done();
  });
  app.addHook('onSend', (_, reply, payload, done) => {
    if (isStopping) void reply.header('connection', 'close');
    done(null, payload);
  });

  app.get('/health', () => ({ status: 'alive' }));
  app.get('/ready', async (_, reply) => {
    try {
      // Any read will do: nobody needs to have created this order.
      await orders.get('READINESS');
      return { status: 'ready' };
    } catch {
      return reply.status(503).send({ status: 'store-unavailable' });
    }
  });
  addOrderRoutes(app, { orders, callers, facts });
  addWebhook(app, { callers, facts });

  let again: NodeJS.Timeout | undefined;
  app.addHook('onReady', async () => {
    await facts.bringAll();
    again = setInterval(() => void facts.bringAll(), bringAgainMs).unref();
  });
  // Runs after the last request was answered.
  app.addHook('onClose', async () => {
    clearInterval(again);
    await orders.close();
    kept.close();
  });
  return app;
}

/** Fastify gives its own errors, such as unreadable JSON, the status they deserve. */
function statusOf(error: unknown): number {
  const isTold = error instanceof Error && 'statusCode' in error;
  return isTold && typeof error.statusCode === 'number' ? error.statusCode : 500;
}
