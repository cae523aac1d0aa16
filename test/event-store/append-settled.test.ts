import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import { appendSettled } from '../../src/event-store/append-settled.ts';
import type { EventStore, PreparedEvent } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from './with-ways.ts';

const stream = 'paymentOrder-O1';

/** A store whose first appends meet the faults: the answer is lost after or before they are stored. */
function unreliable(
  store: EventStore,
  faults: ('lost-ack' | 'lost-request' | 'unavailable' | 'rival')[],
  rival?: PreparedEvent,
) {
  const sent: string[] = [];
  const unreliableStore = withWays(store, {
    async append(ofStream, events, expected) {
      sent.push(JSON.stringify(events));
      const fault = faults.shift();
      if (fault === 'rival' && rival !== undefined) await store.append(ofStream, [rival], expected);
      if (fault === 'lost-ack') await store.append(ofStream, events, expected);
      if (fault === 'unavailable') throw new PaymentOrderError('store-unavailable', 'not ready');
      if (fault !== undefined) throw new PaymentOrderError('append-outcome-unknown', 'no answer');
      return store.append(ofStream, events, expected);
    },
  });
  return { store: unreliableStore, sent };
}

const prepared = (newId: () => string): PreparedEvent => ({
  id: newId(),
  type: 'PaymentStarted',
  data: {},
  metadata: {},
});

async function appended(...faults: ('lost-ack' | 'lost-request' | 'unavailable' | 'rival')[]) {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  const rival = prepared(() => runtime.newId());
  const { store, sent } = unreliable(memory, faults, rival);
  const own = prepared(() => runtime.newId());
  const running = appendSettled(store, runtime, stream, [own], 'no-stream');
  const outcome = running.catch((error: unknown) => error);
  await runtime.advance(60_000);
  const ids: string[] = [];
  for await (const { id } of memory.read(stream)) ids.push(id);
  return { outcome: await outcome, sent, ids, own, rival };
}

describe('a settled append', () => {
  test('stays in doubt whatever error a later try has', async () => {
    for (const code of ['store-denied', 'store-closed', 'invalid-event'] as const) {
      const runtime = simulatedRuntime();
      const memory = openMemoryStore(runtime);
      const tries = ['append-outcome-unknown', code] as const;
      let tried = 0;
      const store = withWays(memory, {
        append: () => Promise.reject(new PaymentOrderError(tries[tried++] ?? code, 'no')),
      });
      const own = prepared(() => runtime.newId());
      const running = appendSettled(store, runtime, stream, [own], 'no-stream');
      const refused = expect(running).rejects.toMatchObject({ code: 'append-outcome-unknown' });
      await runtime.advance(1_000);
      await refused;
    }
  });

  test('reports an answer at the first try', async () => {
    const { outcome } = await appended();
    expect(outcome).toMatchObject({ kind: 'appended', revision: 0, settled: 'first-try' });
  });

  test('sends the same bytes again after a lost answer, is stored once, and reports the doubt', async () => {
    const { outcome, sent, ids, own } = await appended('lost-ack', 'lost-ack');
    expect(outcome).toMatchObject({ kind: 'appended', revision: 0, settled: 'after-doubt' });
    expect(new Set(sent).size).toBe(1);
    expect(sent).toHaveLength(3);
    expect(ids).toEqual([own.id]);
  });

  test('is stored by the next try where it never arrived', async () => {
    const { outcome, ids, own } = await appended('lost-request', 'unavailable');
    expect(outcome).toMatchObject({ kind: 'appended', settled: 'after-doubt' });
    expect(ids).toEqual([own.id]);
  });

  test('is a conflict where a rival wrote first while it was in doubt', async () => {
    const { outcome, ids, rival } = await appended('rival');
    expect(outcome).toEqual({ kind: 'conflict' });
    expect(ids).toEqual([rival.id]);
  });

  test('looks for its own ids before it believes a conflict after a doubt', async () => {
    const runtime = simulatedRuntime();
    const memory = openMemoryStore(runtime);
    const own = prepared(() => runtime.newId());
    let tries = 0;
    const store = withWays(memory, {
      async append(...batch) {
        tries += 1;
        if (tries > 1) return { kind: 'conflict' };
        await memory.append(...batch);
        throw new PaymentOrderError('append-outcome-unknown', 'no answer');
      },
    });
    const running = appendSettled(store, runtime, stream, [own], 'no-stream');
    await runtime.advance(1_000);
    expect(await running).toMatchObject({ kind: 'appended', revision: 0, settled: 'after-doubt' });
  });

  test('gives up after its budget and reports whether something may be stored', async () => {
    const always = Array.from({ length: 100 });
    const unknown = await appended(...always.map(() => 'lost-request' as const));
    expect(unknown.outcome).toMatchObject({ code: 'append-outcome-unknown' });
    const refused = await appended(...always.map(() => 'unavailable' as const));
    expect(refused.outcome).toMatchObject({ code: 'store-unavailable' });
    const both = await appended('lost-request', ...always.map(() => 'unavailable' as const));
    expect(both.outcome).toMatchObject({ code: 'append-outcome-unknown' });
    expect(unknown.sent.length).toBeLessThan(30);
  });
});
