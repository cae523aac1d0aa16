import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import type { Runtime } from '../../src/runtime.ts';
import {
  appId,
  http,
  keys,
  open,
  patient,
  rawServer,
  sample,
  systemRuntime,
  yes,
} from './support.ts';

const whole = http();

/**
 * Real timers that are not due before the test says so: `hold` starts those of the given delays,
 * or all, and holds the event loop until they are overdue.
 */
function heldRuntime(): Runtime & { hold(ofMs?: number): void } {
  const waiting = new Map<() => void, number>();
  const started = new Map<() => void, () => void>();
  return {
    ...systemRuntime,
    setTimer(delayMs, run) {
      waiting.set(run, delayMs);
      return () => {
        waiting.delete(run);
        started.get(run)?.();
      };
    },
    hold(ofMs) {
      for (const [run, delayMs] of waiting) {
        if (ofMs === undefined || ofMs === delayMs)
          started.set(run, systemRuntime.setTimer(1, run));
      }
      const untilMs = systemRuntime.monotonicMs() + 20;
      while (systemRuntime.monotonicMs() < untilMs);
    },
  };
}

describe('an answer that arrived while the event loop was held beyond the limit', () => {
  test('is read, not counted as late', async () => {
    const runtime = heldRuntime();
    const server = await rawServer((socket) => {
      socket.write(whole);
      runtime.hold();
    });

    const outcome = await open(server.url, { runtime }).cancel(sample, yes);

    expect(outcome).toMatchObject({ kind: 'confirmed', httpStatus: 200 });
  });

  test('is read to its end, where its head came before', async () => {
    const runtime = heldRuntime();
    const server = await rawServer((socket) => {
      socket.write(whole.subarray(0, -10));
      setTimeout(() => {
        setImmediate(() => {
          socket.write(whole.subarray(-10));
          runtime.hold();
        });
      }, 20);
    });

    const outcome = await open(server.url, { runtime }).cancel(sample, yes);

    expect(outcome).toMatchObject({ kind: 'confirmed', httpStatus: 200 });
  });

  test('is read to its end, where only the end of the connection ends it', async () => {
    const runtime = heldRuntime();
    const server = await serverOfAnotherThread(
      Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n'),
        whole.subarray(whole.indexOf('\r\n\r\n') + 4),
      ]),
    );
    const maySend = () => {
      // The request is written before the next immediate.
      setImmediate(() => {
        server.waitUntilAnswered();
        runtime.hold();
      });
      return true;
    };

    const outcome = await open(server.url, { runtime }).cancel(sample, maySend);

    expect(outcome).toMatchObject({ kind: 'confirmed', httpStatus: 200 });
  });

  test('is recorded as it is, although the deadline of the attempt has passed too', async () => {
    const runtime = heldRuntime();
    const server = await rawServer((socket) => {
      socket.write(whole);
      runtime.hold();
    });
    const gateway = { url: server.url, appId, privateKey: keys.privateKey, limits: patient };
    await using orders = await openPaymentOrders({ store: 'memory:', gateway, runtime });
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });

    const { order } = await orders.cancel('O1');

    expect(order.state).toBe('cancelled');
    const history = await orders.history('O1');
    expect(history.map(({ type }) => type).slice(1)).toEqual([
      'CancelRequested',
      'CancelConfirmed',
    ]);
  });
});

describe('a connection that was made while the event loop was held beyond connectMs', () => {
  test('is used', async () => {
    const runtime = heldRuntime();
    const server = await rawServer((socket) => socket.write(whole));
    const limits = { connectMs: 1_234, attemptMs: 25_000 };
    const gateway = open(server.url, { runtime, limits });

    // After an immediate the loop turns to its timers, then to what arrived.
    await new Promise((resolve) => setImmediate(resolve));
    const outcome = gateway.cancel(sample, yes);
    // The system connects by itself from the next tick on.
    process.nextTick(() => {
      runtime.hold(limits.connectMs);
    });

    expect(await outcome).toMatchObject({ kind: 'confirmed' });
  });
});

/** Answers one request and closes; `waitUntilAnswered` holds this thread until that is done. */
async function serverOfAnotherThread(answer: Buffer) {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const script = `
    const { workerData, parentPort } = require('node:worker_threads');
    const { createServer } = require('node:net');
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.end(workerData.answer, () => {
          Atomics.store(workerData.answered, 0, 1);
          Atomics.notify(workerData.answered, 0);
        });
      });
    });
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;
  const worker = new Worker(script, { eval: true, workerData: { answer, answered } });
  onTestFinished(async () => {
    await worker.terminate();
  });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    waitUntilAnswered: () => {
      Atomics.wait(answered, 0, 0, 60_000);
    },
  };
}
