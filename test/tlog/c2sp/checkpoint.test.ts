import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCheckpoint, signedCheckpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import { signatureIn } from '../../../src/tlog/c2sp/cosignature.ts';
import { noteOf, parseNote } from '../../../src/tlog/c2sp/note.ts';
import { garbage, madeOrRefused, problemOf, spoiledText } from './spoiled-text.ts';
import { keyOf } from '../witness/world.ts';

const { key } = keyOf('log', 'log.example/orders', 1);
const root = Buffer.alloc(32, 5);
const encoded = root.toString('base64');
const signed = signedCheckpoint({ origin: key.name, size: 42, root }, key);
const [signature] = parseNote(signed).signatures;
const noteWith = (...lines: readonly string[]): string =>
  noteOf(`${lines.join('\n')}\n`, [signature?.line ?? '']);

describe('a checkpoint', () => {
  test('comes back as its log signed it', () => {
    const roots = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.maxSafeNat(), roots, (size, bytes) => {
        const made = { origin: key.name, size, root: Buffer.from(bytes) };
        const checkpoint = parseCheckpoint(signedCheckpoint(made, key));

        expect(checkpoint).toMatchObject(made);
        expect(signatureIn(checkpoint.note, key)).toEqual({ kind: 'valid', atSeconds: null });
      }),
      { numRuns: 200 },
    );
  });

  test('is refused by name or has one spelling only, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.oneof(garbage, spoiledText(signed)), (text) => {
        const checkpoint = madeOrRefused(() => parseCheckpoint(text), 'checkpoint');
        if (checkpoint === null) return;
        const { origin, size, note } = checkpoint;
        const start = `${origin}\n${size}\n${Buffer.from(checkpoint.root).toString('base64')}\n`;
        expect(note.text.startsWith(start)).toBe(true);
        const isAsSigned = note.text === parseNote(signed).text;
        expect(signatureIn(note, key).kind === 'valid' && !isAsSigned).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });

  test('may have an origin with spaces, and extension lines, which are signed too', () => {
    const text = noteWith('go.sum database tree', '1', encoded, 'one', 'two');

    expect(parseCheckpoint(text)).toMatchObject({ origin: 'go.sum database tree', size: 1 });
    expect(parseCheckpoint(text).note.text).toMatch('\none\ntwo\n');
  });

  test.each([
    ['no origin', ['', '1', encoded], 'must name its log on the first line'],
    ['no size', ['origin'], 'must have its size on the second line as a decimal'],
    ['an empty size', ['origin', '', encoded], 'must have its size'],
    ['a leading zero', ['origin', '01', encoded], 'must have its size'],
    ['a sign', ['origin', '+1', encoded], 'must have its size'],
    ['a negative size', ['origin', '-1', encoded], 'must have its size'],
    ['a space before the size', ['origin', ' 1', encoded], 'must have its size'],
    ['digits of another script', ['origin', '١', encoded], 'must have its size'],
    ['a size in hexadecimal', ['origin', '0x1', encoded], 'must have its size'],
    ['an exponent', ['origin', '1e3', encoded], 'must have its size'],
    ['2^53 leaves', ['origin', '9007199254740992', encoded], /its size .* of at most 2\^53-1$/],
    ['2^64 leaves', ['origin', '18446744073709551616', encoded], /of at most 2\^53-1$/],
    ['no root', ['origin', '1'], 'must have its root on the third line as the base64'],
    ['a short root', ['origin', '1', 'AAAA'], 'must have its root'],
    ['a root of 33 bytes', ['origin', '1', Buffer.alloc(33).toString('base64')], 'must have its'],
    ['bits in the padding', ['origin', '1', encoded.replace(/.=$/, 'V=')], 'must have its root'],
    ['an empty line', ['origin', '1', encoded, '', 'more'], 'must have no empty line in its text'],
    ['an empty line at the end', ['origin', '1', encoded, ''], 'must have no empty line'],
  ])('is refused with %s', (_, lines, problem) => {
    expect(problemOf(() => parseCheckpoint(noteWith(...lines)), 'checkpoint')).toMatch(problem);
  });

  test('names the field that it was given as', () => {
    expect(problemOf(() => parseCheckpoint('', 'old'), 'old')).toMatch('must have an empty line');
  });

  test('is signed by the key of its own log only', () => {
    const { key: witness } = keyOf('witness', key.name, 1);
    const made = { origin: key.name, size: 42, root };

    for (const signing of [
      () => signedCheckpoint(made, witness),
      () => signedCheckpoint({ ...made, origin: 'log.example/others' }, key),
    ]) {
      expect(problemOf(signing, 'key')).toBe(
        'must be the key of the log that the checkpoint is of',
      );
    }
  });
});
