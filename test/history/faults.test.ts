import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { OrderHistory } from '../../src/history/load.ts';
import { compileAnyMachine, compileMachine } from '../../src/history/machine.ts';
import { Examiner } from '../../src/history/verify.ts';
import type { Witness } from '../../src/history/event.ts';
import { at, readGolden } from './golden.ts';

const compiled = compileMachine();
const { events, orderNo } = readGolden('CancelResolved-open');
const stream = `paymentOrder-${orderNo}`;

const applied = (history: readonly RecordedEvent[]) => {
  const [first, ...others] = history.map((event) => decodeEvent(event));
  if (first === undefined) throw new Error('there is no event');
  const order = new OrderHistory(compiled, first);
  for (const event of others) order.apply(event);
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

describe('a history that cannot be folded says what is wrong, where, and what to do', () => {
  test('where it does not begin at revision 0', () => {
    expect(errorOf(() => applied(events.slice(2)))).toEqual({
      code: 'not-contiguous',
      message:
        `stream ${stream} begins at revision 2; revisions 0 to 1 are missing ` +
        '(was the stream truncated, or given a maximum age or count?)',
      ...{ stream, revision: 0 },
    });
  });

  test('where it does not begin with its creation, or with that of another order', () => {
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

  test('where an event is missing', () => {
    expect(errorOf(() => applied(events.toSpliced(1, 1)))).toEqual({
      code: 'not-contiguous',
      message: `stream ${stream}: revision 1 is missing, 2 follows`,
      ...{ stream, revision: 1 },
    });
  });

  test('where the machine does not take an event, or leads elsewhere than was recorded', () => {
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

  test('where there is no machine', () => {
    for (const machine of [{}, { root: {} }, { root: {}, version: '1' }]) {
      expect(errorOf(() => compileAnyMachine(machine))).toMatchObject({
        ...{ code: 'unsupported-machine', message: 'the given machine is not an XState machine' },
      });
    }
  });
});

describe('verifying says what is wrong, and where', () => {
  const found = (history: readonly RecordedEvent[], kept?: Witness) => {
    const examiner = new Examiner(compiled, stream, kept);
    for (const event of history) examiner.see(event);
    return examiner.finish();
  };
  const last = events.length - 1;
  const { hash } = decodeEvent(at(events, last)).metadata;

  test('nothing, and where it ends, for what was recorded', () => {
    expect(found(events)).toEqual({
      ...{ orderNo, ok: true, events: events.length, faults: [] },
      witness: { revision: last, hash },
    });
    expect(found([])).toEqual({ orderNo, ok: true, events: 0, witness: null, faults: [] });
  });

  test.each<[string, readonly RecordedEvent[], Witness | undefined, readonly object[]]>([
    [
      'a revision that is missing',
      events.slice(0, 4).toSpliced(1, 1),
      undefined,
      [
        {
          revision: 1,
          code: 'not-contiguous',
          message: `stream ${stream}: revision 1 is missing, 2 follows`,
        },
        {
          revision: 2,
          code: 'chain-broken',
          message: 'revision 2: it does not follow the event before it',
        },
      ],
    ],
    [
      'a revision that comes again',
      [...events.slice(0, 2), at(events, 1)],
      undefined,
      [
        {
          revision: 2,
          code: 'not-contiguous',
          message: `stream ${stream}: found revision 1 where 2 was expected`,
        },
        {
          revision: 1,
          code: 'chain-broken',
          message: 'revision 1: it does not follow the event before it',
        },
      ],
    ],
    [
      'data that was altered',
      [{ ...at(events, 0), data: { ...at(events, 0).data, processBillNo: 'F9' } }],
      undefined,
      [
        {
          revision: 0,
          code: 'data-altered',
          message: 'revision 0: the data is not what was hashed',
        },
      ],
    ],
    [
      'metadata that was altered',
      [withMetadata(at(events, 0), { source: 'other' })],
      undefined,
      [
        {
          ...{ revision: 0, code: 'metadata-altered' },
          message: 'revision 0: the metadata is not what was hashed',
        },
      ],
    ],
    [
      'an id that was altered',
      [{ ...at(events, 0), id: 'other' }],
      undefined,
      [
        {
          ...{ revision: 0, code: 'link-altered' },
          message: 'revision 0: stream, revision, id, type or a digest is not what was hashed',
        },
      ],
    ],
    [
      'another event than the witness saw',
      events,
      { revision: 1, hash: 'f'.repeat(64) },
      [{ revision: 1, code: 'witness-differs', message: 'revision 1 does not match the witness' }],
    ],
    [
      'an end that the witness saw and that is gone',
      events.slice(0, 2),
      { revision: last, hash: hash },
      [
        {
          ...{ revision: null, code: 'tail-lost' },
          message: `the witness is at revision ${last}, but the stream ends at 1`,
        },
      ],
    ],
    [
      'a whole history that the witness saw and that is gone',
      [],
      { revision: 0, hash: hash },
      [
        {
          ...{ revision: null, code: 'tail-lost' },
          message: 'the witness is at revision 0, but the stream is empty',
        },
      ],
    ],
  ])('%s', (_, history, kept, faults) => {
    const verification = found(history, kept);
    expect(verification.ok).toBe(false);
    expect(verification.faults).toEqual(faults.map((fault) => ({ stream, ...fault })));
  });

  test('names the first of a run that does not fit, and the next after it fitted again', () => {
    // Without its second event, the order never started: it ends elsewhere, long after.
    const faults = found(events.toSpliced(1, 1)).faults;
    expect(faults.map(({ revision, code }) => [revision, code])).toEqual([
      [1, 'not-contiguous'],
      [2, 'chain-broken'],
      [4, 'replay-divergence'],
    ]);
  });

  const unreadable = (details: ConstructorParameters<typeof PaymentOrderError>[2]) =>
    new PaymentOrderError('store-corrupt', 'it cannot be read', details);

  test('hides nothing behind an event that cannot be read, and does not guess what follows it', () => {
    const examiner = new Examiner(compiled, stream);
    examiner.see(at(events, 0));
    examiner.unreadable(unreadable({ stream, revision: 1 }));
    for (const event of events.slice(2, 4)) examiner.see(event);
    const { faults, events: count } = examiner.finish();
    expect(count).toBe(3);
    // The chain goes through what cannot be read: whether it is broken there is told by the next.
    expect(faults).toEqual([
      { stream, revision: 1, code: 'store-corrupt', message: 'it cannot be read' },
      {
        ...{ stream, revision: 2, code: 'chain-broken' },
        message: 'revision 2: it does not follow the event before it',
      },
    ]);
  });

  test('goes on where the store says that the next one stands, also behind nothing at all', () => {
    const examiner = new Examiner(compiled, stream);
    examiner.see(at(events, 0));
    examiner.unreadable(unreadable({ stream, revision: 1, found: 3 }));
    examiner.see(at(events, 3));
    const codes = examiner.finish().faults.map(({ revision, code }) => [revision, code]);
    expect(codes).toEqual([
      [1, 'store-corrupt'],
      [3, 'chain-broken'],
    ]);
    const other = new Examiner(compiled, stream);
    other.unreadable(unreadable({ stream }));
    other.see(at(events, 0));
    expect(other.finish().faults).toEqual([
      { stream, revision: null, code: 'store-corrupt', message: 'it cannot be read' },
    ]);
  });

  test('where the machine lost its way, an event must begin where the one before ended', () => {
    const examiner = new Examiner(compiled, stream);
    for (const revision of [0, 2]) examiner.see(at(events, revision));
    examiner.see(withMetadata(at(events, 3), { from: 'paid', to: 'failed' }));
    examiner.see(withMetadata(at(events, 4), { from: 'paying', to: 'paid' }));
    const { faults } = examiner.finish();
    expect(faults.filter(({ code }) => code === 'illegal-history')).toEqual(
      [3, 4].map((revision) => ({
        ...{ stream, revision, code: 'illegal-history' },
        message: `revision ${revision} does not begin in the state where the one before ended`,
      })),
    );
  });

  test('a hash that is no text is no witness', () => {
    const { witness } = found([withMetadata(at(events, 0), { hash: 7 })]);
    expect(witness).toEqual({ revision: 0, hash: '' });
  });

  const [first, second, third] = [at(events, 0), at(events, 1), at(events, 2)];

  test('names a beginning that does not fit once, and goes on at the next that does', () => {
    const headless = { ...second, revision: 0 };
    const examiner = new Examiner(compiled, stream);
    for (const event of [headless, { ...third, revision: 0 }, first, second]) examiner.see(event);
    const { faults } = examiner.finish();
    expect(faults.filter(({ code }) => code === 'illegal-history')).toEqual([
      expect.objectContaining({
        revision: 0,
        message: `stream ${stream} begins with ${second.type} instead of PaymentOrderCreated`,
      }),
    ]);
  });

  test('names an order of another stream, and follows its history all the same', () => {
    const other = new Examiner(compiled, `${stream}0`);
    for (const event of events) other.see({ ...event, stream: `${stream}0` });
    const codes = other.finish().faults.map(({ revision, code }) => [revision, code]);
    expect(codes.filter(([, code]) => code !== 'link-altered')).toEqual([[0, 'illegal-history']]);
  });
});
