import { expect } from 'vitest';
import { noticeSigningString, sign } from '../../src/gateway/signing.ts';
import type { Notice, Translation } from '../../src/inbox/types.ts';
import { sha256 } from '../../src/text.ts';
import { keys } from '../gateway/support.ts';

/** The platform's own samples. */
export const paid = {
  api_callback_code: 'create_order',
  status: 'succeeded',
  etc_biz_no: 'PY20201231112338656491666',
  biz_amt: '106.09',
  time: '20210303155105238',
};
export const refunded = {
  ...paid,
  api_callback_code: 'launch_revert',
  etc_biz_no: 'RFD20210101302338656491258',
  biz_amt: '6.00',
};

export function notice(body: unknown, more: Partial<Notice> = {}): Notice {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { noticeId: sha256(text), body: text, receivedAt: '2021-03-03T07:51:06.000Z', ...more };
}

export const paidFact: Translation = {
  kind: 'fact',
  orderNo: paid.etc_biz_no,
  type: 'PaymentSucceeded',
  fact: {
    transactionNo: paid.etc_biz_no,
    ...{ amountMinor: 10_609, currency: 'CNY', occurredAt: '2021-03-03T07:51:05.238Z' },
  },
};

type Parts = { readonly content: string; readonly nonce: string; readonly timestamp: string };

/** A signed notice, as the platform's newer gateway sends it. */
export async function signedNotice(
  given: Partial<Parts> = {},
  privateKey = keys.privateKey,
): Promise<Readonly<Record<string, unknown>>> {
  const parts = { content: JSON.stringify(paid), nonce: 'a1B2c3', timestamp: '1614757866000' };
  const { content, nonce, timestamp } = { ...parts, ...given };
  const text = noticeSigningString({ nonce, requestContent: content, timestamp });
  return {
    sign: await sign(text, privateKey),
    request_content: content,
    ...{ timestamp, nonce, message_type: 'create_order' },
  };
}

/** A problem is a fragment that says something, ends without a stop, and is short. */
const problem = expect.stringMatching(/^[a-zO].{10,250}[A-Za-z]$/) as string;
export const unreadable = { kind: 'unreadable', problem };
export const forged = { kind: 'forged', problem };
export const waits = { kind: 'waits', problem };
