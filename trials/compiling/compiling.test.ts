import { describe, expect, test } from 'vitest';
import { assign, createMachine, fromPromise, raise } from 'xstate';
import type { AnyStateMachine } from 'xstate';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { Compared } from './compared.ts';
import type { Met } from './compared.ts';
import { tryHistories, tryMachines, tryReachable } from './tried.ts';

type Given = { readonly event: { readonly type: string } };

/** Types would have it that some of these cannot be written. */
const made = (config: object): AnyStateMachine => createMachine(config as never);

/** The level `compiled` in `npm run campaign` draws many more; this keeps it working. */
describe('a compiled machine', () => {
  test('goes where XState goes, whatever its author wrote', () => {
    const met: Met = new Map();
    expect(tryMachines({ runs: 150, seed: 20_210_222 }, met)).toBeNull();
    const wanted = ['a start', 'a start that throws', 'an event', 'a pending call'];
    for (const what of [...wanted, 'a timer that raises', 'a timer that raises nothing']) {
      expect(met.get(what) ?? 0, what).toBeGreaterThan(10);
    }
  });

  test('goes where XState goes in the life of a payment order', () => {
    expect(tryHistories(undefined, { runs: 300, seed: 20_210_222 }, new Map())).toBeNull();
    const pairs = tryReachable(paymentOrderMachine, 40, new Map());
    expect(pairs).toBeGreaterThan(2_000);
  });

  const go = [{ type: 'A' }, { type: 'B' }, { type: 'A' }];
  /** What random machines hold seldom or never. */
  const machines: [string, AnyStateMachine][] = [
    [
      'of a call that is written inline, with an input',
      made({
        invoke: {
          src: fromPromise(() => Promise.resolve(1)),
          input: ({ event }: Given) => event.type,
        },
      }),
    ],
    ['with a list for an update', made({ on: { A: { actions: assign(() => ['one', 'two']) } } })],
    [
      'with a method for a field',
      made({
        context: { toString: 'mine', n: 1 },
        on: { A: { actions: assign(() => ({ n: 2 })) } },
      }),
    ],
    [
      'with something else than fields for a context',
      made({
        context: new Map([['a', 1]]),
        on: { A: { actions: raise({ type: 'B' }) } },
      }),
    ],
    [
      'with a guard that says nothing',
      made({
        initial: 'a',
        states: { a: { on: { A: { guard: null, target: 'b' } } }, b: {} },
      }),
    ],
    [
      'with a transient guard that throws',
      made({
        initial: 'a',
        states: {
          a: {
            on: { A: { actions: assign({}) } },
            always: {
              guard: ({ event }: Given) => {
                if (event.type === 'A') throw new Error('not here');
                return false;
              },
              target: 'b',
            },
          },
          b: {},
        },
      }),
    ],
  ];

  test.each(machines)('goes where XState goes: %s', (_, machine) => {
    new Compared(machine, new Map()).fold(undefined, go);
  });
});
