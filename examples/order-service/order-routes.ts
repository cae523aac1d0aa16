import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CommandOptions, PaymentOrders } from 'payment-order-machine';
import { z } from 'zod';
import { answerOf } from './answers.ts';
import type { Callers } from './callers.ts';
import type { FactInbox } from './fact-inbox.ts';

type Parts = {
  readonly orders: PaymentOrders;
  readonly callers: Callers;
  readonly facts: FactInbox;
};

// Field by field: a body that is passed on as a whole could name its own actor.
const newOrder = z.strictObject({
  orderNo: z.string(),
  processBillNo: z.string(),
  amountMinor: z.number().optional(),
  currency: z.string().optional(),
});
const cancelBody = z.strictObject({ reason: z.string().optional() });
const orderPath = z.object({ orderNo: z.string() });

export function addOrderRoutes(app: FastifyInstance, { orders, callers, facts }: Parts): void {
  app.register((routes, _, done) => {
    routes.addHook('onRequest', async (request, reply) => {
      const actor = callers(request.headers.authorization);
      if (actor === null) return reply.status(401).send({ code: 'unauthenticated' });
      if (actor.kind === 'provider') return reply.status(403).send({ code: 'forbidden' });
    });

    routes.post('/orders', async (request, reply) => {
      const input = newOrder.parse(request.body);
      const receipt = await orders.create({ ...input, ...optionsOf(request, callers) });
      const isChanged = await facts.deliverTo(receipt.order.orderNo);
      const order = isChanged ? await orders.get(receipt.order.orderNo) : null;
      const { status, body } = answerOf(receipt, 201);
      return reply.status(status).send(order === null ? body : { ...body, ...headOf(order) });
    });

    routes.post('/orders/:orderNo/start', async (request, reply) => {
      const { orderNo } = orderPath.parse(request.params);
      const receipt = await orders.startPayment(orderNo, optionsOf(request, callers));
      const { status, body } = answerOf(receipt);
      return reply.status(status).send(body);
    });

    // Answers once the first attempt's outcome is recorded; 202 if the cancel is still open.
    routes.post('/orders/:orderNo/cancel', async (request, reply) => {
      const { orderNo } = orderPath.parse(request.params);
      const { reason } = cancelBody.parse(request.body ?? {});
      const receipt = await orders.cancel(orderNo, { reason, ...optionsOf(request, callers) });
      const { status, body } = answerOf(receipt);
      const isOpen = status === 200 && receipt.order.state === 'cancelling';
      return reply.status(isOpen ? 202 : status).send(body);
    });

    routes.get('/orders/:orderNo', async (request, reply) => {
      const order = await orders.get(orderPath.parse(request.params).orderNo);
      return order ?? reply.status(404).send({ code: 'order-not-found' });
    });
    done();
  });
}

/** The order, with the witness of its last event. */
function headOf(order: NonNullable<Awaited<ReturnType<PaymentOrders['get']>>>) {
  const { revision, hash } = order;
  return { order, revision, hash };
}

/** Who commands, and under which key: without a key, a repeated request could run twice. */
function optionsOf(request: FastifyRequest, callers: Callers): CommandOptions {
  const { 'idempotency-key': key } = z
    .object({
      'idempotency-key': z.string({ error: 'send an Idempotency-Key, a new one per command' }),
    })
    .parse(request.headers);
  const actor = callers(request.headers.authorization) ?? undefined;
  return { commandId: key, actor, source: 'order-service' };
}
