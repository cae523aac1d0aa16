import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { PaymentOrders } from 'payment-order-machine';
import type { PlatformNoticesOptions } from 'payment-order-machine/platform-notices';
import { guard } from './access.ts';
import { failureOf } from './answers.ts';
import type { Callers, IsProvider } from './callers.ts';
import { addNoticeRoutes } from './notice-routes.ts';
import { addOrderRoutes } from './order-routes.ts';
import { addWebhooks, translator } from './webhooks.ts';

export type ServiceParts = {
  readonly orders: PaymentOrders;
  readonly platform: PlatformNoticesOptions;
  readonly callers: Callers;
  readonly isProvider: IsProvider;
  readonly log?: boolean;
};

/**
 * Builds the service over HTTP. `close()` stops listening, waits for open requests, and then closes
 * `orders`.
 */
export function buildService({
  orders,
  platform,
  callers,
  isProvider,
  log = false,
}: ServiceParts): FastifyInstance {
  const app = Fastify({ logger: log, forceCloseConnections: 'idle', bodyLimit: 65_536 });
  const inbox = orders.inbox({ translate: translator(platform) });

  app.setErrorHandler(async (error, request, reply) => {
    const failure = failureOf(error);
    if (failure !== null) return reply.status(failure.status).send(failure.body);
    const status = statusOf(error);
    if (status < 500) return reply.status(status).send({ code: 'bad-request' });
    request.log.error({ err: error }, 'a request failed');
    return reply.status(500).send({ code: 'internal' });
  });

  // A client that keeps its connection after the answer must not delay a shutdown.
  let isStopping = false;
  app.addHook('preClose', (done) => {
    isStopping = true;
    done();
  });
  app.addHook('onSend', (_, reply, payload, done) => {
    if (isStopping) void reply.header('connection', 'close');
    done(null, payload);
  });

  guard(app, { orders, callers, isProvider });
  const byEverybody = { config: { access: 'everybody' } } as const;
  app.get('/health', byEverybody, () => ({ status: 'alive' }));
  app.get('/ready', byEverybody, async (_, reply) => {
    try {
      // Any read will do; this order need not exist.
      await orders.get('READINESS');
      return { status: 'ready' };
    } catch {
      return reply.status(503).send({ status: 'store-unavailable' });
    }
  });
  addOrderRoutes(app, orders);
  addNoticeRoutes(app, inbox);
  addWebhooks(app, inbox);
  // Runs after the last request was answered.
  app.addHook('onClose', () => orders.close());
  return app;
}

/** Fastify's own errors, such as unreadable JSON, have a status. */
function statusOf(error: unknown): number {
  const hasStatus = error instanceof Error && 'statusCode' in error;
  return hasStatus && typeof error.statusCode === 'number' ? error.statusCode : 500;
}
