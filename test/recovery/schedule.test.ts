import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Schedule } from '../../src/recovery/schedule.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

const names = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
const doing = fc.oneof(
  fc.record({ what: fc.constant('set' as const), name: names, ms: fc.nat(500) }),
  fc.record({ what: fc.constant('delete' as const), name: names }),
  fc.record({ what: fc.constant('advance' as const), ms: fc.nat(120) }),
);

describe('a schedule', () => {
  test('wakes each name once, when its newest wait ends, whatever was set and deleted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(doing, { maxLength: 60 }), async (steps) => {
        const runtime = simulatedRuntime();
        const woken: string[] = [];
        const schedule = new Schedule(runtime, (name) => {
          woken.push(`${name} ${runtime.monotonicMs()}`);
        });
        const expected: string[] = [];
        const waiting = new Map<string, number>();
        const advance = async (ms: number) => {
          const untilMs = runtime.monotonicMs() + ms;
          await runtime.advance(ms);
          for (const [name, dueMs] of waiting) {
            if (dueMs > untilMs) continue;
            expected.push(`${name} ${dueMs}`);
            waiting.delete(name);
          }
        };
        for (const step of steps) {
          if (step.what === 'advance') await advance(step.ms);
          else if (step.what === 'delete') {
            waiting.delete(step.name);
            schedule.delete(step.name);
          } else {
            waiting.set(step.name, runtime.monotonicMs() + step.ms);
            schedule.set(step.name, step.ms);
          }
          expect([...schedule.names()].toSorted()).toEqual([...waiting.keys()].toSorted());
          expect(runtime.pendingTimers()).toBeLessThanOrEqual(1);
          if (waiting.size === 0) expect(runtime.pendingTimers()).toBe(0);
        }
        await advance(500);
        expect(woken.toSorted()).toEqual(expected.toSorted());
        expect(runtime.pendingTimers()).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('wakes a thousand names in the order in which they are due', async () => {
    const runtime = simulatedRuntime();
    const woken: number[] = [];
    const schedule = new Schedule(runtime, (name) => woken.push(Number(name)));
    const waits = Array.from({ length: 1_000 }, (_, index) => (index * 617) % 1_000);
    for (const ms of waits) schedule.set(String(ms), ms);

    await runtime.advance(1_000);

    expect(woken).toEqual(waits.toSorted((one, other) => one - other));
  });

  test('keeps no more than it needs where one name is set again and again', async () => {
    const runtime = simulatedRuntime();
    let woken = 0;
    const schedule = new Schedule(runtime, () => (woken += 1));
    for (let ms = 10_000; ms > 0; ms -= 1) schedule.set('A', ms);
    schedule.set('A', 20_000);

    await runtime.advance(19_999);
    const early = woken;
    await runtime.advance(1);

    expect([early, woken, schedule.size]).toEqual([0, 1, 0]);
  });

  test('lets a name be set again while it is woken', async () => {
    const runtime = simulatedRuntime();
    const woken: number[] = [];
    const schedule: Schedule = new Schedule(runtime, (name) => {
      woken.push(runtime.monotonicMs());
      if (woken.length < 3) schedule.set(name, 10);
    });
    schedule.set('A', 5);

    await runtime.advance(100);

    expect(woken).toEqual([5, 15, 25]);
  });

  test('wakes for what its timer was set for, also where the timer fired early', () => {
    const timers: (() => void)[] = [];
    const early = {
      monotonicMs: () => 0,
      setTimer: (_ms: number, run: () => void) => {
        timers.push(run);
        return () => undefined;
      },
    };
    const woken: string[] = [];
    const schedule = new Schedule(early, (name) => woken.push(name));
    schedule.set('A', 10);
    schedule.set('B', 20);

    timers[0]?.();

    expect({ woken, timers: timers.length }).toEqual({ woken: ['A'], timers: 2 });
  });
});
