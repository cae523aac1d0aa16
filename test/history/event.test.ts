import { describe, expect, test } from 'vitest';
import {
  metadataSchema,
  orderNoOf,
  streamOf,
  textIn,
  witnessSchema,
} from '../../src/history/event.ts';

const hash = '0123456789abcdef'.repeat(4);
const salt = hash.slice(0, 32);
const trace = `00-${salt}-${hash.slice(0, 16)}-01`;
const metadata = {
  recordedAt: '2026-11-23T02:02:03.004Z',
  ...{ source: 'command', $correlationId: 'c', from: null, to: 'created', schemaVersion: 1 },
  machine: { version: '1', hash },
  ...{ salt, dataHash: hash, metadataHash: hash, prevHash: hash, hash },
};

const takes = (change: object) => metadataSchema.safeParse({ ...metadata, ...change }).success;

const hashes = {
  good: [hash],
  bad: [hash.slice(1), `${hash}0`, hash.toUpperCase(), `${hash.slice(1)}g`, `g${hash.slice(1)}`, 1],
};
const instants = {
  good: ['2026-11-23T02:02:03.004Z'],
  bad: ['2026-11-23T02:02:03Z', '2026-11-23T02:02:03.004+08:00', '2026-02-30T02:02:03.004Z', '', 0],
};
const ids = {
  good: ['a', `a${'b'.repeat(127)}`, '张三', 'a b'],
  bad: ['', `a${'b'.repeat(128)}`, 'a\nb', '\u202ea', 1],
};
const paths = { good: ['a', 'a'.repeat(128)], bad: ['', 'a'.repeat(129), 1] };

test('reads the order number from the name of a stream', () => {
  expect(orderNoOf(streamOf('O-1'))).toBe('O-1');
  expect(orderNoOf('other-O1')).toBe('other-O1');
});

test('reads text from the own fields of an object alone', () => {
  expect(textIn({ to: 'paid' }, 'to')).toBe('paid');
  expect(textIn({ to: 7 }, 'to')).toBeNull();
  expect(textIn({}, 'to')).toBeNull();
  expect(
    textIn(Object.create({ to: 'paid' }) as object as Record<string, unknown>, 'to'),
  ).toBeNull();
});

describe('the metadata of a stored event', () => {
  test('requires the fields that every event has, and refuses unknown ones', () => {
    expect(metadataSchema.parse(metadata)).toEqual(metadata);
    expect(takes({ other: 1 })).toBe(false);
    for (const field of Object.keys(metadata)) {
      expect(takes({ [field]: undefined }), field).toBe(false);
    }
  });

  test.each<[string, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }]>([
    ['recordedAt', instants],
    ['occurredAt', instants],
    [
      'actor',
      {
        good: [
          { kind: 'a', id: 'u' },
          { kind: `a${'-'.repeat(31)}`, id: 'u' },
        ],
        bad: [
          ...[
            { kind: '', id: 'u' },
            { kind: 'A', id: 'u' },
            { kind: '-a', id: 'u' },
            { kind: 'a1', id: 'u' },
          ],
          ...[{ kind: `a${'-'.repeat(32)}`, id: 'u' }, { kind: 'a', id: '' }, { kind: 'a' }],
          ...[{ kind: 'a', id: 'u', name: 'n' }, 'a:u'],
        ],
      },
    ],
    ['source', ids],
    ['commandId', ids],
    ['$correlationId', ids],
    ['$causationId', ids],
    ['commandDigest', hashes],
    [
      'traceparent',
      { good: [trace], bad: [`x${trace}`, `${trace}x`, trace.toUpperCase(), trace.slice(1), ''] },
    ],
    ['from', { good: [null, ...paths.good], bad: paths.bad }],
    ['to', { good: paths.good, bad: [null, ...paths.bad] }],
    ['schemaVersion', { good: [1, 2], bad: [0, 1.5, '1'] }],
    [
      'machine',
      {
        good: [{ version: '1'.repeat(64), hash }],
        bad: [
          ...[
            { version: '', hash },
            { version: '1'.repeat(65), hash },
            { version: '1', hash: '' },
          ],
          ...[{ version: '1' }, { version: '1', hash, name: 'm' }],
        ],
      },
    ],
    [
      'salt',
      {
        good: [salt],
        bad: [
          salt.slice(1),
          `${salt}0`,
          salt.toUpperCase(),
          `${salt.slice(1)}g`,
          `g${salt.slice(1)}`,
        ],
      },
    ],
    ['dataHash', hashes],
    ['metadataHash', hashes],
    ['prevHash', hashes],
    ['hash', hashes],
  ])('takes a %s up to its limits, and nothing beyond', (field, { good, bad }) => {
    for (const value of good) expect(takes({ [field]: value }), JSON.stringify(value)).toBe(true);
    for (const value of bad) expect(takes({ [field]: value }), JSON.stringify(value)).toBe(false);
  });

  test.each([
    ['hash', 'x', 'must be 64 lower-case hexadecimal digits'],
    ['traceparent', 'x', 'must be a W3C traceparent'],
    ['actor', { kind: 'A', id: 'u' }, 'must be 1 to 32 of a-z and -, a letter first'],
  ])('names the problem of a %s', (field, value, message) => {
    const { error } = metadataSchema.safeParse({ ...metadata, [field]: value });
    expect(error?.issues[0]?.message).toBe(message);
  });
});

describe('a witness', () => {
  test('takes a revision and a hash, and a whole receipt as well', () => {
    expect(witnessSchema.parse({ revision: 0, hash, state: 'paid' })).toEqual({
      revision: 0,
      hash,
    });
    for (const wrong of [
      { revision: -1, hash },
      { revision: 0.5, hash },
      { revision: 0, hash: '' },
      {},
    ]) {
      expect(witnessSchema.safeParse(wrong).success).toBe(false);
    }
  });
});
