import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Inbox, NoticeView } from 'payment-order-machine';
import { z } from 'zod';

const byOperator = { config: { access: 'operator' } } as const;
const path = z.object({ noticeId: z.string() });
const retry = z.strictObject({ vouchedBy: z.string().optional(), orderNo: z.string().optional() });
const discard = z.strictObject({ reason: z.string() });

const noticesShown = 100;

/** For operators: notices that are kept and are no fact yet. */
export function addNoticeRoutes(app: FastifyInstance, inbox: Inbox): void {
  app.get('/notices', byOperator, async ({ log }) => {
    const notices: NoticeView[] = [];
    const onUnreadable = (noticeId: string, error: unknown) => {
      log.error({ err: error, noticeId }, 'a notice cannot be read from the store');
    };
    for await (const notice of inbox.list({ attention: true, onUnreadable })) {
      notices.push(notice);
      // Anybody can post notices, so there may be any number.
      if (notices.length === noticesShown) break;
    }
    return { notices };
  });

  // Its body names the payer.
  app.get('/notices/:noticeId', byOperator, async (request, reply) => {
    const found = await inbox.get(path.parse(request.params).noticeId);
    return found ?? reply.status(404).send({ code: 'notice-not-found' });
  });

  // An operator who asked the platform, or found it on a bill, vouches for it.
  app.post('/notices/:noticeId/retry', byOperator, (request) => {
    const { noticeId } = path.parse(request.params);
    return inbox.retry(noticeId, { ...retry.parse(request.body ?? {}), by: operatorOf(request) });
  });

  app.post('/notices/:noticeId/discard', byOperator, (request) => {
    const { noticeId } = path.parse(request.params);
    const { reason } = discard.parse(request.body);
    return inbox.discard(noticeId, { reason, by: operatorOf(request) });
  });
}

function operatorOf({ caller }: FastifyRequest): string {
  if (caller === null) throw new Error('the guard lets only operators pass');
  return caller.id;
}
