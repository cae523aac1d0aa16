import { describe, expect, onTestFinished, test } from 'vitest';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import type { Runtime } from '../../src/runtime.ts';
import { dribble, envelope, http, manualRuntime, open, rawServer, sample, yes } from './support.ts';
import type { Respond } from './support.ts';

const whole = http();

/** The outcome of one attempt, which must be sent exactly once. */
async function outcomeOf(respond: Respond, runtime: Runtime): Promise<CancelOutcome> {
  const server = await rawServer(respond);
  const outcome = await open(server.url, { runtime }).cancel(sample, yes);
  expect(server.requests).toHaveLength(1);
  return outcome;
}

describe('a slow answer', () => {
  test('ends at the limit where it never comes', async () => {
    const runtime = manualRuntime();
    const outcome = await outcomeOf(() => {
      runtime.fire();
    }, runtime);
    expect(outcome).toMatchObject({ kind: 'outcome-unknown', rule: 'answer-timeout' });
  });

  test('ends at the limit by the real clock', async () => {
    const server = await rawServer(() => undefined);
    const gateway = open(server.url, { limits: { connectMs: 300, attemptMs: 300 } });
    const { rule, durationMs } = await gateway.cancel(sample, yes);
    // On a busy machine the connection may take as long.
    expect(['answer-timeout', 'connect-timeout', 'not-sent']).toContain(rule);
    expect(durationMs).toBeGreaterThanOrEqual(290);
  });

  test('ends at the limit where it comes byte by byte, in the head and in the body', async () => {
    const runtime = manualRuntime();
    const expire = (written: number): void => {
      if (written === 5) runtime.fire();
    };
    const head = await outcomeOf((socket) => {
      dribble(socket, whole, expire);
    }, runtime);
    expect(head).toMatchObject({ kind: 'outcome-unknown', rule: 'answer-timeout' });
    const body = await outcomeOf((socket) => {
      const bodyAt = whole.indexOf('\r\n\r\n') + 4;
      socket.write(whole.subarray(0, bodyAt));
      dribble(socket, whole.subarray(bodyAt), expire);
    }, runtime);
    expect(body).toMatchObject({
      kind: 'outcome-unknown',
      rule: 'body-timeout',
      httpStatus: 200,
    });
  });

  test('ends at the limit after interim responses without end', async () => {
    const runtime = manualRuntime();
    const outcome = await outcomeOf((socket) => {
      let written = 0;
      const timer = setInterval(() => {
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        written += 1;
        if (written === 5) runtime.fire();
      }, 20);
      onTestFinished(() => {
        clearInterval(timer);
      });
    }, runtime);
    expect(outcome).toMatchObject({ kind: 'outcome-unknown', rule: 'answer-timeout' });
  });

  test('changes nothing where it is late', async () => {
    const runtime = manualRuntime();
    let answer = (): void => undefined;
    const server = await rawServer((socket) => {
      answer = () => {
        socket.write(whole);
      };
      runtime.fire();
    });
    const gateway = open(server.url, { runtime });
    const outcome = await gateway.cancel(sample, yes);
    answer();
    expect(outcome).toMatchObject({ kind: 'outcome-unknown', rule: 'answer-timeout' });
  });

  test.each([0, 20])(
    'is not taken for the next answer where it is sent again %i ms later',
    async (ms) => {
      const first = http(envelope({ requestId: 'first' }));
      const runtime = manualRuntime();
      let asked = 0;
      const server = await rawServer((socket) => {
        asked += 1;
        if (asked > 1) {
          // Later than the copy of the first answer.
          setTimeout(runtime.fire, ms + 50);
          return;
        }
        socket.write(first);
        setTimeout(() => socket.write(first), ms);
      });
      const gateway = open(server.url, { runtime });
      expect(await gateway.cancel(sample, yes)).toMatchObject({ kind: 'confirmed' });
      const next = await gateway.cancel({ ...sample, orderNo: 'O2' }, yes);
      expect(next).toMatchObject({ kind: 'outcome-unknown', rule: 'answer-timeout' });
      expect(server.connections()).toBe(2);
    },
  );
});
