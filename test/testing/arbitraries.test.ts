import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventSchemas } from '../../machines/payment-order.events.ts';
import { fitOutcome } from '../../machines/payment-order.outcomes.ts';
import { eventOf } from '../../src/order/commands.ts';
import {
  almostValidHistories,
  commands,
  edgeAmounts,
  facts,
  gatewayOutcomes,
  hostileText,
  orderAfter,
  stepsOf,
  validHistories,
  validOrders,
  wrongAmounts,
} from '../../src/testing/index.ts';
import { coverageOf } from '../../src/testing/coverage.ts';

const seed = 20_210_222;
const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): readonly T[] =>
  fc.sample(arbitrary, { numRuns, seed });

describe('validHistories()', () => {
  const histories = sample(validHistories(), 2_000);
  const steps = histories.map((history) => stepsOf(history));
  const coverage = coverageOf(
    steps.flat().map(({ before, event, after }) => ({
      from: before.state,
      type: event.type,
      to: after.state,
    })),
  );

  test('draws 7 events or more in half of the histories, and 16 or more in one of ten', () => {
    const lengths = histories.map(({ length }) => length).toSorted((a, b) => a - b);
    expect(lengths[1_000]).toBeGreaterThanOrEqual(7);
    expect(lengths[1_800]).toBeGreaterThanOrEqual(16);
    expect(lengths.at(-1)).toBeGreaterThanOrEqual(30);
    expect(lengths[0]).toBe(1);
  });

  test('reaches every state in more than 1 % of the steps, and every transition', () => {
    expect(coverage.missing).toEqual({ states: [], transitions: [] });
    expect(coverage.transitionsShare).toBe(1);
    const all = steps.flat().length;
    for (const [state, count] of coverage.states) expect(count / all, state).toBeGreaterThan(0.01);
    const open = steps.flat().filter(({ after }) => !after.closed).length;
    expect(open / all, 'most of life is open').toBeGreaterThan(0.4);
  });

  test('makes several attempts, keeps several in doubt, and sees every anomaly', () => {
    const ends = histories.map((history) => orderAfter(history).known);
    expect(ends.filter(({ answers }) => answers.length >= 3).length).toBeGreaterThan(200);
    const doubts = ends.filter(({ answers }) => answers.filter((a) => a === 'unknown').length > 1);
    expect(doubts.length).toBeGreaterThan(20);
    const codes = new Set(ends.flatMap(({ anomalies }) => anomalies.map(({ code }) => code)));
    expect(codes.size).toBe(9);
  });

  test('shrinks a history to what matters and prints one event per line', () => {
    const isPaidAfterCancel = fc.property(validHistories(), (history) => {
      const { anomalies } = orderAfter(history).known;
      return !anomalies.some(({ code }) => code === 'paid-after-cancel');
    });
    const { counterexample } = fc.check(isPaidAfterCancel, { seed, numRuns: 2_000 });
    expect(counterexample?.[0].length).toBeLessThanOrEqual(4);
    expect(fc.stringify(counterexample?.[0])).toMatch(/ 0 {2}PaymentOrderCreated .*→ created\n/);
  });
});

test('almostValidHistories() adds one illegal event to a valid history and marks it', () => {
  const illegal = new Set<string>();
  for (const { history, illegalAt } of sample(almostValidHistories(), 1_000)) {
    expect(() => stepsOf(history)).toThrow(expect.objectContaining({ revision: illegalAt }));
    expect(stepsOf(history.toSpliced(illegalAt, 1))).toHaveLength(history.length - 2);
    illegal.add(history[illegalAt]?.type ?? '');
  }
  expect(illegal.size).toBeGreaterThanOrEqual(10);
});

describe('the other arbitraries', () => {
  test('draw orders, commands, facts and outcomes that their schemas accept', () => {
    for (const order of sample(validOrders(), 300)) eventSchemas.PaymentOrderCreated.parse(order);
    for (const command of sample(commands(), 500)) {
      eventSchemas[eventOf(command).type].parse(command.payload);
    }
    for (const { type, ...data } of sample(facts(), 300)) eventSchemas[type].parse(data);
    for (const { kind, ...evidence } of sample(gatewayOutcomes(), 300)) {
      expect(fitOutcome('CancelRefused', 1, evidence).changed, kind).toEqual([]);
    }
  });

  test('draw edge amounts that are accepted and wrong amounts that are refused', () => {
    const accepts = (amountMinor: unknown) =>
      eventSchemas.PaymentOrderCreated.safeParse({
        orderNo: 'O1',
        processBillNo: 'F1',
        currency: 'CNY',
        amountMinor,
      }).success;
    const edges = sample(edgeAmounts(), 300);
    expect(edges.filter((amount) => !accepts(amount))).toEqual([]);
    expect(edges).toContain(1);
    expect(edges).toContain(Number.MAX_SAFE_INTEGER);
    expect(sample(wrongAmounts(), 300).filter(accepts)).toEqual([]);
  });

  test('draw hostile texts with lone surrogates, control characters and too many characters', () => {
    const texts = sample(hostileText(), 2_000);
    expect(texts.filter((text) => !text.isWellFormed()).length).toBeGreaterThan(100);
    expect(texts.some((text) => text.length > 512)).toBe(true);
    expect(texts.some((text) => text.includes('\0'))).toBe(true);
    expect(texts).toContain('__proto__');
    // fast-check's own strings are always well formed.
    const plain = sample(fc.string({ unit: 'binary' }), 2_000);
    expect(plain.every((text) => text.isWellFormed())).toBe(true);
  });
});
