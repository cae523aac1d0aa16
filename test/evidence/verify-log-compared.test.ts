import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIncluded } from '../../src/tlog/c2sp/merkle.ts';
import { parseProof } from '../../src/tlog/c2sp/proof-file.ts';
import { parseTrust, standingOf } from '../../src/tlog/c2sp/trust.ts';
import { signatureLine, strangeKey } from './log-of-strangers.ts';
import { ofStrangers } from './log-verifier-under-test.ts';
import { events, first, hashesOf, last, log, second } from './logged-package.ts';

const hashes = hashesOf(events);
const [, , third = log.log] = log.witnesses;
const forger = strangeKey('witness', first.name, 'a forger');

/** What ours says of a proof and a trust file; null where either is none. */
function byOurs(text: string, trustText: string, hash: string) {
  try {
    const { index, proof, checkpoint } = parseProof(text);
    const trust = parseTrust(trustText);
    const { size, root } = checkpoint;
    if (!isIncluded({ leaf: Buffer.from(hash, 'hex'), index, size, root, proof })) return null;
    const { log: signer, witnesses, isEnough } = standingOf(checkpoint, trust);
    const times = witnesses.map(({ vkey, atSeconds }) => `${vkey} ${atSeconds}`);
    return { logs: signer === null ? [] : [signer.vkey], times, isEnough };
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid-input' });
    return null;
  }
}

/** The same by what was written from the descriptions alone. */
async function byStrangers(text: string, trustText: string, hash: string) {
  try {
    const [proof, trust] = [ofStrangers.proofIn(text), await ofStrangers.trustIn(trustText)];
    if (!(await ofStrangers.isInLog(hash, proof))) return null;
    const {
      logs = [],
      witnesses = [],
      isEnough,
    } = (await ofStrangers.standingOf(proof, trust)) ?? {};
    const times = witnesses.map(({ vkey, at }) => `${vkey} ${Date.parse(at) / 1_000}`);
    return { logs, times, isEnough };
  } catch (error) {
    expect((error as Error).name).toMatch(/^(?:SyntaxError|InvalidCharacterError)$/);
    return null;
  }
}

const pieces = [
  ...[
    '',
    ' ',
    '\n',
    '\t',
    '0',
    '+',
    '=',
    '—',
    '— ',
    'A',
    '\0',
    '\u007f',
    '\u0085',
    '\u00a0',
    '\ufeff',
  ],
  ...['\r', 'extra ', 'extra QQ==\n', 'extra QR==\n', 'index 0\n', '# x', '9007199254740993', '63'],
  ...[
    `\n— ${first.name} AAAAAAA=\n`,
    'group g any w0\n',
    'quorum none\n',
    'w0',
    'all',
    'none',
    '\u2028',
  ],
];
type Change = { readonly at: number; readonly removed: number; readonly added: string };
const change = fc.record<Change>({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.constantFrom(0, 0, 1, 1, 2, 44, 200),
  added: fc.constantFrom(...pieces),
});
type Swap = { readonly from: number; readonly to: number; readonly isCopied: boolean };
const swap = fc.record<Swap>({ from: fc.nat(20), to: fc.nat(20), isCopied: fc.boolean() });

function changed(text: string, { at, removed, added }: Change): string {
  const from = Math.floor(at * text.length);
  return text.slice(0, from) + added + text.slice(from + removed);
}

/** Moves or copies a line. */
function swapped(text: string, { from, to, isCopied }: Swap): string {
  const lines = text.split('\n');
  const [line = ''] = lines.slice(from % lines.length);
  const others = isCopied ? lines : lines.toSpliced(from % lines.length, 1);
  return others.toSpliced(to % lines.length, 0, line).join('\n');
}

/** Most texts stay sound: a proof and a trust file are altered on their own. */
const alteration: fc.Arbitrary<(text: string) => string> = fc.oneof(
  { weight: 9, arbitrary: fc.constant((text: string) => text) },
  { weight: 3, arbitrary: change.map((how) => (text: string) => changed(text, how)) },
  { weight: 1, arbitrary: swap.map((how) => (text: string) => swapped(text, how)) },
  {
    weight: 1,
    arbitrary: fc.tuple(swap, swap).map(
      ([one, other]) =>
        (text: string) =>
          swapped(swapped(text, one), other),
    ),
  },
);

const groups = [
  'quorum none',
  'quorum w1',
  'group g all w0 w1\nquorum g',
  'group g 2 w0 w1 w2\nquorum g',
  'group inner any w0 w1\ngroup outer 2 inner w2\nquorum outer',
  'group g 4 w0 w1 w2\nquorum g',
  'group g any w0 w0\nquorum g',
  'group one any w0\ngroup other any w0\nquorum other',
  'quorum g\ngroup g any w0',
  'quorum w0\nquorum w0',
  '',
];
const trusts = fc.constantFrom(...groups).map((group) => {
  const witnesses = log.witnesses.map(({ vkey }, at) => `witness w${at} ${vkey} https://w.example`);
  return ['# mine', `log ${log.log.vkey}`, ...witnesses, group, ''].join('\n');
});

const signers = fc.subarray([first, second, third, forger, first, log.log]);
/** Of one more cosignature of a witness. With the last of them the year 10000 begins. */
const time = fc.constantFrom(null, null, 0, 1, 1_700_000_000, 253_402_300_799, 253_402_300_800);
function cosigned(proof: string, atSeconds: number | null): string {
  const [, body = ''] = /\n\n([^]*\n)\n/.exec(proof) ?? [];
  return atSeconds === null ? proof : proof + signatureLine(body, first, atSeconds);
}

const place = fc.record({ at: fc.nat(last), of: fc.nat(8 * last) });

test('says the same of proofs and trust files, sound and altered, as the module, with which it shares no line', async () => {
  const counts = { enough: 0, short: 0, none: 0 };
  await fc.assert(
    fc.asyncProperty(
      place,
      fc.tuple(signers, time),
      alteration,
      trusts,
      alteration,
      async ({ at, of }, [others, again], inProof, trust, inTrust) => {
        const text = inProof(cosigned(log.proof(at, [log.log, ...others]), again));
        const hash = hashes[of] ?? hashes[at] ?? '';

        const ours = byOurs(text, inTrust(trust), hash);

        expect(await byStrangers(text, inTrust(trust), hash)).toEqual(ours);
        counts[ours === null ? 'none' : ours.isEnough ? 'enough' : 'short'] += 1;
      },
    ),
    { numRuns: 3_000 },
  );
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(200);
}, 120_000);
