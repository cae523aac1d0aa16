import type { ServerResponse } from 'node:http';
import type { Runtime } from '../runtime.ts';
import { slowByteMs } from './limits.ts';

export type Manner = 'plain' | 'truncated' | 'slow-bytes';

/** Writes the sandbox's answers, good and bad. Everything that takes time goes through `later`. */
export class Answers {
  readonly #runtime: Pick<Runtime, 'newId' | 'setTimer'>;
  readonly #timers = new Set<() => void>();

  constructor(runtime: Pick<Runtime, 'newId' | 'setTimer'>) {
    this.#runtime = runtime;
  }

  /** Runs `run` after `delayMs`, unless the sandbox closes before. */
  later(delayMs: number, run: () => void): void {
    const cancel = this.#runtime.setTimer(delayMs, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }

  /** Cancels everything that waits. */
  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  json(response: ServerResponse, status: number, value: unknown, manner: Manner = 'plain'): void {
    if (response.destroyed) return;
    const bytes = Buffer.from(JSON.stringify(value));
    response.writeHead(status, {
      'content-type': 'application/json;charset=UTF-8',
      'content-length': bytes.length,
    });
    if (manner === 'plain') response.end(bytes);
    else if (manner === 'slow-bytes') this.#slowly(response, bytes);
    else {
      response.write(bytes.subarray(0, bytes.length >> 1), () => {
        response.destroy();
      });
    }
  }

  rejected(response: ServerResponse, responseCode: string, responseMsg: string): void {
    const requestId = this.#runtime.newId();
    this.json(response, 200, { requestId, responseCode, responseMsg, data: null });
  }

  success(
    response: ServerResponse,
    data: unknown,
    { manner, words }: { readonly manner?: Manner; readonly words?: object } = {},
  ): void {
    const requestId = this.#runtime.newId();
    const answer = { requestId, responseCode: '000', responseMsg: '成功', data };
    this.json(response, 200, { ...answer, ...words }, manner);
  }

  #slowly(response: ServerResponse, bytes: Buffer, from = 0): void {
    if (response.destroyed) return;
    if (from >= bytes.length) {
      response.end();
      return;
    }
    response.write(bytes.subarray(from, from + 1));
    this.later(slowByteMs, () => {
      this.#slowly(response, bytes, from + 1);
    });
  }
}
