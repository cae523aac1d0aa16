/** What the platform posts to a notify URL, in its two formats. */

import type { KeyObject } from 'node:crypto';
import { newNonce, noticeSigningString, sign } from '../gateway/signing.ts';
import { instantOf } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { SandboxNoticeStep } from './notice-steps.ts';

/** The unsigned notice; the signed one carries it as text. */
export type NoticeContent = {
  readonly api_callback_code: 'create_order' | 'launch_revert';
  readonly status: 'succeeded' | 'failed';
  /** The number of the order, or of the refund. */
  readonly etc_biz_no: string;
  /** Yuan as text. */
  readonly biz_amt: string | undefined;
  /** yyyyMMddHHmmssSSS, China time. */
  readonly time: string;
};

const chinaOffsetMs = 8 * 3_600_000;

/** The platform's time: seventeen digits, without a zone. */
export function chinaTime(nowMs: number): string {
  return instantOf(nowMs + chinaOffsetMs).replaceAll(/\D/g, '');
}

/** Each call for a signed format gives another nonce and timestamp, as the platform's repeats may. */
export async function noticeBody(
  content: NoticeContent,
  format: SandboxNoticeStep['format'],
  { runtime, key }: { readonly runtime: Runtime; readonly key: () => KeyObject },
): Promise<string> {
  const requestContent = JSON.stringify(content);
  if (format === 'unsigned') return requestContent;
  const [nonce, timestamp] = [newNonce(runtime), String(runtime.now())];
  const signed = format === 'signed' ? requestContent : `${requestContent} `;
  const text = noticeSigningString({ nonce, requestContent: signed, timestamp });
  return JSON.stringify({
    sign: await sign(text, key()),
    request_content: requestContent,
    timestamp,
    nonce,
    message_type: content.api_callback_code,
  });
}
