import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { CheckpointKeeper } from '../../src/tlog/keeper.ts';
import type { KeeperDependencies, KeeperTimes } from '../../src/tlog/keeper.ts';
import type { SignedCheckpoint } from '../../src/tlog/types.ts';

const minute = 60_000;

/** A log that is as large as the test says, and that answers at once unless it is to wait. */
function world(times: KeeperTimes = {}, more: Partial<KeeperDependencies> = {}) {
  const runtime = simulatedRuntime();
  const stopping = new AbortController();
  const log = {
    size: 1,
    covered: 0,
    calls: 0,
    inHand: 0,
    mostInHand: 0,
    failure: null as Error | null,
    note: '',
  };
  const errors: unknown[] = [];
  const signed: number[] = [];
  let hold: Promise<void> = Promise.resolve();
  const checkpoint = async (): Promise<SignedCheckpoint> => {
    log.calls += 1;
    log.inHand += 1;
    log.mostInHand = Math.max(log.mostInHand, log.inHand);
    const { size } = log;
    await hold;
    log.inHand -= 1;
    if (log.failure !== null) throw log.failure;
    const isNew = size > log.covered;
    log.covered = Math.max(size, log.covered);
    const { note } = log;
    return { note, origin: 'o', size, root: '', isNew, cosignedBy: [], missing: [] };
  };
  const keeper = new CheckpointKeeper(
    {
      ...{ runtime, signal: stopping.signal, checkpoint },
      onError: (error) => errors.push(error),
      onCheckpoint: ({ size }) => signed.push(size),
      ...more,
    },
    times,
  );
  return {
    ...{ runtime, stopping, log, errors, signed, keeper },
    /** An event is stored, and the follower sees it. */
    event: (count = 1) => {
      for (let one = 0; one < count; one += 1) {
        log.size += 1;
        keeper.saw();
      }
    },
    /** From now on a checkpoint waits for what this gives to be called. */
    holding: () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      hold = promise.then(() => undefined);
      return () => {
        hold = Promise.resolve();
        resolve(undefined);
      };
    },
  };
}

describe('the keeper of checkpoints', () => {
  test('signs one when it starts, and every 10 minutes where the log grew', async () => {
    const { runtime, keeper, log, signed } = world();

    keeper.start();
    keeper.start();
    await runtime.advance(0);
    expect(signed).toEqual([1]);
    log.size = 4;
    await runtime.advance(10 * minute - 1);
    expect(signed).toEqual([1]);
    await runtime.advance(1);
    expect(signed).toEqual([1, 4]);
    await runtime.advance(30 * minute);

    expect(signed).toEqual([1, 4]);
    expect(log.calls).toBe(5);
  });

  test('signs one as soon as 1,000 events are new, and then begins both counts again', async () => {
    const { runtime, keeper, signed, event } = world();
    keeper.start();
    await runtime.advance(9 * minute);

    event(999);
    await runtime.advance(0);
    expect(signed).toEqual([1]);
    event();
    await runtime.advance(0);
    expect(signed).toEqual([1, 1_001]);
    event(999);
    await runtime.advance(10 * minute - 1);
    expect(signed).toEqual([1, 1_001]);
    await runtime.advance(1);

    expect(signed).toEqual([1, 1_001, 2_000]);
  });

  test('signs one at a time, and goes on at once where enough came meanwhile', async () => {
    const { runtime, keeper, log, signed, event, holding } = world({ everyEvents: 3 });
    const release = holding();
    keeper.start();

    event(3);
    await runtime.advance(60 * minute);
    expect(log).toMatchObject({ calls: 1, inHand: 1 });
    release();
    await runtime.advance(0);

    expect(signed).toEqual([1, 4]);
    expect(log.mostInHand).toBe(1);
  });

  test('reports a failure, and tries again at the next time', async () => {
    const { runtime, keeper, log, signed, errors } = world({ everyMs: minute });
    log.failure = new Error('the store is away');
    keeper.start();
    await runtime.advance(minute - 1);
    expect(log.calls).toBe(1);

    log.failure = null;
    await runtime.advance(1);

    expect(errors).toHaveLength(1);
    expect(signed).toEqual([1]);
  });

  test('goes on where a listener throws', async () => {
    const fault = new Error('of the listener');
    const onCheckpoint = () => {
      throw fault;
    };
    const { runtime, keeper, log, errors } = world({ everyMs: minute }, { onCheckpoint });

    keeper.start();
    await runtime.advance(minute);

    expect(errors).toEqual([fault]);
    expect(log.calls).toBe(2);
  });

  test('gives a checkpoint again where a witness cosigned it later', async () => {
    const { runtime, keeper, log, signed } = world({ everyMs: minute });
    keeper.start();
    await runtime.advance(minute);

    log.note = 'with another line';
    await runtime.advance(5 * minute);

    expect(signed).toEqual([1, 1]);
  });

  test('gives none that another process signed', async () => {
    const { runtime, keeper, log, signed } = world({ everyMs: minute });
    keeper.start();
    await runtime.advance(0);

    Object.assign(log, { size: 9, covered: 9, note: 'of another process' });
    await runtime.advance(5 * minute);

    expect(signed).toEqual([1]);
  });

  test('begins nothing more after the signal, and ends when the one in hand did', async () => {
    const { runtime, keeper, log, errors, stopping, event, holding } = world({ everyEvents: 1 });
    const release = holding();
    keeper.start();
    event(5);
    let hasEnded = false;
    const ended = keeper.ended().then(() => (hasEnded = true));

    stopping.abort();
    await runtime.advance(0);
    expect(hasEnded).toBe(false);
    log.failure = new Error('the orders are closed');
    release();
    await ended;
    await runtime.advance(60 * minute);

    expect(log.calls).toBe(1);
    expect(errors).toEqual([]);
    expect(runtime.pendingTimers()).toBe(0);
  });

  test('wakes from its wait with the signal, and never starts after it', async () => {
    const { runtime, keeper, log, stopping } = world();
    keeper.start();
    await runtime.advance(1);
    stopping.abort();
    await keeper.ended();
    keeper.start();
    const { keeper: other, log: others, stopping: stopped } = world();
    stopped.abort();
    other.start();
    await other.ended();

    expect([log.calls, others.calls, runtime.pendingTimers()]).toEqual([1, 0, 0]);
  });

  test('leaves no event without a checkpoint for longer than its time', async () => {
    const step = fc.record({ ms: fc.nat(90_000), events: fc.nat(7), fails: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { runtime, keeper, log, event } = world({ everyMs: minute, everyEvents: 5 });
        keeper.start();
        for (const { ms, events, fails } of steps) {
          log.failure = fails ? new Error('now and then') : null;
          event(events);
          await runtime.advance(ms);
        }
        log.failure = null;
        await runtime.advance(minute);
        expect(log.covered).toBe(log.size);
        expect(log.mostInHand).toBe(1);
      }),
    );
  });
});
