import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DisputeEvent, RedactionRule } from '../../src/dispute.ts';
import { attemptsOf, timelineOf, verifyBundle } from '../../src/dispute.ts';
import { redact as redacted } from '../../src/evidence/redaction.ts';
import { reportDataOf } from '../../src/report/report-data-of.ts';
import { redactionRules } from '../../src/evidence/redaction-rules.ts';
import { fromFormat1, storedHistories } from './histories.ts';
import { bytesOf, moduleVersion, packed, witnessOf } from './support.ts';

const rules = fc.subarray([...redactionRules], { minLength: 1 });

async function verified(events: readonly DisputeEvent[], redact: readonly RedactionRule[]) {
  const files = await packed(events, redact);
  const witness = witnessOf(events);
  const verification = await verifyBundle(bytesOf(files), { moduleVersion, witness });
  const replay = JSON.parse(files.get('replay.json') ?? '') as { readonly derived: object };
  expect(replay.derived).toMatchObject({ divergence: null, fault: null });
  return { files, verification };
}

test('proves any history whatever is withheld, in both formats and across them', async () => {
  await fc.assert(
    fc.asyncProperty(
      storedHistories(40),
      rules,
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (events, redact, share) => {
        const old = Math.round(share * events.length);

        const { verification } = await verified(fromFormat1(events, old), redact);

        const { faults, unchecked, withheld, withheldFields, withheldParts } = verification;
        expect({ faults, unchecked }).toEqual({ faults: [], unchecked: [] });
        const isWithheld = withheld.length > 0;
        expect(verification.standing).toBe(isWithheld ? 'proven-but-withheld' : 'proven');
        const ofOld = withheld.filter(({ revision }) => revision < old);
        expect(withheldParts).toBe(ofOld.flatMap(({ names }) => names).length);
        expect(withheldFields > 0).toBe(withheld.length > ofOld.length);
      },
    ),
    { numRuns: 150 },
  );
}, 120_000);

test('claims no call and no contradiction that the whole history does not hold', () => {
  const openedIn = (events: readonly DisputeEvent[]) =>
    [...timelineOf(events)].flatMap(({ revision, opened }) =>
      opened.map((n) => `${revision} ${n}`),
    );
  const begunIn = (events: readonly DisputeEvent[]) =>
    attemptsOf(events).map(({ attempt, inFlight }) => `${attempt} ${inFlight.from.revision}`);
  let hidden = 0;
  fc.assert(
    fc.property(storedHistories(60), rules, fc.nat(60), (events, redact, old) => {
      const mixed = fromFormat1(events, old);
      const { events: shown } = redacted(mixed, new Set(redact));
      const [all, left] = [openedIn(mixed), openedIn(shown)];
      expect(all.slice(0, left.length)).toEqual(left);
      hidden += all.length - left.length;
      expect(begunIn(shown)).toEqual(begunIn(mixed));
      const { notKnownFrom, receivedInAll, refundedInAll } = reportDataOf(shown, {}).header;
      if (notKnownFrom !== null) return;
      const { header } = reportDataOf(mixed, {});
      expect({ left, receivedInAll, refundedInAll }).toEqual({
        left: all,
        receivedInAll: header.receivedInAll,
        refundedInAll: header.refundedInAll,
      });
    }),
    { numRuns: 200 },
  );
  expect(hidden).toBeGreaterThan(20);
});
