import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { z } from 'zod';
import { PaymentOrderError, invalidInput } from '../errors.ts';
import { isInsecure, parseGatewayUrl } from '../gateway/gateway-url.ts';
import type { Runtime } from '../runtime.ts';
import { noticeAnswerBytesMax, noticeAttemptMs } from './limits.ts';

/** @throws {PaymentOrderError} `invalid-input`, field `notifyUrl`. */
export function parseNotifyUrl(text: string, mayBeRemote: boolean): string {
  try {
    const url = parseGatewayUrl(text, { allowInsecureHttp: true });
    if (mayBeRemote || (url.protocol === 'http:' && !isInsecure(url))) return url.href;
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    throw invalidInput('notifyUrl', error.problem ?? 'is not a URL');
  }
  const problem = 'must be plain http on loopback; the sandbox posts elsewhere only where';
  throw invalidInput('notifyUrl', `${problem} allowRemoteNotifyUrls says so`);
}

const acknowledgement = z.object({ response_code: z.literal('000') });

/** What a notice was answered with: `acknowledged`, or why it is repeated. */
export type NoticeAnswer = 'acknowledged' | `HTTP ${number}` | 'another answer' | 'no answer';

/**
 * Posts a notice once, without following a redirect. Never rejects. It ends after 10 s, where the
 * answer is over 4 KiB, and where the signal aborts.
 */
export function postNotice(
  { url, body }: { readonly url: string; readonly body: string },
  { runtime, signal }: { readonly runtime: Runtime; readonly signal: AbortSignal },
): Promise<NoticeAnswer> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const headers = {
      'content-type': 'application/json;charset=UTF-8',
      'content-length': Buffer.byteLength(body),
    };
    const call = send(url, { method: 'POST', agent: false, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > noticeAnswerBytesMax) end('another answer');
      });
      response.on('error', () => {
        end('no answer');
      });
      response.on('end', () => {
        end(answerOf(response.statusCode ?? 0, Buffer.concat(chunks).toString()));
      });
    });
    const cancelTimer = runtime.setTimer(noticeAttemptMs, () => {
      end('no answer');
    });
    // The first end counts; a connection that is destroyed still reports its errors.
    function end(answer: NoticeAnswer): void {
      cancelTimer();
      call.destroy();
      resolve(answer);
    }
    call.on('error', () => {
      end('no answer');
    });
    call.end(body);
  });
}

function answerOf(status: number, text: string): NoticeAnswer {
  if (status !== 200) return `HTTP ${status}`;
  try {
    const { success } = acknowledgement.safeParse(JSON.parse(text));
    return success ? 'acknowledged' : 'another answer';
  } catch {
    return 'another answer';
  }
}
