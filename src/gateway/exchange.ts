import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { AfterSending } from './classification.ts';
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
      readonly body: Buffer;
      /** Both sides are done, and the connection may serve another request. */
      readonly connectionUsable: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly phase: 'sent' | 'head';
      readonly failure: AfterSending;
      readonly httpStatus: number | undefined;
    };

/**
 * Posts once on an established connection and reads the answer, at most `answerBytesMax` bytes of
 * it. Resends and follows nothing. Never rejects; destroys the socket unless the answer is whole.
 */
export function exchange(socket: Socket, post: Post, signal: AbortSignal): Promise<Exchanged> {
  return new Promise((resolve) => {
    const answer = answerReader(post.answerBytesMax);
    // Node's own client on our socket: no agent, so no proxy, no queue and no second connection.
    const call = httpRequest({
      createConnection: () => socket,
      method: 'POST',
      path: post.path,
      setHost: false,
      insecureHTTPParser: false,
      maxHeaderSize: answerHeadBytesMax,
      headers: {
        host: post.hostHeader,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(post.body),
        accept: 'application/json',
        'accept-encoding': 'identity',
        connection: 'keep-alive',
      },
    });
    const expire = (): void => {
      finish('timeout');
    };
    /** The first result wins; later events of a broken connection are ignored. */
    function finish(failure: AfterSending | 'none', connectionUsable = false): void {
      signal.removeEventListener('abort', expire);
      if (!connectionUsable) socket.destroy();
      resolve(failure === 'none' ? answer.whole(connectionUsable) : answer.broken(failure));
    }
    signal.addEventListener('abort', expire);
    call.on('error', (error) => {
      finish('code' in error && String(error.code).startsWith('HPE_') ? 'malformed' : 'lost');
    });
    call.on('upgrade', () => {
      finish('malformed');
    });
    call.on('response', (response) => {
      answer.read(response, finish);
      response.on('end', () => {
        // Otherwise Node emits 'close' once the connection is free and its request fully written.
        if (response.complete && (callClosed || !call.shouldKeepAlive)) finish('none');
      });
    });
    let callClosed = false;
    call.on('close', () => {
      callClosed = true;
      if (answer.ended()) finish('none', call.shouldKeepAlive && !socket.destroyed);
      else if (!answer.complete()) finish('lost');
    });
    expectData(socket);
    call.end(post.body, 'utf8');
  });
}

type AnswerReader = {
  read(response: IncomingMessage, finish: (failure: AfterSending) => void): void;
  /** The whole answer was received. */
  complete(): boolean;
  /** The whole answer was received and read. */
  ended(): boolean;
  whole(connectionUsable: boolean): Exchanged;
  broken(failure: AfterSending): Exchanged;
};

function answerReader(bytesMax: number): AnswerReader {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let message: IncomingMessage | undefined;
  return {
    read(response, finish) {
      message = response;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > bytesMax) finish('too-large');
        else chunks.push(chunk);
      });
      response.on('error', () => {
        finish('lost');
      });
    },
    complete: () => message?.complete === true,
    ended: () => message?.complete === true && message.readableEnded,
    whole: (connectionUsable) => ({
      kind: 'answered',
      httpStatus: message?.statusCode ?? 0,
      contentEncoding: message?.headers['content-encoding'],
      body: Buffer.concat(chunks),
      connectionUsable,
    }),
    broken: (failure) => ({
      kind: 'failed',
      phase: message === undefined ? 'sent' : 'head',
      failure,
      httpStatus: message?.statusCode,
    }),
  };
}
