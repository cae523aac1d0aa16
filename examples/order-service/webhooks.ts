import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Inbox, Translate } from 'payment-order-machine';
import {
  acknowledgement,
  jsonObject,
  platformNotices,
} from 'payment-order-machine/platform-notices';
import type { PlatformNoticesOptions } from 'payment-order-machine/platform-notices';
import { translateProviderNotice } from './provider-notices.ts';

const byProvider = { config: { access: 'provider' } } as const;
const byEverybody = { config: { access: 'everybody' } } as const;

/** Larger ones are kept in part; beyond this a sender is answered with 413. */
const noticeBytesMax = 1_048_576;

/** A notice means the same wherever it was posted, so its form says whose it is. */
export function translator(options: PlatformNoticesOptions): Translate {
  const translatePlatformNotice = platformNotices(options);
  return (notice) => {
    const json = jsonObject(notice.body);
    const isOfProvider = typeof json === 'object' && 'type' in json;
    return isOfProvider ? translateProviderNotice(json) : translatePlatformNotice(notice);
  };
}

/**
 * Keeps every notice before it is answered, byte for byte and whatever it is, so no parser may
 * refuse one. What it means is worked out afterwards, and does not change the answer.
 */
export function addWebhooks(app: FastifyInstance, inbox: Inbox): void {
  app.register((hooks, _, done) => {
    hooks.removeAllContentTypeParsers();
    const parsing = { parseAs: 'buffer', bodyLimit: noticeBytesMax } as const;
    hooks.addContentTypeParser('*', parsing, (_request, body, parsed) => {
      parsed(null, body);
    });

    // The provider sends its secret along, which vouches for what it says.
    hooks.post('/webhooks/payments', byProvider, async (request) => {
      const vouchedBy = "the provider's secret";
      const { noticeId, status } = await inbox.receive({
        ...noticeIn(request),
        ...{ source: 'provider', vouchedBy },
      });
      return { noticeId, status };
    });

    // Anybody may post here. Only a notice that the platform signed changes an order; any other
    // is held until an operator has asked the platform.
    hooks.post('/webhooks/platform', byEverybody, async (request) => {
      await inbox.receive({ ...noticeIn(request), source: 'platform' });
      return acknowledgement;
    });
    done();
  });
}

function noticeIn({ body, headers }: FastifyRequest) {
  return { body: body instanceof Buffer ? body : '', contentType: headers['content-type'] };
}
