import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { CommandOptions, PaymentOrders } from 'payment-order-machine';
import { z } from 'zod';
import { mayUse, orderPath } from './access.ts';
import { answerOf } from './answers.ts';

// Field by field: a body that is passed on as a whole could name its own actor.
const newOrder = z.strictObject({
  orderNo: z.string(),
  processBillNo: z.string(),
  amountMinor: z.number().optional(),
  currency: z.string().optional(),
});
const cancelBody = z.strictObject({ reason: z.string().optional() });

const byCaller = { config: { access: 'caller' } } as const;
const byOwner = { config: { access: 'owner' } } as const;

export function addOrderRoutes(app: FastifyInstance, orders: PaymentOrders): void {
  app.post('/orders', byCaller, async (request, reply) => {
    const input = newOrder.parse(request.body);
    const isTaken = async () => (await mayUse(orders, input.orderNo, request.caller)) === false;
    // Before, so that nobody writes into another's order; and after, for two may create at once.
    if (await isTaken()) return reply.status(409).send({ code: 'order-number-taken' });
    const receipt = await orders.create({ ...input, ...optionsOf(request) });
    if (await isTaken()) return reply.status(409).send({ code: 'order-number-taken' });
    const { status, body } = answerOf(receipt, 201);
    return reply.status(status).send(body);
  });

  app.post('/orders/:orderNo/start', byOwner, async (request, reply) => {
    const { orderNo } = orderPath.parse(request.params);
    const receipt = await orders.startPayment(orderNo, optionsOf(request));
    const { status, body } = answerOf(receipt);
    return reply.status(status).send(body);
  });

  // Answers once the first attempt's outcome is recorded; 202 if the cancel is still open.
  app.post('/orders/:orderNo/cancel', byOwner, async (request, reply) => {
    const { orderNo } = orderPath.parse(request.params);
    const { reason } = cancelBody.parse(request.body ?? {});
    const receipt = await orders.cancel(orderNo, { reason, ...optionsOf(request) });
    const { status, body } = answerOf(receipt);
    const isOpen = status === 200 && receipt.order.state === 'cancelling';
    return reply.status(isOpen ? 202 : status).send(body);
  });

  app.get('/orders/:orderNo', byOwner, (request) =>
    orders.get(orderPath.parse(request.params).orderNo),
  );
}

/** Who commands, and under which key: without a key, a repeated request could run twice. */
function optionsOf(request: FastifyRequest): CommandOptions {
  const { 'idempotency-key': key } = z
    .object({
      'idempotency-key': z.string({ error: 'send an Idempotency-Key, a new one per command' }),
    })
    .parse(request.headers);
  return { commandId: key, actor: request.caller ?? undefined, source: 'order-service' };
}
