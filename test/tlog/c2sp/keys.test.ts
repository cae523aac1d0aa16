import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseAddCheckpoint } from '../../../src/tlog/c2sp/add-checkpoint.ts';
import { parseCheckpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import {
  newSigningKey,
  parseSigningKey,
  parseVerifierKey,
  publicKeyOf,
  readSigningKeyFile,
} from '../../../src/tlog/c2sp/keys.ts';
import { parseNote } from '../../../src/tlog/c2sp/note.ts';
import { parseProof } from '../../../src/tlog/c2sp/proof-file.ts';
import { parseTrust } from '../../../src/tlog/c2sp/trust.ts';
import { garbage, madeOrRefused, problemOf, spoiledText } from './spoiled-text.ts';
import { keyOf } from '../witness/world.ts';

const log = keyOf('log', 'log.example/orders', 1);
const witness = keyOf('witness', 'witness.example/one', 2);
const kinds = fc.constantFrom('log' as const, 'witness' as const);
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const names = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((name) => !/[\s+\p{White_Space}\p{Cc}]/u.test(name));

/** What no message may hold: the seed, however it is written. */
function expectSecret(text: string, error: unknown): void {
  const encoded = text.trimEnd().split('+').slice(4).join('+');
  const seed = Buffer.from(encoded, 'base64').subarray(1);
  const everything = inspect(error, { depth: 20, showHidden: true });
  for (const secret of [encoded, seed.toString('hex'), seed.toString('base64')]) {
    for (let at = 0; at + 12 <= secret.length; at += 1) {
      expect(everything).not.toContain(secret.slice(at, at + 12));
    }
  }
}

describe('a key', () => {
  test('is read as it was written, and signs what its verifier key verifies', () => {
    fc.assert(
      fc.property(kinds, names, seeds, (kind, name, seed) => {
        const { text, key } = newSigningKey(kind, name, seed);
        const signing = parseSigningKey(text, kind);
        const verifier = parseVerifierKey(key.vkey);
        const message = Buffer.from(`signed by ${name}`);

        for (const read of [signing, verifier]) {
          expect(read).toMatchObject({ name, kind, id: key.id, vkey: key.vkey });
        }
        const signature = signing.sign(message);
        expect(signature).toEqual(key.sign(message));
        expect(verifier.verify(message, signature)).toBe(true);
        expect(verifier.verify(Buffer.from('another'), signature)).toBe(false);
        expect(verifier.verify(message, Buffer.of())).toBe(false);
        expect(verifier.verify(message, signature.subarray(1))).toBe(false);
        expect(verifier.verify(message, Buffer.concat([signature, Buffer.of(0)]))).toBe(false);
      }),
      { numRuns: 100 },
    );
  });

  test('is another each time it is made', () => {
    const made = Array.from({ length: 20 }, () => newSigningKey('log', 'log.example').key.vkey);
    expect(new Set(made).size).toBe(20);
  });

  test('has another id as log and as witness, and the same public key', () => {
    const other = keyOf('witness', log.key.name, 1);

    expect(other.key.id).not.toBe(log.key.id);
    expect(publicKeyOf(other.key)).toBe(publicKeyOf(log.key));
    expect(publicKeyOf(witness.key)).not.toBe(publicKeyOf(log.key));
  });

  test.each(['', 'two words', 'a+b', 'a\nb', '\u3000'])('is not called %j', (name) => {
    expect(problemOf(() => newSigningKey('log', name), 'name')).toMatch('must be without spaces');
  });

  test('is made of 32 bytes', () => {
    expect(problemOf(() => newSigningKey('log', 'name', Buffer.alloc(31)), 'seed')).toBe(
      'must have 32 bytes',
    );
  });
});

describe('a verifier key', () => {
  test('has one spelling only, and any other is refused by name', () => {
    fc.assert(
      fc.property(fc.oneof(garbage, spoiledText(log.key.vkey)), (vkey) => {
        const key = madeOrRefused(() => parseVerifierKey(vkey), 'key');
        if (key !== null) expect(key.vkey).toBe(vkey);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is refused with any part of it cut off', () => {
    const { vkey } = log.key;
    for (let from = 0; from <= vkey.length; from += 1) {
      const cut = [
        vkey.slice(from + 1),
        vkey.slice(0, from),
        vkey.replace(vkey.at(from) ?? '', ''),
      ];
      for (const text of cut.filter((one) => one !== vkey)) {
        expect(problemOf(() => parseVerifierKey(text), 'key')).toMatch(/^must be|^must have/);
      }
    }
  });

  test('is refused as a private key, which is not repeated', () => {
    expect(problemOf(() => parseVerifierKey(log.text), 'key')).toBe(
      'is a private key; give the verifier key that belongs to it',
    );
  });

  test('may not have capital letters in its id', () => {
    const vkey = witness.key.vkey.replace(witness.key.id, witness.key.id.toUpperCase());
    expect(problemOf(() => parseVerifierKey(vkey), 'key')).toMatch('must be a verifier key');
  });
});

describe('the text of a key file', () => {
  test('is refused by name with anything in it altered, and never repeated', () => {
    fc.assert(
      fc.property(fc.oneof(garbage, spoiledText(log.text)), (text) => {
        const key = madeOrRefused(() => {
          try {
            return parseSigningKey(text, 'log');
          } catch (error) {
            expectSecret(log.text, error);
            throw error;
          }
        }, 'key');
        // The name is part of the id, and the id of the line: nothing can be altered alone.
        if (key !== null) expect(key.vkey).toBe(log.key.vkey);
      }),
      { numRuns: 1_000 },
    );
  });

  test('may end in a newline, in that of Windows, or in none', () => {
    const line = log.text.trimEnd();
    for (const text of [line, `${line}\n`, `${line}\r\n`]) {
      expect(parseSigningKey(text, 'log').vkey).toBe(log.key.vkey);
    }
    for (const text of [`${line}\n\n`, ` ${line}`, `${line} `, `${line}\n${line}\n`]) {
      expect(problemOf(() => parseSigningKey(text, 'log'), 'key')).toMatch('must be a private key');
    }
  });

  test('is refused in the place of the other kind', () => {
    expect(problemOf(() => parseSigningKey(witness.text, 'log'), 'key')).toBe(
      'is the key of a witness; give the key of a log',
    );
    expect(problemOf(() => parseSigningKey(log.text, 'witness', 'witnessKey'), 'witnessKey')).toBe(
      'is the key of a log; give the key of a witness',
    );
    expect(problemOf(() => parseSigningKey(log.key.vkey, 'log'), 'key')).toMatch(
      'must be a private key',
    );
  });

  test('is never repeated by what reads other texts', () => {
    const readers: readonly ((text: string) => unknown)[] = [
      parseVerifierKey,
      parseNote,
      parseCheckpoint,
      parseProof,
      parseAddCheckpoint,
      parseTrust,
      (text) => parseTrust(`log ${text}quorum none\n`),
      (text) => parseTrust(`witness ${text.trimEnd()} ${text}`),
      (text) => parseTrust(`witness a ${witness.key.vkey}\nquorum ${text}`),
      (text) => parseNote(`${text}\n— ${text}`),
      (text) => parseSigningKey(text, 'witness'),
      (text) => newSigningKey('log', text),
      (text) => readSigningKeyFile(text, 'log'),
    ];
    for (const read of readers) {
      try {
        read(log.text);
        expect.unreachable('it was accepted');
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid-input' });
        expectSecret(log.text, error);
      }
    }
  });
});

describe('a key file', () => {
  function at(content: string, mode = 0o600): string {
    const directory = mkdtempSync(join(tmpdir(), 'tlog-keys-'));
    onTestFinished(() => {
      rmSync(directory, { recursive: true });
    });
    const path = join(directory, 'key');
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  }

  test('gives its text and its key', () => {
    const { text, key } = readSigningKeyFile(at(log.text), 'log');

    expect(text).toBe(log.text);
    expect(key.vkey).toBe(log.key.vkey);
  });

  test.skipIf(process.platform === 'win32')('is refused where others may read it', () => {
    const path = at(log.text, 0o644);
    expect(problemOf(() => readSigningKeyFile(path, 'log'), 'keyFile')).toMatch('run chmod');
  });

  test('is refused where it is none', () => {
    const path = at('');
    mkdirSync(`${path}.directory`);

    expect(problemOf(() => readSigningKeyFile(`${path}.none`, 'log'), 'keyFile')).toBe(
      'cannot be opened (ENOENT)',
    );
    expect(problemOf(() => readSigningKeyFile(`${path}.directory`, 'log'), 'keyFile')).toMatch(
      /must be a file|cannot be opened/,
    );
    expect(problemOf(() => readSigningKeyFile(path, 'log'), 'keyFile')).toMatch(
      'must be a private key',
    );
    expect(problemOf(() => readSigningKeyFile(at('x'.repeat(4_097)), 'log'), 'keyFile')).toBe(
      'must be at most 4096 bytes long',
    );
    expect(problemOf(() => readSigningKeyFile(at(witness.text), 'log'), 'keyFile')).toMatch(
      'is the key of a witness',
    );
  });
});
