import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCheckpoint, signedCheckpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import { cosign, signatureIn } from '../../../src/tlog/c2sp/cosignature.ts';
import { isKeyName, noteOf, parseNote, signatureLine } from '../../../src/tlog/c2sp/note.ts';
import { emptyRoot } from '../../../src/tlog/c2sp/merkle.ts';
import { bitAltered, garbage, madeOrRefused, problemOf, spoiledText } from './spoiled-text.ts';
import { twins } from './twin-keys.ts';
import { keyOf } from '../witness/world.ts';

const { key: log } = keyOf('log', 'log.example/订单', 1);
const { key: witness } = keyOf('witness', 'witness.example/one', 2);
const { key: other } = keyOf('witness', 'witness.example/one', 3);

const signed = signedCheckpoint({ origin: log.name, size: 7, root: emptyRoot }, log);
const checkpoint = parseCheckpoint(signed);
const cosigned = noteOf(checkpoint.note.text, [
  ...checkpoint.note.signatures.map(({ line }) => line),
  cosign(checkpoint, witness, 1_700_000_000),
]);

/** Any text that a note may have, also one with empty lines and signature lines of its own. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom('', '— name AAAAAAA=', ' ', '\u2028', '\u007f'),
      fc.string({ unit: 'grapheme' }).filter((line) => !/\p{Cc}/u.test(line)),
    ),
    { maxLength: 6 },
  )
  .map((lines) => lines.map((line) => `${line}\n`).join('') + '.\n');
const names = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((name) => !/[\s+\p{White_Space}\p{Cc}]/u.test(name));
const signatures = fc.array(
  fc.record({
    name: names,
    id: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((id) => Buffer.from(id).toString('hex')),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
  }),
  { minLength: 1, maxLength: 20 },
);

describe('a note', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(texts, signatures, (text, written) => {
        const lines = written.map((signature) => signatureLine(signature, signature.bytes));
        const note = parseNote(noteOf(text, lines));

        expect(note.text).toBe(text);
        expect(note.signatures).toEqual(written.map((one, at) => ({ ...one, line: lines[at] })));
      }),
      { numRuns: 500 },
    );
  });

  test('has one spelling only', () => {
    fc.assert(
      fc.property(fc.oneof(garbage, spoiledText(cosigned)), (text) => {
        const note = madeOrRefused(() => parseNote(text), 'note');
        if (note === null) return;
        expect(
          noteOf(
            note.text,
            note.signatures.map(({ line }) => line),
          ),
        ).toBe(text);
        for (const { name, id, bytes, line } of note.signatures) {
          expect(signatureLine({ name, id }, bytes)).toBe(line);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('is another note, or none, with any bit altered', () => {
    const bits = Buffer.from(signed).length * 8;
    let refused = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      const bytes = Buffer.from(signed);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const note = madeOrRefused(() => parseNote(bytes.toString()), 'note');
      if (note === null) refused += 1;
      else expect(signatureIn(note, log).kind).not.toBe('valid');
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(bits);
    expect(signatureIn(parseNote(signed), log).kind).toBe('valid');
  });

  test('keeps at most the signature that an altered bit did not touch', () => {
    fc.assert(
      fc.property(bitAltered(cosigned), (text) => {
        const note = madeOrRefused(() => parseNote(text), 'note');
        if (note === null) return;
        const found = [signatureIn(note, log).kind, signatureIn(note, witness).kind];
        expect(found.filter((kind) => kind === 'valid').length).toBeLessThan(2);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['an empty text', '', 'must have an empty line between text and signatures'],
    ['no empty line', 'text\n— name AAAAAAA=\n', 'must have an empty line'],
    ['no signature', 'text\n\n', 'must end in signatures'],
    ['no newline at the end', 'text\n\n— name AAAAAAA=', 'must end in signatures'],
    ['a line after the signatures', 'text\n\n— name AAAAAAA=\nmore\n', 'must have signature lines'],
    ['a hyphen for the dash', 'text\n\n- name AAAAAAA=\n', 'must have signature lines'],
    ['no name', 'text\n\n—  AAAAAAA=\n', 'must have signature lines'],
    ['a plus in a name', 'text\n\n— na+me AAAAAAA=\n', 'must have signature lines'],
    ['a wide space in a name', 'text\n\n— na\u3000me AAAAAAA=\n', 'must have signature lines'],
    ['a third word', 'text\n\n— name AAAAAAA= more\n', 'must have signature lines'],
    ['no padding', 'text\n\n— name AAAAAAA\n', 'must have signature lines'],
    ['bits in the padding', 'text\n\n— name AAAAAAB=\n', 'must have signature lines'],
    ['base64 for URLs', 'text\n\n— name AAAAAA_-\n', 'must have signature lines'],
    ['a key id alone', 'text\n\n— name AAAAAA==\n', 'must have signatures after their key ids'],
    ['a tab', 'te\txt\n\n— name AAAAAAA=\n', 'must have no control characters'],
    ['a carriage return', 'text\r\n\n— name AAAAAAA=\n', 'must have no control characters'],
    ['half a character', 'te\ud800xt\n\n— name AAAAAAA=\n', 'must be valid Unicode'],
    ['a megabyte', `${'x'.repeat(1 << 20)}\n\n— name AAAAAAA=\n`, 'must be at most 65536 bytes'],
  ])('is refused with %s', (_, text, problem) => {
    expect(problemOf(() => parseNote(text), 'note')).toMatch(problem);
  });

  test('is refused where it is no text at all', () => {
    for (const value of [undefined, null, 1, Buffer.from(signed), {}]) {
      // A caller in JavaScript has no compiler.
      expect(problemOf(() => parseNote(value as string), 'note')).toBe('must be of type string');
    }
  });

  test('may have 64 signatures of 64 KiB together, and no more', () => {
    const line = signatureLine({ name: 'name', id: '00000000' }, Buffer.alloc(64));
    const lines = Array.from({ length: 64 }, () => line);
    const full = noteOf('text\n', lines);
    const long = noteOf(`${'é'.repeat((65_536 - Buffer.byteLength(full)) >> 1)}text\n`, lines);

    expect(parseNote(full).signatures).toHaveLength(64);
    expect(parseNote(long).signatures).toHaveLength(64);
    expect(problemOf(() => parseNote(noteOf('text\n', [...lines, line])), 'note')).toBe(
      'must have at most 64 signatures',
    );
    expect(problemOf(() => parseNote(`éé${long}`), 'note')).toBe(
      'must be at most 65536 bytes long',
    );
  });
});

describe('the name of a key', () => {
  test('has no spaces, pluses and control characters', () => {
    for (const name of ['a', 'log.example/1', '订单', '𝄞', '\u00ad', '\ufeff']) {
      expect(isKeyName(name)).toBe(true);
    }
    for (const name of [
      '',
      ' ',
      'a b',
      'a+b',
      'a\nb',
      'a\tb',
      '\0',
      'a\u00a0b',
      'a\u0085b',
      'a\u2028',
      '\ud800',
    ]) {
      expect(isKeyName(name)).toBe(false);
    }
  });
});

describe('a signature in a note', () => {
  const lastSecond = Date.parse('9999-12-31T23:59:59Z') / 1_000;
  const lineOf = (at: number): string => parseNote(cosigned).signatures[at]?.line ?? '';
  const text = checkpoint.note.text;

  test('is absent where its key is another of the same name', () => {
    expect(signatureIn(parseNote(cosigned), witness).kind).toBe('valid');
    expect(signatureIn(parseNote(cosigned), other).kind).toBe('absent');
    expect(signatureIn(parseNote(signed), witness).kind).toBe('absent');
  });

  test('is wrong where it is that of another key with the same name and id', () => {
    const [one, twin] = twins;
    const note = parseNote(noteOf(text, [cosign(checkpoint, one, 1)]));

    expect(twin).toMatchObject({ name: one.name, id: one.id });
    expect(signatureIn(note, one).kind).toBe('valid');
    expect(signatureIn(note, twin).kind).toBe('wrong');
  });

  test('is wrong where one of the key is wrong, also after a valid one', () => {
    const forged = signatureLine(witness, Buffer.alloc(72, 1));

    for (const lines of [[lineOf(1), forged], [forged, lineOf(1)], [forged]]) {
      expect(signatureIn(parseNote(noteOf(text, lines)), witness).kind).toBe('wrong');
    }
    expect(signatureIn(parseNote(noteOf(text, [lineOf(0), forged])), log).kind).toBe('valid');
  });

  test.each([0, 4, 8, 63, 64, 71, 73])('is wrong with %s bytes', (length) => {
    const bytes = Buffer.alloc(length + 1, 1).subarray(1);
    const lines = [signatureLine(witness, bytes), signatureLine(log, bytes)];
    if (length === 0) {
      expect(problemOf(() => parseNote(noteOf(text, lines)), 'note')).toMatch(
        'must have signatures',
      );
      return;
    }
    const note = parseNote(noteOf(text, lines));
    expect(signatureIn(note, witness).kind).toBe('wrong');
    expect(signatureIn(note, log).kind).toBe('wrong');
  });

  test('is wrong of a witness that signed as a log does, and of a log as a witness', () => {
    const asLog = signatureLine(witness, witness.sign(Buffer.from(text)));
    const time = Buffer.alloc(8);
    const asWitness = log.sign(Buffer.from(`cosignature/v1\ntime 0\n${text}`));
    const lines = [asLog, signatureLine(log, Buffer.concat([time, asWitness]))];
    const note = parseNote(noteOf(text, lines));

    expect(signatureIn(note, witness).kind).toBe('wrong');
    expect(signatureIn(note, log).kind).toBe('wrong');
  });

  test('has the earliest time of several', () => {
    const lines = [30, 10, 20].map((at) => cosign(checkpoint, witness, at));

    expect(signatureIn(parseNote(noteOf(text, lines)), witness)).toEqual({
      kind: 'valid',
      atSeconds: 10,
    });
  });

  test('has any time up to the year 9999, and none after it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: lastSecond }), (at) => {
        const note = parseNote(noteOf(text, [cosign(checkpoint, witness, at)]));
        expect(signatureIn(note, witness)).toEqual({ kind: 'valid', atSeconds: at });
      }),
      { numRuns: 100 },
    );
    for (const at of [BigInt(lastSecond) + 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(at);
      const signature = witness.sign(Buffer.from(`cosignature/v1\ntime ${at}\n${text}`));
      const line = signatureLine(witness, Buffer.concat([time, signature]));
      expect(signatureIn(parseNote(noteOf(text, [line])), witness).kind).toBe('wrong');
    }
  });

  test.each([-1, 0.5, NaN, Infinity, lastSecond + 1])('is refused at %s s', (at) => {
    expect(problemOf(() => cosign(checkpoint, witness, at), 'atSeconds')).toMatch(
      'must be whole seconds',
    );
  });

  test('is not made by a log in the place of a witness', () => {
    expect(problemOf(() => cosign(checkpoint, log, 1), 'key')).toBe('must be the key of a witness');
  });
});
