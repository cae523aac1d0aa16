import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { diagram } from '../../src/diagram/diagram.ts';
import { graphOf } from '../../src/diagram/graph.ts';
import { beginning, layoutOf } from '../../src/diagram/layout.ts';
import type { Drawn } from '../../src/diagram/layout.ts';
import { spread } from '../../src/diagram/spread.ts';
import { drawnEdges } from '../../src/diagram/svg.ts';
import { faultsOf } from './faults.ts';
import { machines } from './machines.ts';

function ofPaymentOrders(): Drawn {
  const graph = graphOf(paymentOrderMachine);
  const begin = { from: beginning, to: graph.root.initial ?? '' };
  return { root: graph.root, edges: [...drawnEdges(graph), begin], namesOf: ({ name }) => [name] };
}

describe('the layout', () => {
  test('keeps every edge off the boxes and labels of other states, whatever the machine', () => {
    fc.assert(
      fc.property(machines, (drawn) => {
        expect(faultsOf(drawn, layoutOf(drawn))).toEqual([]);
      }),
      { numRuns: 60, seed: 20 },
    );
  });

  test('keeps to it for payment orders, with the edges that are seldom shown', () => {
    const drawn = ofPaymentOrders();
    expect(drawn.edges.length).toBeGreaterThan(30);
    expect(faultsOf(drawn, layoutOf(drawn))).toEqual([]);
  });

  test('is the same each time', () => {
    fc.assert(
      fc.property(machines, (drawn) => {
        expect(layoutOf(drawn)).toEqual(layoutOf(drawn));
      }),
      { numRuns: 10, seed: 21 },
    );
  });

  test('makes a box as wide as the longest name that may stand in it', () => {
    const drawn = ofPaymentOrders();
    const widthWith = (...names: readonly string[]) =>
      layoutOf({ ...drawn, namesOf: () => names }).boxes.get('paid')?.w ?? 0;
    expect(widthWith('paid', '款项已全部到账')).toBe(widthWith('款项已全部到账'));
    expect(widthWith('款项已全部到账')).toBeGreaterThan(7 * 13);
  });

  test('is judged by a check that sees edges through boxes and boxes on boxes', () => {
    const drawn = ofPaymentOrders();
    const layout = layoutOf(drawn);
    const straight = drawn.edges.map(({ from, to }) => {
      const [a, b] = [layout.boxes.get(from), layout.boxes.get(to)];
      return [[a?.x ?? 0, a?.y ?? 0] as const, [b?.x ?? 0, b?.y ?? 0] as const];
    });
    expect(faultsOf(drawn, { ...layout, routes: straight })).toContain(
      'created → cancelled crosses paying',
    );
    const moved = new Map(layout.boxes).set('paid', { x: 0, y: 0, w: 999, h: 99 });
    const faults = faultsOf(drawn, { ...layout, boxes: moved });
    expect(faults).toEqual(expect.arrayContaining(['paid is cut', 'created overlaps paid']));
  });
});

describe('the drawing of a machine with states in states in states', () => {
  const machine = createMachine({
    id: 'nested',
    initial: 'outer',
    states: {
      outer: {
        initial: 'middle',
        states: {
          middle: {
            initial: 'first',
            on: { OUT: '#nested.end' },
            states: { first: { on: { ON: 'second' } }, second: { on: { AGAIN: 'second' } } },
          },
        },
      },
      end: {},
    },
  });
  const drawn = diagram(machine, 'svg');

  test('frames both levels', () => {
    expect(drawn.match(/<g class="frame">/g)).toHaveLength(2);
  });

  test('draws the edges that leave a frame and that lead back to their own state', () => {
    expect(drawn).toMatch(/<title>outer.middle → end: OUT<\/title><path class="line" d="M/);
    expect(drawn).toMatch(/second → outer.middle.second: AGAIN<\/title><path class="line" d="M/);
  });
});

describe('places that are spread', () => {
  test('stay where they are wanted, if there is room', () => {
    expect(spread([10, 40, 70], { min: 0, max: 100, gap: 10 })).toEqual([10, 40, 70]);
  });

  test('make room for each other on both sides', () => {
    expect(spread([50, 50, 50], { min: 0, max: 100, gap: 10 })).toEqual([40, 50, 60]);
  });

  test('stay between the two ends, and nearer together where they must', () => {
    expect(spread([-50, 90, 200], { min: 0, max: 100, gap: 10 })).toEqual([0, 90, 100]);
    expect(spread([0, 0, 0], { min: 0, max: 10, gap: 10 })).toEqual([0, 5, 10]);
    expect(spread([7, 9], { min: 5, max: 5, gap: 10 })).toEqual([5, 5]);
  });
});
