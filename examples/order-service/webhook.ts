import type { FastifyInstance } from 'fastify';
import type { FactInbox } from './fact-inbox.ts';
import { paymentFact } from './payment-facts.ts';

const byProvider = { config: { access: 'provider' } } as const;

/** The provider's notices. The provider need not repeat a notice that was answered with 2xx. */
export function addWebhook(app: FastifyInstance, facts: FactInbox): void {
  app.post('/webhooks/payments', byProvider, async (request, reply) => {
    const fact = await facts.receive(paymentFact.parse(request.body));
    return reply.status(fact === 'recorded' ? 200 : 202).send({ fact });
  });
}
