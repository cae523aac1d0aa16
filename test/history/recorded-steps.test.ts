import { describe, expect, test } from 'vitest';
import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { evolve } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { knownAlong, recordedSteps } from '../../src/history/recorded-steps.ts';
import type { RecordedStep } from '../../src/history/recorded-steps.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { at, goldenNames, readGolden } from './golden.ts';

const stepsOf = async (events: readonly RecordedEvent[]): Promise<readonly RecordedStep[]> => {
  const steps: RecordedStep[] = [];
  for await (const step of recordedSteps(events)) steps.push(step);
  return steps;
};

describe('a recorded step', () => {
  test.each(goldenNames())('knows in %s what the folded order knew', async (name) => {
    const { events } = readGolden(name);
    let order: OrderHistory | null = null;
    const known: OrderFacts[] = [];
    for (const event of events) {
      order = evolve(compileMachine(), order, decodeEvent(event));
      known.push(order.known);
    }
    expect((await stepsOf(events)).map((step) => step.known)).toEqual(known);
  });

  test('gives the machine that decided it, and its own time where there is one', async () => {
    const event = at(readGolden('payment').events, 0);
    const { id, type, metadata } = event;
    const occurredAt = '2026-01-02T03:04:05.006Z';
    const [step] = await stepsOf([{ ...event, metadata: { ...metadata, occurredAt } }]);
    const { recordedAt, machine } = metadata;
    expect(step).toMatchObject({
      ...{ revision: 0, id, type, recordedAt, occurredAt, from: null, to: 'created', machine },
      isRead: true,
    });
    const without = { ...metadata };
    delete without['occurredAt'];
    const [silent] = await stepsOf([{ ...event, metadata: without }]);
    expect(silent).not.toHaveProperty('occurredAt');
  });

  test.each([null, 7, 'text', undefined, {}, { version: 1, hash: null }])(
    'reads nothing into metadata that is not as it was written: %j',
    async (odd) => {
      const event = at(readGolden('payment').events, 0);
      const metadata = { recordedAt: 1, occurredAt: 2, from: 3, to: 4, machine: odd } as never;
      const [step] = await stepsOf([{ ...event, metadata }]);
      expect(step).toMatchObject({
        ...{ recordedAt: '', from: null, to: '', machine: { version: '', hash: '' } },
      });
      expect(step).not.toHaveProperty('occurredAt');
    },
  );

  test('opens the anomaly of money that came in doubt once, when the order was recorded as paid', async () => {
    const doubt = readGolden('CancelResolved-open').events.slice(0, 4);
    const pay = (factId: string, revision: number, from: string): RecordedEvent => ({
      ...at(doubt, 3),
      ...{ revision, type: 'PaymentSucceeded', data: { transactionNo: 'T1', factId } },
      metadata: { ...at(doubt, 3).metadata, from, to: 'paid' },
    });
    const steps = await stepsOf([
      ...[...doubt, pay('N1', 4, 'cancelling.inDoubt'), pay('N2', 5, 'paid')],
    ]);
    const codes = steps.map(({ known }) => known.anomalies.map(({ code }) => code));
    expect(codes.slice(3)).toEqual([[], ['cancel-unresolved'], ['cancel-unresolved']]);
  });
});

describe('what an order knew along its history', () => {
  test('is known before and after each event, as its step knew it', async () => {
    const { events } = readGolden('CancelResolved-open');
    const steps = await stepsOf(events);
    const along = [...knownAlong(events)];
    expect(along.map(({ event }) => event)).toEqual(events);
    expect(along.map(({ known }) => known)).toEqual(steps.map(({ known }) => known));
    expect(along.slice(1).map(({ before }) => before)).toEqual(
      along.slice(0, -1).map(({ known }) => known),
    );
  });

  test('stays as it was at an event that cannot be read', () => {
    const [first, second] = readGolden('payment').events;
    if (first === undefined || second === undefined) throw new Error('it has two events');
    const [, unread] = [...knownAlong([first, { ...second, type: 'Foreign' }])];
    expect(unread?.known.orderNo).toBe(readGolden('payment').orderNo);
    expect(unread?.known).toBe(unread?.before);
  });
});
