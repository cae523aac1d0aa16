import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import type { Witness } from '../../src/history/event.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { Examiner } from '../../src/history/verify.ts';
import { at, readGolden } from './golden.ts';

const compiled = compileMachine();
const { events, orderNo } = readGolden('CancelResolved-open');
const stream = `paymentOrder-${orderNo}`;

const withMetadata = (event: RecordedEvent, change: object): RecordedEvent => ({
  ...event,
  metadata: { ...event.metadata, ...change },
});

describe('verifying', () => {
  const found = (history: readonly RecordedEvent[], kept?: Witness) => {
    const examiner = new Examiner(compiled, stream, kept);
    for (const event of history) examiner.see(event);
    return examiner.finish();
  };
  const last = events.length - 1;
  const { hash } = decodeEvent(at(events, last)).metadata;

  test('finds nothing in a recorded history, and gives its head', () => {
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
      'an event that differs from the witness',
      events,
      { revision: 1, hash: 'f'.repeat(64) },
      [{ revision: 1, code: 'witness-differs', message: 'revision 1 does not match the witness' }],
    ],
    [
      'a lost end that the witness has seen',
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
      'a lost history that the witness has seen',
      [],
      { revision: 0, hash: hash },
      [
        {
          ...{ revision: null, code: 'tail-lost' },
          message: 'the witness is at revision 0, but the stream is empty',
        },
      ],
    ],
  ])('names %s', (_, history, kept, faults) => {
    const verification = found(history, kept);
    expect(verification.ok).toBe(false);
    expect(verification.faults).toEqual(faults.map((fault) => ({ stream, ...fault })));
  });

  test('names the first event of a run that does not fit, and the next one after a fit', () => {
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

  test('checks the events after one that cannot be read, and guesses nothing about them', () => {
    const examiner = new Examiner(compiled, stream);
    examiner.see(at(events, 0));
    examiner.unreadable(unreadable({ stream, revision: 1 }));
    for (const event of events.slice(2, 4)) examiner.see(event);
    const { faults, events: count } = examiner.finish();
    expect(count).toBe(3);
    // The chain goes through an event that cannot be read; the next one shows whether it is broken.
    expect(faults).toEqual([
      { stream, revision: 1, code: 'store-corrupt', message: 'it cannot be read' },
      {
        ...{ stream, revision: 2, code: 'chain-broken' },
        message: 'revision 2: it does not follow the event before it',
      },
    ]);
  });

  test('goes on at the revision that the store names, also without an event before it', () => {
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

  test('names an event that does not begin where the one before ended, while the machine is lost', () => {
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

  test('gives an empty witness hash for a hash that is not text', () => {
    const { witness } = found([withMetadata(at(events, 0), { hash: 7 })]);
    expect(witness).toEqual({ revision: 0, hash: '' });
  });

  const [first, second, third] = [at(events, 0), at(events, 1), at(events, 2)];

  test('names a wrong beginning once, and goes on at the first event that fits', () => {
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

  test('names an order of another stream, and still follows its history', () => {
    const other = new Examiner(compiled, `${stream}0`);
    for (const event of events) other.see({ ...event, stream: `${stream}0` });
    const codes = other.finish().faults.map(({ revision, code }) => [revision, code]);
    expect(codes.filter(([, code]) => code !== 'link-altered')).toEqual([[0, 'illegal-history']]);
  });
});
