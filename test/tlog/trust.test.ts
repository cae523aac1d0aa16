import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCheckpoint, signedCheckpoint } from '../../src/tlog/checkpoint.ts';
import { cosign } from '../../src/tlog/cosignature.ts';
import type { SigningKey } from '../../src/tlog/keys.ts';
import { newSigningKey } from '../../src/tlog/keys.ts';
import { emptyRoot } from '../../src/tlog/merkle.ts';
import { noteOf, signatureLine } from '../../src/tlog/note.ts';
import { parseTrust, standingOf } from '../../src/tlog/trust.ts';
import { garbage, madeOrRefused, problemOf, spoiledText } from './spoiled-text.ts';
import { keyOf } from './witness-world.ts';

const { key: log } = keyOf('log', 'log.example/orders', 1);
const { key: otherLog } = keyOf('log', 'log.example/others', 2);
const witnesses = ['a', 'b', 'c', 'd'].map((name, at) => ({
  name,
  key: keyOf('witness', `${name}.example/witness`, 10 + at).key,
}));
const [a, b, c, d] = witnesses.map(({ key }) => key);
const lines = witnesses.map(({ name, key }) => `witness ${name} ${key.vkey}\n`).join('');
const base = `log ${log.vkey}\n${lines}`;

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

describe('a trust text', () => {
  test('names logs, witnesses, groups and the quorum', () => {
    const text =
      `# whom we believe\n\n \t# an indented comment\n` +
      `log ${log.vkey} https://log.example/\n\t log \t ${otherLog.vkey}  \n` +
      `witness 甲 ${a?.vkey ?? ''} https://a.example/\nwitness all ${b?.vkey ?? ''}\n` +
      'group group 2 甲 all\nquorum group';

    expect(parseTrust(text)).toMatchObject({
      logs: [
        { vkey: log.vkey, kind: 'log', url: 'https://log.example/' },
        { vkey: otherLog.vkey, url: null },
      ],
      witnesses: [
        { name: '甲', key: { vkey: a?.vkey }, url: 'https://a.example/' },
        { name: 'all', key: { vkey: b?.vkey }, url: null },
      ],
      groups: [{ name: 'group', needed: 2, members: ['甲', 'all'] }],
      quorum: 'group',
    });
  });

  test('may need no witness, and even name no log', () => {
    const trust = parseTrust('quorum none\n');

    expect(trust).toEqual({ logs: [], witnesses: [], groups: [], quorum: null });
    expect(standingOf(signed, trust)).toEqual({
      log: null,
      witnesses: [],
      isEnough: false,
      problem: 'is not signed by a trusted log of its origin',
    });
  });

  test('is read, or refused by name and line, whatever is done to it', () => {
    const text = `${base}group g 2 a b\nquorum g\n`;
    fc.assert(
      fc.property(fc.oneof(garbage, spoiledText(text)), (spoiled) => {
        const trust = madeOrRefused(() => parseTrust(spoiled), 'trust');
        const names = trust === null ? [] : [...trust.witnesses, ...trust.groups];
        const quorum = trust?.quorum ?? null;
        if (quorum !== null) expect(names.map(({ name }) => name)).toContain(quorum);
      }),
      { numRuns: 2_000 },
    );
  });

  const more = keyOf('witness', 'e.example/witness', 20).key.vkey;
  const renamed = keyOf('witness', 'impostor.example', 10).key.vkey;
  const renamedLog = keyOf('log', 'impostor.example', 1).key.vkey;

  test.each([
    ['no quorum', base, /^must have a line 'quorum NAME', or 'quorum none'$/],
    ['two quorums', `${base}quorum a\nquorum a\n`, /^must have one quorum line only \(line 7\)$/],
    ['two quorums, none first', 'quorum none\nquorum none\n', 'must have one quorum line only'],
    ['a quorum without a name', 'quorum\n', 'must name the quorum'],
    ['a quorum of two', `${base}quorum a b\n`, 'must name the quorum'],
    ['an unknown quorum', `${base}quorum x\n`, 'must define the quorum'],
    [
      'a quorum before its witness',
      `quorum e\nwitness e ${more}\n`,
      /define the quorum.*\(line 1\)/,
    ],
    ['an unknown word', `${base}quibble a\nquorum a\n`, 'must begin each line with'],
    ['a word in capitals', `Log ${log.vkey}\nquorum none\n`, 'must begin each line with'],
    ['a comment after words', `log ${log.vkey} https://x # y\nquorum none\n`, 'must name a log'],
    ['a log without a key', 'log\nquorum none\n', 'must name a log'],
    ['a log with a broken key', 'log garbage\nquorum none\n', 'must be a verifier key'],
    ['a log with the key of a witness', `log ${more}\nquorum none\n`, 'has the key of a witness'],
    [
      'a log twice',
      `${base}log ${log.vkey} https://x\nquorum a\n`,
      'must have the public key of a log',
    ],
    [
      'a log under two names',
      `${base}log ${renamedLog}\nquorum a\n`,
      'the public key of a log once',
    ],
    ['a witness without a key', 'witness x\nquorum none\n', 'must name a witness'],
    [
      'a witness with the key of a log',
      `witness x ${log.vkey}\nquorum x\n`,
      'has the key of a log',
    ],
    [
      'a witness called none',
      `witness none ${more}\nquorum none\n`,
      "must call no witness or group 'none'",
    ],
    [
      'two witnesses of one name',
      `${base}witness a ${more}\nquorum a\n`,
      'must give each name once',
    ],
    [
      'one witness under two names',
      `${base}witness e ${renamed}\nquorum e\n`,
      'public key of a witness once',
    ],
    ['a group called as a witness', `${base}group a any b\nquorum a\n`, 'must give each name once'],
    [
      'a group called none',
      `${base}group none any a\nquorum none\n`,
      "must call no witness or group 'none'",
    ],
    ['a group without members', `${base}group g 1\nquorum a\n`, 'must name a group'],
    ['a group of 0', `${base}group g 0 a\nquorum g\n`, 'must ask a group for 1'],
    ['a group of -1', `${base}group g -1 a\nquorum g\n`, "must have 'all', 'any' or a number"],
    ['a group of 01', `${base}group g 01 a\nquorum g\n`, "must have 'all', 'any' or a number"],
    ['a group of more than all', `${base}group g 2 a\nquorum g\n`, 'must ask a group for 1'],
    ['a member that is unknown', `${base}group g any x\nquorum g\n`, 'must define the members'],
    ['a group in itself', `${base}group g any g\nquorum g\n`, 'must define the members'],
    [
      'a group before its member',
      `group g any e\nwitness e ${more}\nquorum g\n`,
      'must define the members',
    ],
    ['none as a member', `${base}group g any none a\nquorum g\n`, 'must define the members'],
    ['a member twice', `${base}group g all a a\nquorum g\n`, 'as a member once'],
    [
      'a member of two groups',
      `${base}group g any a b\ngroup h any a\nquorum g\n`,
      'as a member once',
    ],
    [
      'lines of Windows',
      base.replaceAll('\n', '\r\n'),
      'must have lines that end in a newline alone',
    ],
    ['a control character', 'quorum none\n\u0001', 'must have no control characters'],
    ['a deleting character', 'quorum none\n#\u007f', /must have no control characters \(line 2\)/],
    ['half a character', 'quorum none\n#\ud800', 'must be valid Unicode'],
    ['over 64 KiB', `quorum none\n#${'x'.repeat(65_536)}`, 'must be at most 65536 bytes long'],
  ])('is refused with %s', (_, text, problem) => {
    expect(problemOf(() => parseTrust(text), 'trust')).toMatch(problem);
  });

  test('separates words by spaces and tabs only', () => {
    for (const space of ['\u00a0', '\u3000', '\u2003', '\ufeff']) {
      expect(problemOf(() => parseTrust(`quorum${space}none\n`), 'trust')).toMatch('must begin');
    }
  });

  test('is refused where it is no text at all', () => {
    for (const value of [undefined, null, 1, {}, Buffer.from(base)]) {
      // A caller in JavaScript has no compiler.
      expect(problemOf(() => parseTrust(value as string), 'trust')).toBe('must be of type string');
    }
  });

  test('may be as long as 64 KiB allow', () => {
    const many = Array.from({ length: 400 }, (_, at) => {
      const seed = Buffer.alloc(32);
      seed.writeUInt32BE(at);
      return { name: `w${at}`, vkey: newSigningKey('witness', `w${at}.example`, seed).key.vkey };
    });
    const seeded = many.map(({ name, vkey }) => `witness ${name} ${vkey}\n`);
    const names = many.map(({ name }) => name).join(' ');
    const trust = parseTrust(`${seeded.join('')}group g 200 ${names}\nquorum g\n`);

    expect(trust.witnesses).toHaveLength(400);
    expect(trust.groups[0]?.members).toHaveLength(400);
  });
});

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
