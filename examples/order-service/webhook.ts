import type { FastifyInstance } from 'fastify';
import type { Callers } from './callers.ts';
import type { FactInbox } from './fact-inbox.ts';
import { paymentFact } from './payment-facts.ts';

/** The provider's notices. The provider need not repeat a notice that was answered with 2xx. */
export function addWebhook(
  app: FastifyInstance,
  { callers, facts }: { readonly callers: Callers; readonly facts: FactInbox },
): void {
  app.post('/webhooks/payments', async (request, reply) => {
    const caller = callers(request.headers.authorization);
    if (caller === null) return reply.status(401).send({ code: 'unauthenticated' });
    if (caller.kind !== 'provider') return reply.status(403).send({ code: 'forbidden' });
    const fact = await facts.receive(paymentFact.parse(request.body));
    return reply.status(fact === 'recorded' ? 200 : 202).send({ fact });
  });
}
