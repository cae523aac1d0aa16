import { describe, expect, test } from 'vitest';
import { parseCheckpoint, signedCheckpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import { cosign } from '../../../src/tlog/c2sp/cosignature.ts';
import type { SigningKey } from '../../../src/tlog/c2sp/keys.ts';
import { emptyRoot } from '../../../src/tlog/c2sp/merkle.ts';
import { noteOf, signatureLine } from '../../../src/tlog/c2sp/note.ts';
import { parseTrust, standingOf } from '../../../src/tlog/c2sp/trust.ts';
import { base, log, otherLog, witnesses } from './trusted.ts';

const [a, b, c, d] = witnesses.map(({ key }) => key);

const signed = parseCheckpoint(
  signedCheckpoint({ origin: log.name, size: 7, root: emptyRoot }, log),
);
const logLine = signed.note.signatures.map(({ line }) => line);
const cosignedBy = (...keys: readonly (SigningKey | undefined)[]) =>
  parseCheckpoint(
    noteOf(signed.note.text, [
      ...logLine,
      ...keys.flatMap((key, at) => (key === undefined ? [] : [cosign(signed, key, 100 + at)])),
    ]),
  );

describe('the standing of a checkpoint', () => {
  test('names its log and the witnesses whose signatures are valid', () => {
    const trust = parseTrust(`${base}group g 2 a b c\nquorum g\n`);
    const { log: found, witnesses: seen, ...rest } = standingOf(cosignedBy(c, a), trust);

    expect(found?.vkey).toBe(log.vkey);
    expect(seen).toEqual([
      { name: 'a', vkey: a?.vkey, atSeconds: 101 },
      { name: 'c', vkey: c?.vkey, atSeconds: 100 },
    ]);
    expect(rest).toEqual({ isEnough: true, problem: null });
  });

  test('is enough exactly where the quorum has seen it', () => {
    const rules: readonly (readonly [string, (seen: ReadonlySet<string>) => boolean])[] = [
      ['quorum none', () => true],
      ['quorum b', (seen) => seen.has('b')],
      ['group g all a b c d\nquorum g', (seen) => seen.size === 4],
      ['group g any a b c d\nquorum g', (seen) => seen.size > 0],
      ['group g 3 a b c d\nquorum g', (seen) => seen.size >= 3],
      [
        'group ab all a b\ngroup cd any c d\ngroup both all ab cd\nquorum both',
        (seen) => seen.has('a') && seen.has('b') && (seen.has('c') || seen.has('d')),
      ],
      [
        'group ab all a b\ngroup abc any ab c\nquorum abc',
        (seen) => (seen.has('a') && seen.has('b')) || seen.has('c'),
      ],
    ];
    for (const [rule, isEnough] of rules) {
      const trust = parseTrust(`${base}${rule}\n`);
      for (let set = 0; set < 16; set += 1) {
        const some = witnesses.filter((_, at) => (set >> at) % 2 === 1);
        const standing = standingOf(cosignedBy(...some.map(({ key }) => key)), trust);
        const expected = isEnough(new Set(some.map(({ name }) => name)));
        expect(standing.isEnough).toBe(expected);
        expect(standing.problem).toBe(
          expected ? null : 'is not cosigned by as many trusted witnesses as the quorum needs',
        );
      }
    }
  });

  test('is not enough where no log is trusted', () => {
    expect(standingOf(signed, parseTrust('quorum none\n'))).toEqual({
      log: null,
      witnesses: [],
      isEnough: false,
      problem: 'is not signed by a trusted log of its origin',
    });
  });

  test('is not enough without the signature of the log, however many witnesses saw it', () => {
    const trust = parseTrust(`${base}quorum a\n`);
    const unsigned = parseCheckpoint(noteOf(signed.note.text, a ? [cosign(signed, a, 1)] : []));

    expect(standingOf(unsigned, trust)).toMatchObject({
      log: null,
      witnesses: [{ name: 'a' }],
      isEnough: false,
      problem: 'is not signed by a trusted log of its origin',
    });
  });

  test('is not enough where a trusted log signed for the origin of another', () => {
    const trust = parseTrust(`log ${otherLog.vkey}\n${base}quorum none\n`);
    const text = `${log.name}\n7\n${Buffer.from(emptyRoot).toString('base64')}\n`;
    const line = signatureLine(otherLog, otherLog.sign(Buffer.from(text)));

    expect(standingOf(parseCheckpoint(noteOf(text, [line])), trust)).toMatchObject({
      log: null,
      isEnough: false,
    });
    expect(standingOf(parseCheckpoint(noteOf(text, [line, ...logLine])), trust)).toMatchObject({
      log: { vkey: log.vkey },
      isEnough: true,
    });
  });

  test('is not enough with one wrong signature of a trusted key', () => {
    const trust = parseTrust(`${base}log ${otherLog.vkey}\nquorum a\n`);
    const good = cosignedBy(a).note.signatures.map(({ line }) => line);
    for (const key of [log, otherLog, d]) {
      if (key === undefined) continue;
      const forged = signatureLine(key, Buffer.alloc(key.kind === 'log' ? 64 : 72, 9));
      const checkpoint = parseCheckpoint(noteOf(signed.note.text, [...good, forged]));

      expect(standingOf(checkpoint, trust)).toMatchObject({
        isEnough: false,
        problem: `has a signature in the name of ${key.vkey} that is not of that key`,
      });
    }
  });

  test('overlooks keys that are not trusted', () => {
    const trust = parseTrust(`log ${log.vkey}\nwitness a ${a?.vkey ?? ''}\nquorum a\n`);
    const forged = d === undefined ? '' : signatureLine(d, Buffer.alloc(72, 9));
    const good = cosignedBy(a, b, c).note.signatures.map(({ line }) => line);

    expect(
      standingOf(parseCheckpoint(noteOf(signed.note.text, [...good, forged])), trust),
    ).toMatchObject({
      witnesses: [{ name: 'a' }],
      isEnough: true,
    });
  });
});
