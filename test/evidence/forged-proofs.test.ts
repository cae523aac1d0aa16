import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifyBundle } from '../../src/dispute.ts';
import { inFormat1 } from '../history/format-1.ts';
import { noteBy, bodyOf, proofIn, strangeKey, strangeLog } from './log-of-strangers.ts';
import { codesOf, events, file, first, hashesOf, last, log } from './logged-package.ts';
import { second, verify, withProofs } from './logged-package.ts';
import { bytesOf, forged, moduleVersion, packed } from './support.ts';

describe('a package is not vouched for', () => {
  const notVouched = [`${file(last)} not-vouched`];

  test('without a proof', async () => {
    const verification = await verify(await packed(events));
    expect(codesOf(verification)).toEqual(['. not-vouched']);
    expect(verification).toMatchObject({ standing: 'not-proven', log: null, vouchedTo: null });
  });

  test('by a log that somebody made of his own keys, under the names of the true ones', async () => {
    const forger = (kind: 'log' | 'witness', name: string) => strangeKey(kind, name, `f ${name}`);
    const keys = [log.log, ...log.witnesses].map(({ kind, name }) => forger(kind, name));
    const proof = log.proof(last, keys);
    const files = await withProofs({ [file(last)]: proof });
    expect(codesOf(await verify(files))).toEqual(notVouched);
    // All that it is without trust: consistent in itself.
    const { ok, log: found } = await verify(files, {});
    expect({ ok, found }).toMatchObject({ ok: true, found: { log: null, isEnough: false } });
  });

  test('by a log of somebody else, which the same witnesses cosigned', async () => {
    const origin = 'other.example/orders';
    const proof = strangeLog(hashesOf(events), origin).proof(last, [
      strangeKey('log', origin),
      ...log.witnesses,
    ]);
    const verification = await verify(await withProofs({ [file(last)]: proof }));
    expect(codesOf(verification)).toEqual(notVouched);
    expect(verification.log).toMatchObject({ origin, log: null, isEnough: false });
  });

  test('by a signature in the name of the log that is not of its key', async () => {
    const other = { ...strangeKey('log', log.origin, 'other'), id: log.log.id };
    const proof = log.proof(last, [other, ...log.witnesses]);
    const verification = await verify(await withProofs({ [file(last)]: proof }));
    expect(codesOf(verification)).toEqual(notVouched);
    expect(verification.log).toMatchObject({ log: null, isEnough: false });
  });

  test('by one witness that signed twice', async () => {
    const keys = [log.log, first, first];
    const verification = await verify(await withProofs({ [file(last)]: log.proof(last, keys) }));
    expect(codesOf(verification)).toEqual(notVouched);
    expect(verification.log?.witnesses).toHaveLength(1);
  });

  test('by witnesses of another checkpoint', async () => {
    const [older, newer] = [log.proof(last - 1), log.proof(last, [log.log])];
    const cosignatures = older.split('\n').slice(-4);
    const mixed = `${newer}${cosignatures.join('\n')}`;
    const verification = await verify(await withProofs({ [file(last)]: mixed }));
    expect(verification.ok).toBe(false);
    expect(verification.vouchedTo).toBe(null);
  });

  test('by a log that signs as a witness too', async () => {
    const asWitness = strangeKey('witness', first.name, log.log.name);
    const proof = log.proof(last, [log.log, asWitness, second]);
    expect(codesOf(await verify(await withProofs({ [file(last)]: proof })))).toEqual(notVouched);
  });

  test('by a proof of a log of another name that the same keys signed', async () => {
    const body = bodyOf('other.example/orders', log.leaves);
    const note = noteBy(body, [log.log, ...log.witnesses]);
    const proof = proofIn(log.leaves, log.indexOf(last), note);
    const { vouchedTo } = await verify(await withProofs({ [file(last)]: proof }));
    expect(vouchedTo).toBe(null);
  });
});

describe('a proof that does not fit is named', () => {
  const sound = log.proof(last);
  const others = strangeLog(hashesOf(inFormat1(events)));
  /** Of the lines, the second has the index, and the third the first hash of the path. */
  const changed = (at: number, change: (line: string) => string) =>
    sound
      .split('\n')
      .map((line, number) => (number === at ? change(line) : line))
      .join('\n');
  const flipped = (line: string) => (line.startsWith('A') ? 'B' : 'A') + line.slice(1);

  test.each<[string, string, string, string]>([
    ['under another revision', file(last - 1), sound, 'not-included'],
    ['under a revision that is not here', file(last + 1), sound, 'not-included'],
    ['of another order', file(last), others.proof(last), 'not-included'],
    ['with another path', file(last), changed(2, flipped), 'not-included'],
    ['with another index', file(last), changed(1, () => 'index 1'), 'not-included'],
    ['with an index beyond the log', file(last), changed(1, () => 'index 99'), 'proof-unreadable'],
    ['of the path in an older tree', file(last), mixedTrees(), 'not-included'],
    ['that is empty', file(last), '', 'proof-unreadable'],
    ['that is another text', file(last), 'c2sp.org/tlog-proof@v1\n', 'proof-unreadable'],
    ['that is not text', file(last), `${sound}\u0000`, 'proof-unreadable'],
    [
      'that is too large',
      file(last),
      `${sound}${'— x AAAAAAAA\n'.repeat(9_000)}`,
      'file-too-large',
    ],
  ])('%s', async (_, name, proof, code) => {
    const verification = await verify(await withProofs({ [name]: proof }), {});
    expect(codesOf(verification)).toEqual([`${name} ${code}`]);
    expect(verification).toMatchObject({ ok: false, log: null, vouchedTo: null });
    // A manifest that was made again to list it changes nothing.
    const listed = forged(await packed(events), { [name]: proof });
    expect(codesOf(await verify(listed, {}))).toEqual([`${name} ${code}`]);
  });

  function mixedTrees(): string {
    const [older, newer] = [log.proof(last), log.proof(last - 1)];
    return `${older.slice(0, older.indexOf('\n\n'))}${newer.slice(newer.indexOf('\n\n'))}`;
  }

  test('that holds bytes of no text', async () => {
    const files = new Map<string, Uint8Array>(bytesOf(await withProofs({ [file(last)]: sound })));
    files.set(file(last), Buffer.concat([Buffer.from(sound), Buffer.of(0xff)]));
    const verification = await verifyBundle(files, { moduleVersion });
    expect(codesOf(verification)).toEqual([`${file(last)} proof-unreadable`]);
  });

  test('with any byte flipped before the checkpoint, or in what the log signed', async () => {
    const bytes = Buffer.from(sound);
    const signatures = bytes.indexOf('—');
    const others = bytesOf(await packed(events, [], { version: '9.9.9' }));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(signatures - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const altered = Buffer.from(bytes);
          altered[at] = (altered[at] ?? 0) ^ flip;
          const files = others.set(file(last), altered);

          const verification = await verifyBundle(files, { moduleVersion, trust: log.trust });

          expect(verification).toMatchObject({ ok: false, vouchedTo: null });
        },
      ),
      { numRuns: 300 },
    );
  }, 60_000);

  test('of more than there may be', async () => {
    const names = Array.from({ length: 17 }, (_, revision) => file(revision));
    const proofs = Object.fromEntries(names.map((name) => [name, sound]));
    const verification = await verify(await withProofs(proofs), {});
    expect(codesOf(verification)).toEqual(['. too-many-proofs']);
  });

  test.each(['revision-007.tlog-proof', 'revision-1.tlog-proof.txt', 'x.tlog-proof'])(
    'under a name that is none: %s',
    async (name) => {
      const verification = await verify(await withProofs({ [name]: sound }), {});
      expect(codesOf(verification)).toEqual([`${name} file-added`]);
    },
  );

  test('where the manifest lists another', async () => {
    const files = new Map(await packed(events, [], { proofs: [sound] }));
    files.set(file(last), log.proof(last, [log.log, first, second]));
    expect(codesOf(await verify(files))).toEqual([`${file(last)} file-altered`]);
  });
});
