import type { FastifyInstance } from 'fastify';
import type { Callers } from './callers.ts';
import type { FactDesk } from './fact-desk.ts';
import { paymentFact } from './payment-facts.ts';

/** The provider's notices. Once one is answered with 2xx it need not be sent again. */
export function addWebhook(
  app: FastifyInstance,
  { callers, facts }: { readonly callers: Callers; readonly facts: FactDesk },
): void {
  app.post('/webhooks/payments', async (request, reply) => {
    const caller = callers(request.headers.authorization);
    if (caller === null) return reply.status(401).send({ code: 'who-are-you' });
    if (caller.kind !== 'provider') return reply.status(403).send({ code: 'not-yours' });
    const taken = await facts.take(paymentFact.parse(request.body));
    return reply.status(taken === 'recorded' ? 200 : 202).send({ fact: taken });
  });
}
