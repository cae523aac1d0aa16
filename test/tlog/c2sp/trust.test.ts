import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newSigningKey } from '../../../src/tlog/c2sp/keys.ts';
import { parseTrust } from '../../../src/tlog/c2sp/trust.ts';
import { garbage, madeOrRefused, problemOf, spoiledText } from './spoiled-text.ts';
import { twins } from './twin-keys.ts';
import { base, log, otherLog, witnesses } from './trusted.ts';
import { keyOf } from '../witness/world.ts';

const [a, b] = witnesses.map(({ key }) => key);

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
    const nothing = { logs: [], witnesses: [], groups: [], quorum: null };
    expect(parseTrust('quorum none\n')).toEqual(nothing);
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
    [
      'two keys of one name and id',
      `${twins.map(({ vkey }, at) => `witness t${at} ${vkey}\n`).join('')}quorum t0\n`,
      /must have no two keys of one name and id \(line 2\)/,
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
