/** Writes one request on an open connection, and reads its one answer. */

import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { AfterSending } from './call-classification.ts';
import { expectData } from './connections.ts';
import { answerHeadBytesMax } from './limits.ts';

export type Post = {
  readonly hostHeader: string;
  readonly path: string;
  readonly body: string;
  readonly answerBytesMax: number;
};

export type Exchanged =
  | {
      readonly kind: 'answered';
      readonly httpStatus: number;
      readonly contentEncoding: string | undefined;
      readonly retryAfter: string | undefined;
      readonly body: Buffer;
      /** Both sides are done, and the connection may serve another request. */
      readonly connectionUsable: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly phase: 'sent' | 'head';
      readonly failure: AfterSending;
      readonly httpStatus: number | undefined;
      readonly retryAfter: string | undefined;
    };

/**
 * Posts once on an established connection and reads the answer, at most `answerBytesMax` bytes of
 * it. Resends and follows nothing. Never rejects; destroys the socket unless the answer is whole.
 */
export function exchange(socket: Socket, post: Post, signal: AbortSignal): Promise<Exchanged> {
  return new Promise((resolve) => {
    const call = requestOver(socket, post);
    const chunks: Buffer[] = [];
    let bytes = 0;
    let answer: IncomingMessage | undefined;
    let callClosed = false;
    const expire = (): void => {
      fail('timeout');
    };
    // The first result wins; later events of a broken connection are ignored.
    function fail(failure: AfterSending): void {
      signal.removeEventListener('abort', expire);
      socket.destroy();
      const phase = answer === undefined ? 'sent' : 'head';
      const retryAfter = answer?.headers['retry-after'];
      resolve({ kind: 'failed', phase, failure, httpStatus: answer?.statusCode, retryAfter });
    }
    function finish(whole: IncomingMessage, connectionUsable: boolean): void {
      signal.removeEventListener('abort', expire);
      if (!connectionUsable) socket.destroy();
      resolve({
        kind: 'answered',
        httpStatus: whole.statusCode ?? 0,
        contentEncoding: whole.headers['content-encoding'],
        retryAfter: whole.headers['retry-after'],
        body: Buffer.concat(chunks),
        connectionUsable,
      });
    }
    signal.addEventListener('abort', expire);
    call.on('error', (error) => {
      fail('code' in error && String(error.code).startsWith('HPE_') ? 'malformed' : 'lost');
    });
    call.on('upgrade', () => {
      fail('malformed');
    });
    call.on('response', (response) => {
      answer = response;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > post.answerBytesMax) fail('too-large');
        else chunks.push(chunk);
      });
      response.on('error', () => {
        fail('lost');
      });
      response.on('end', () => {
        // Otherwise Node emits 'close' once the connection is free and its request fully written.
        if (response.complete && (callClosed || !call.shouldKeepAlive)) finish(response, false);
      });
    });
    call.on('close', () => {
      callClosed = true;
      if (answer?.complete !== true) fail('lost');
      else if (answer.readableEnded) finish(answer, call.shouldKeepAlive && !socket.destroyed);
    });
    expectData(socket);
    call.end(post.body, 'utf8');
  });
}

/** Node's own client on our socket: no agent, so no proxy, no queue and no second connection. */
function requestOver(socket: Socket, { path, hostHeader, body }: Post): ClientRequest {
  return httpRequest({
    createConnection: () => socket,
    method: 'POST',
    path,
    setHost: false,
    insecureHTTPParser: false,
    maxHeaderSize: answerHeadBytesMax,
    headers: {
      host: hostHeader,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json',
      'accept-encoding': 'identity',
      connection: 'keep-alive',
    },
  });
}
