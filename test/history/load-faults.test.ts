import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { evolve } from '../../src/history/load.ts';
import { compileAnyMachine, compileMachine } from '../../src/history/machine.ts';
import { at, readGolden } from './golden.ts';

const compiled = compileMachine();
const { events, orderNo } = readGolden('CancelResolved-open');
const stream = `paymentOrder-${orderNo}`;

const applied = (history: readonly RecordedEvent[]) => {
  let order: OrderHistory | null = null;
  for (const event of history) order = evolve(compiled, order, decodeEvent(event));
  return order;
};

const errorOf = (
  run: () => unknown,
): Pick<PaymentOrderError, 'code' | 'message' | 'stream' | 'revision'> => {
  try {
    run();
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    const { code, message, stream: where, revision } = error;
    return { code, message, stream: where, revision };
  }
  throw new Error('it was taken');
};

const withMetadata = (event: RecordedEvent, change: object): RecordedEvent => ({
  ...event,
  metadata: { ...event.metadata, ...change },
});

describe('loading an order', () => {
  test('refuses a history that does not begin at revision 0', () => {
    expect(errorOf(() => applied(events.slice(2)))).toEqual({
      code: 'not-contiguous',
      message:
        `stream ${stream} begins at revision 2; revisions 0 to 1 are missing ` +
        '(was the stream truncated, or given a maximum age or count?)',
      ...{ stream, revision: 0 },
    });
  });

  test('refuses a history that does not begin with the creation of its order', () => {
    const second = { ...at(events, 1), revision: 0 };
    expect(errorOf(() => applied([second]))).toEqual({
      code: 'illegal-history',
      message: `stream ${stream} begins with ${second.type} instead of PaymentOrderCreated`,
      ...{ stream, revision: 0 },
    });
    const renamed = { ...at(events, 0), stream: `${stream}0` };
    expect(errorOf(() => applied([renamed]))).toEqual({
      code: 'illegal-history',
      message: `stream ${stream}0 holds the history of another order; was it renamed or copied?`,
      ...{ stream: `${stream}0`, revision: 0 },
    });
  });

  test('names the revision of a missing event', () => {
    expect(errorOf(() => applied(events.toSpliced(1, 1)))).toEqual({
      code: 'not-contiguous',
      message: `stream ${stream}: revision 1 is missing, 2 follows`,
      ...{ stream, revision: 1 },
    });
  });

  test('names an event that the machine does not take, or that leads elsewhere than was recorded', () => {
    const twice = { ...at(events, 0), revision: 1 };
    expect(errorOf(() => applied([at(events, 0), twice]))).toEqual({
      code: 'illegal-history',
      message:
        `stream ${stream}, revision 1: PaymentOrderCreated cannot happen in state 'created'; ` +
        'verify the stream, and replay it with the machine that wrote it',
      ...{ stream, revision: 1 },
    });
    const elsewhere = withMetadata(at(events, 0), { to: 'paying' });
    expect(errorOf(() => applied([elsewhere]))).toEqual({
      code: 'replay-divergence',
      message:
        `stream ${stream}, revision 0: PaymentOrderCreated was recorded as nothing → paying by ` +
        'machine version 1, but this machine goes nothing → created; run a compatible machine',
      ...{ stream, revision: 0 },
    });
    const { type, metadata } = decodeEvent(at(events, 1));
    const { to } = metadata;
    const from = withMetadata(at(events, 1), { from: 'failed' });
    expect(errorOf(() => applied([at(events, 0), from])).message).toBe(
      `stream ${stream}, revision 1: ${type} was recorded as failed → ${to} by ` +
        `machine version 1, but this machine goes created → ${to}; ` +
        'run a compatible machine',
    );
  });

  test('refuses an object that is not a machine', () => {
    for (const machine of [{}, { root: {} }, { root: {}, version: '1' }]) {
      expect(errorOf(() => compileAnyMachine(machine))).toMatchObject({
        ...{ code: 'unsupported-machine', message: 'the given machine is not an XState machine' },
      });
    }
  });
});
