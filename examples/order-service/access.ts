import type { FastifyInstance } from 'fastify';
import type { Actor, PaymentOrders } from 'payment-order-machine';
import { z } from 'zod';
import type { Callers, IsProvider } from './callers.ts';

/**
 * Who may use a route: everybody, the payment provider, any caller, operators, or, where the path
 * names an order, the customer who created it. Operators may do all that customers may, with every
 * order.
 */
export type Access = 'everybody' | 'provider' | 'caller' | 'operator' | 'owner';

export type Route = {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly access: Access;
};

/* eslint-disable @typescript-eslint/consistent-type-definitions -- only interfaces are merged */
declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Who sent the request; null on routes for everybody and for the provider. */
    caller: Actor | null;
  }
  interface FastifyInstance {
    /** All routes, for the test that tries each of them as everyone. */
    readonly routes: readonly Route[];
  }
}
/* eslint-enable @typescript-eslint/consistent-type-definitions */

type Parts = {
  readonly orders: PaymentOrders;
  readonly callers: Callers;
  readonly isProvider: IsProvider;
};

export const orderPath = z.object({ orderNo: z.string() });

/** Guards all routes that are added after it. One that does not say who may use it is refused. */
export function guard(app: FastifyInstance, { orders, callers, isProvider }: Parts): void {
  const routes: Route[] = [];
  app.decorate('routes', routes);
  app.decorateRequest('caller', null);
  app.addHook('onRoute', ({ method, url, config }) => {
    const access = config?.access;
    if (access === undefined || (access === 'owner') !== url.includes('/:orderNo'))
      throw new Error(`the route ${url} must say who may use it, the owner if it names an order`);
    routes.push({ method, url, access });
  });
  app.addHook('onRequest', async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (request.is404 || access === 'everybody') return;
    const { authorization } = request.headers;
    if (access === 'provider') {
      if (isProvider(authorization)) return;
      return reply.status(401).send({ code: 'unauthenticated' });
    }
    request.caller = callers(authorization);
    if (request.caller === null) return reply.status(401).send({ code: 'unauthenticated' });
    if (access === 'caller') return;
    if (access === 'operator') {
      if (request.caller.kind === 'operator') return;
      return reply.status(403).send({ code: 'operators-only' });
    }
    // Another's order is answered as one that does not exist, so nobody can look for numbers.
    const { orderNo } = orderPath.parse(request.params);
    if (await mayUse(orders, orderNo, request.caller)) return;
    return reply.status(404).send({ code: 'order-not-found' });
  });
}

/**
 * Whether the caller may see and change an order; null if it does not exist. The owner is the actor
 * who created it, as its history says: a second table could differ from that.
 */
export async function mayUse(
  orders: PaymentOrders,
  orderNo: string,
  caller: Actor | null,
): Promise<boolean | null> {
  const [created] = await orders.history(orderNo);
  if (created === undefined) return null;
  if (caller?.kind === 'operator') return true;
  const { actor: owner } = created.metadata;
  return owner !== undefined && owner.kind === caller?.kind && owner.id === caller.id;
}
