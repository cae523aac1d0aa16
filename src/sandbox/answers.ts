import type { ServerResponse } from 'node:http';
import type { Runtime } from '../runtime.ts';
import { slowByteMs } from './limits.ts';

/** Writes the sandbox's answers, good and bad. Everything that takes time goes through `later`. */
export type Answers = {
  json(response: ServerResponse, status: number, value: unknown): void;
  envelope(
    response: ServerResponse,
    answer: { responseCode: string; responseMsg: string; data: unknown },
  ): void;
  cancelResult(response: ServerResponse, result: unknown, manner?: Manner): void;
  /** Runs `run` after `delayMs`, unless the sandbox closes before. */
  later(delayMs: number, run: () => void): void;
  /** Cancels everything that waits. */
  stop(): void;
};

export type Manner = 'plain' | 'truncated' | 'slow-bytes';

export function newAnswers(runtime: Pick<Runtime, 'newId' | 'setTimer'>): Answers {
  const timers = new Set<() => void>();

  function later(delayMs: number, run: () => void): void {
    const cancel = runtime.setTimer(delayMs, () => {
      timers.delete(cancel);
      run();
    });
    timers.add(cancel);
  }

  function slowly(response: ServerResponse, bytes: Buffer, from = 0): void {
    if (response.destroyed) return;
    if (from >= bytes.length) {
      response.end();
      return;
    }
    response.write(bytes.subarray(from, from + 1));
    later(slowByteMs, () => {
      slowly(response, bytes, from + 1);
    });
  }

  function send(response: ServerResponse, status: number, value: unknown, manner: Manner): void {
    if (response.destroyed) return;
    const bytes = Buffer.from(JSON.stringify(value));
    response.writeHead(status, {
      'content-type': 'application/json;charset=UTF-8',
      'content-length': bytes.length,
    });
    if (manner === 'plain') response.end(bytes);
    else if (manner === 'slow-bytes') slowly(response, bytes);
    else {
      response.write(bytes.subarray(0, bytes.length >> 1), () => {
        response.destroy();
      });
    }
  }

  const success = (data: unknown): unknown => ({
    requestId: runtime.newId(),
    responseCode: '000',
    responseMsg: '成功',
    data,
  });

  return {
    later,
    json(response, status, value) {
      send(response, status, value, 'plain');
    },
    envelope(response, answer) {
      send(response, 200, { requestId: runtime.newId(), ...answer }, 'plain');
    },
    cancelResult(response, result, manner = 'plain') {
      send(response, 200, success({ cancel_result: result }), manner);
    },
    stop() {
      for (const cancel of timers) cancel();
      timers.clear();
    },
  };
}
