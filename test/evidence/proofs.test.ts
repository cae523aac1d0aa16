import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RedactionRule } from '../../src/dispute.ts';
import { verifyBundle } from '../../src/dispute.ts';
import { redactionRules } from '../../src/evidence/redaction-rules.ts';
import { inFormat1 } from '../history/format-1.ts';
import { storedHistories } from './histories.ts';
import { strangeLog, trustIn } from './log-of-strangers.ts';
import {
  codesOf,
  events,
  file,
  hashesOf,
  last,
  log,
  verify,
  withProofs,
} from './logged-package.ts';
import { moduleVersion, packed, witnessOf } from './support.ts';

describe('a package with a proof from the log', () => {
  test('holds it as a file that is listed, under the revision of the event that it proves', async () => {
    const proof = log.proof(last - 2);
    const files = await packed(events, [], { proofs: [proof] });
    expect(files.get(file(last - 2))).toBe(proof);
    expect(files.get('manifest.json')).toContain(`"${file(last - 2)}"`);
    expect(files.get('SHA256SUMS')).toContain(`  ${file(last - 2)}\n`);
  });

  test('says in both languages what such a file is', async () => {
    const readme = (await packed(events)).get('README.txt');
    expect(readme).toMatch(/revision-<N>\.tlog-proof[^]*never from a package/);
    expect(readme).toMatch(/revision-<N>\.tlog-proof[^]*切勿采用证据包内的/);
  });

  test('is vouched for up to that event by the keys that its reader trusts', async () => {
    const files = await packed(events, [], { proofs: [log.proof(last - 2)] });
    const verification = await verify(files);
    expect(verification).toMatchObject({ ok: true, faults: [], unchecked: [] });
    expect(verification.vouchedTo).toBe(last - 2);
    expect(verification.log).toEqual({
      ...{ revision: last - 2, unwitnessed: 2, size: last + 3, origin: log.origin },
      log: log.log.vkey,
      witnesses: log.witnesses.map(({ vkey }, number) => ({
        ...{ name: `w${number}`, vkey, at: '2026-11-18T11:06:40.000Z' },
      })),
      claimedBy: [log.origin, ...log.witnesses.map(({ name }) => name)],
      isEnough: true,
    });
  });

  test('is vouched for by nobody where its reader trusts nobody', async () => {
    const files = await packed(events, [], { proofs: [log.proof(last)] });
    const verification = await verify(files, {});
    expect(verification).toMatchObject({ ok: true, faults: [], vouchedTo: null });
    expect(verification.unchecked).toEqual([file(last)]);
    expect(verification.log).toMatchObject({ log: null, witnesses: [], isEnough: false });
    expect(verification.log).toMatchObject({ revision: last, size: last + 5, unwitnessed: 0 });
    expect(verification.log?.claimedBy).toEqual([
      log.origin,
      ...log.witnesses.map(({ name }) => name),
    ]);
  });

  test('may have got it later, as it may a time-stamp token', async () => {
    const files = await withProofs({ [file(last)]: log.proof(last) });
    const verification = await verify(files);
    expect(verification).toMatchObject({ ok: true, faults: [], vouchedTo: last, unchecked: [] });
  });

  test('is vouched for to the furthest of what the witness and the log saw', async () => {
    const files = await withProofs({ [file(3)]: log.proof(3) });
    const witness = witnessOf(events.slice(0, 3));
    expect(await verify(files, { witness })).toMatchObject({ vouchedTo: 2 });
    expect(await verify(files, { witness, trust: log.trust })).toMatchObject({ vouchedTo: 3 });
    const later = witnessOf(events.slice(0, 6));
    expect(await verify(files, { witness: later, trust: log.trust })).toMatchObject({
      vouchedTo: 5,
    });
  });

  test('is proven in both formats, whatever is withheld, and whatever the event', async () => {
    await fc.assert(
      fc.asyncProperty(
        storedHistories(20),
        fc.boolean(),
        fc.subarray<RedactionRule>([...redactionRules]),
        fc.nat(),
        async (stored, isOld, redact, at) => {
          const given = isOld ? inFormat1(stored) : stored;
          const revision = at % given.length;
          const { proof, trust } = strangeLog(hashesOf(given));

          const files = await packed(given, redact, { proofs: [proof(revision)] });
          const verification = await verify(files, { trust });

          expect([...files.keys()]).toContain(file(revision));
          expect(verification).toMatchObject({ ok: true, faults: [], vouchedTo: revision });
          expect(verification.log).toMatchObject({ revision, isEnough: true });
          expect(verification.unchecked).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  test('is vouched for where as many have signed as the trust file asks for, and not otherwise', async () => {
    const keys = [log.log, ...log.witnesses];
    const packedOnce = await packed(events);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(keys, { minLength: 1 }),
        fc.integer({ min: 1, max: 3 }),
        async (by, enough) => {
          const trust = trustIn(log.log, log.witnesses, enough);
          const files = new Map([...packedOnce, [file(last), log.proof(last, by)]]);

          const verification = await verify(files, { trust });

          const ofWitnesses = by.filter(({ kind }) => kind === 'witness');
          const isEnough = by.includes(log.log) && ofWitnesses.length >= enough;
          expect(verification.ok).toBe(isEnough);
          expect(codesOf(verification)).toEqual(isEnough ? [] : [`${file(last)} not-vouched`]);
          expect(verification.vouchedTo).toBe(isEnough ? last : null);
          expect(verification.unchecked).toEqual(isEnough ? [] : [file(last)]);
          expect(verification.log?.isEnough ?? false).toBe(isEnough);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);

  test('is judged by the proof that enough have signed, and by the one of them that covers most', async () => {
    const proofs = {
      [file(2)]: log.proof(2),
      [file(5)]: log.proof(5),
      [file(last)]: log.proof(last, [log.log]),
    };
    const verification = await verify(await withProofs(proofs));
    expect(verification).toMatchObject({ ok: true, vouchedTo: 5 });
    expect(verification.log).toMatchObject({ revision: 5, isEnough: true, unwitnessed: last - 5 });
    expect(verification.unchecked).toEqual([file(last)]);
  });
});

describe('what is given is refused by name', () => {
  test.each<[string, () => readonly string[], string]>([
    ['a text of another form', () => ['x'], 'proofs.0'],
    ['a proof of another order', () => [strangeLog(['0'.repeat(64)]).proof(0)], 'proofs.0'],
    ['two proofs of one event', () => [log.proof(1), log.proof(1, [log.log])], 'proofs.1'],
    ['a proof that is too large', () => [`${log.proof(1)}${'x'.repeat(65_536)}`], 'proofs.0'],
    ['too many', () => Array.from({ length: 17 }, () => log.proof(1)), 'proofs'],
  ])('%s, to bundleOf', async (_, proofs, field) => {
    const packing = packed(events, [], { proofs: proofs() });
    await expect(packing).rejects.toMatchObject({ code: 'invalid-input', field });
  });

  test('a trust file that cannot be read, before a file is', async () => {
    const unread = new Map([['manifest.json', unreadable()]]);
    const verifying = verifyBundle(unread, { moduleVersion, trust: 'log x' });
    await expect(verifying).rejects.toMatchObject({ code: 'invalid-input' });

    async function* unreadable(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield* [];
      throw new Error('was read');
    }
  });

  test('a trust file that takes the key of a log for a witness', async () => {
    const trust = `log ${log.log.vkey}\nwitness w ${log.log.vkey}\nquorum w\n`;
    const verifying = verify(await packed(events), { trust });
    await expect(verifying).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
