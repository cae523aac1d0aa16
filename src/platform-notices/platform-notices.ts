/**
 * The platform reports payments and refunds by notices in words of its own. This says which fact of
 * which order each of them reports, for the inbox, which keeps them all.
 */

import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Notice, Translate, Translation } from '../inbox/types.ts';
import { aFunction, parseInput, valueThat } from '../parse.ts';
import { factOf } from './content.ts';
import type { OrderOfRefund } from './content.ts';
import { jsonObject } from './json-object.ts';
import { parsePublicKey } from './public-key.ts';
import { contentOfSigned, isSigned } from './signed.ts';

/** The body to answer a notice with, and HTTP 200, once `receive` has resolved. */
export const acknowledgement = { response_code: '000' } as const;

export type PlatformNoticesOptions = {
  /**
   * The order that a refund was made for; null or undefined where that is not known yet. A notice of
   * a refund names the refund alone, so whoever orders refunds must keep this. Without it, notices
   * of refunds are held until an operator names the order.
   */
  readonly orderOfRefund?: OrderOfRefund | undefined;
  /**
   * The platform's public key, RSA: PEM, base64 of its DER in one line, or a `KeyObject`. It
   * verifies signed notices. Without it, those are held.
   */
  readonly publicKey?: string | KeyObject | undefined;
};

const optionsSchema = z.strictObject({
  orderOfRefund: aFunction<OrderOfRefund>().optional(),
  // What a key is, is asked where it is read.
  publicKey: valueThat<string | KeyObject>(() => null).optional(),
} satisfies Record<keyof PlatformNoticesOptions, z.ZodType>);

/**
 * Makes the translator of the platform's notices (统一回调接口), unsigned and signed.
 *
 * - `create_order` succeeded: `PaymentSucceeded`. The notice has no transaction number, so the order
 *   number stands for it. Amounts are yuan as text, times are China time.
 * - `create_order` failed: `PaymentFailed`, and not `PaymentDeclined`. The notice gives the status of
 *   the order, in the words of `payment.order.query`, which has `pending` for an order that the payer
 *   may still pay. A payment after it is recorded all the same, and shows as `paid-after-failure`.
 * - `launch_revert` (退支付) succeeded: `PaymentRefunded`. It waits while `orderOfRefund` knows no
 *   order. One that failed moved no money: it is no fact of an order, and is held.
 * - `launch_refund` (退分账) is held. It takes a split back from its receivers. The platform does not
 *   document that the payer is paid by it; where that is so, record the refund by hand.
 *
 * Everything else is held as unreadable: other codes, no JSON, a key twice, unknown fields, an
 * amount with three decimals, a time that does not exist, a number that no order can have.
 *
 * **Unsigned** notices prove nothing about their sender; only the caller's `vouchedBy` lets them
 * change an order. **Signed** ones are SHA1withRSA over `nonce`, `request_content` and `timestamp`;
 * a valid signature vouches, an invalid one is `forged`. `message_type` is not covered, and is never
 * read. That `request_content` is the unsigned notice as text is our reading: the platform does not
 * document it, and anything else in it is held. The signature does not say to whom the notice was
 * sent, or how often: a copy with another nonce is the same fact by its key.
 *
 * @throws {PaymentOrderError} `invalid-input` with the name of the option.
 * @example
 * const translate = platformNotices({ publicKey: readFileSync('platform.pem', 'utf8') });
 * const { status } = await orders.inbox({ translate }).receive({ body, source: 'platform' });
 */
export function platformNotices(given: PlatformNoticesOptions = {}): Translate {
  const { orderOfRefund, publicKey } = parseInput(optionsSchema, given);
  const key = publicKey === undefined ? undefined : parsePublicKey(publicKey);
  const read = (content: Readonly<Record<string, unknown>>, notice: Notice) =>
    factOf(content, { orderNo: notice.orderNo, orderOfRefund });

  return async (notice): Promise<Translation> => {
    const outer = jsonObject(notice.body);
    if (typeof outer === 'string') return { kind: 'unreadable', problem: `it ${outer}` };
    if (!isSigned(outer)) return read(outer, notice);
    const verified = await contentOfSigned(outer, key);
    if (verified.kind !== 'content') return verified;
    const translation = await read(verified.content, notice);
    return translation.kind === 'fact' ? { ...translation, signed: verified.signed } : translation;
  };
}
