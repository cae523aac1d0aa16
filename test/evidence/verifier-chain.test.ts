import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chainFaults, chainLink, chainStart } from '../../src/history/chain.ts';
import type { FoundEvent } from '../../src/history/event.ts';
import { metadataOfFormat1 } from '../history/format-1.ts';
import { sealOf } from '../../trials/packages/hashes.ts';
import { fieldsIn } from '../../trials/packages/json.ts';
import type { Fields, Json } from '../../trials/packages/json.ts';
import { saltsOf, sealsOf } from '../../trials/packages/of-line.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { chainFaultsOfStrangers } from './verifier-under-test.ts';

const names = fc.oneof(
  fc.constantFrom('reason', 'note', 'by', 'commandId', 'noticeId', 'vouchedBy'),
  // Those that an assignment or a sort treats otherwise, and those that look like a path.
  fc.constantFrom(
    ...[
      '__proto__',
      'toJSON',
      'constructor',
      'hasOwnProperty',
      '',
      '1',
      '10',
      '2',
      'é',
      '\u{1f600}',
    ],
    ...['amountMinor', 'actor', 'id', 'actor.id', 'a', 'a.b'],
  ),
);
const leaves = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ud800', 'x\udc00', '\\ud800', 'withheld', ''),
  fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.boolean()),
  fc.constantFrom(null, 1e21, 1e-7, 5e-324, 0),
);
const { fields } = fc.letrec<{ fields: Fields; value: Json }>((tie) => ({
  fields: fc
    .array(fc.tuple(names, tie('value')), { maxLength: 5 })
    .map((entries) => Object.fromEntries(entries)),
  value: fc.oneof(
    { depthSize: 'small' },
    leaves,
    tie('fields'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));

/** As the parser of a line gives it. */
const lineOf = (event: object) => JSON.parse(JSON.stringify(event)) as Fields;
// It is the JSON of one.
const foundIn = (line: Fields) => line as unknown as FoundEvent;

const events = fc
  .record({ data: fields, others: fields, actor: fields, seed: fc.nat(), isOld: fc.boolean() })
  .map(({ data, others, actor, seed, isOld }): Fields | null => {
    const metadata = { ...others, actor: { ...actor, id: 'u-7' } };
    const runtime = simulatedRuntime({ seed });
    const event = { stream: 'paymentOrder-O1', revision: 0, id: 'e', type: 'T', data, metadata };
    try {
      const link = chainLink(event, (bytes) => runtime.randomHex(bytes), chainStart);
      const linked = { ...metadata, ...link };
      const whole = { ...event, metadata: linked };
      return lineOf(isOld ? { ...event, metadata: metadataOfFormat1(whole, chainStart) } : whole);
    } catch {
      // Half a surrogate pair has no digest, so nothing stored has one.
      return null;
    }
  })
  .filter((event) => event !== null);

/** Withholds sealed values as an exporter does; each is named by its place among the salts. */
function withheld(given: Fields, places: readonly number[]): Fields {
  const line = lineOf(given);
  const marks: Fields = {};
  for (const part of ['data', 'metadata'] as const) {
    const salts = saltsOf(line, part);
    const names = Object.keys(salts);
    for (const name of new Set(places.flatMap((place) => names[place] ?? []))) {
      const [outer = '', inner] = name.split('.');
      const fields = fieldsIn(line, part);
      const [holder, key] =
        inner === undefined ? [fields, outer] : [fieldsIn(fields, outer), inner];
      const seal = sealOf(salts[name] ?? null, holder[key] ?? null);
      marks[part] = { ...fieldsIn(marks, part), [name]: seal };
      Reflect.deleteProperty(holder, key);
      Reflect.deleteProperty(salts, name);
    }
  }
  return { ...line, withheld: marks };
}

const sealsIn = (line: Fields) =>
  (['data', 'metadata'] as const).flatMap((part) => Object.keys(sealsOf(line, part)));

async function faultsOf(line: Fields): Promise<readonly string[]> {
  const faults: string[] = [];
  for await (const { code } of chainFaultsOfStrangers([foundIn(line)])) faults.push(code);
  return faults;
}

test('what is stored, and what is withheld of it, verifies whatever its fields are called', async () => {
  let seals = 0;
  await fc.assert(
    fc.asyncProperty(events, fc.array(fc.nat(3)), async (event, places) => {
      const redacted = withheld(event, places);
      seals += sealsIn(redacted).length;
      for (const shown of [event, redacted]) {
        expect(chainFaults(foundIn(shown), chainStart)).toEqual([]);
        expect(await faultsOf(shown)).toEqual([]);
      }
    }),
    { numRuns: 500 },
  );
  expect(seals).toBeGreaterThan(100);
});

/** Puts a value in some place, or takes it away. */
type Alteration = {
  readonly where: 'data' | 'metadata' | 'salts' | 'seals';
  readonly part: 'data' | 'metadata';
  readonly name: string;
  readonly value: Json | undefined;
};

const alterations = fc.record<Alteration>({
  where: fc.constantFrom('data', 'metadata', 'salts', 'seals'),
  part: fc.constantFrom('data', 'metadata'),
  name: fc.oneof(names, fc.constantFrom('format', 'salt', 'salts', 'dataHash', 'data', 'metadata')),
  value: fc.oneof(leaves, fields, fc.constant(undefined), fc.constant('0'.repeat(64))),
});

function altered(line: Fields, { where, part, name, value }: Alteration): Fields {
  const target = {
    ...{ data: fieldsIn(line, 'data'), metadata: fieldsIn(line, 'metadata') },
    ...{ salts: saltsOf(line, part), seals: fieldsIn(fieldsIn(line, 'withheld'), part) },
  }[where];
  if (value === undefined) Reflect.deleteProperty(target, name);
  // An assignment would set the prototype, where that is the name.
  else Object.defineProperty(target, name, { value, ...asField });
  return lineOf(line);
}

const asField = { enumerable: true, configurable: true, writable: true };

test('the strangers’ chain finds a fault exactly where ours does', async () => {
  const counts = { sound: 0, faulty: 0 };
  await fc.assert(
    fc.asyncProperty(events, fc.array(fc.nat(3)), alterations, async (event, places, change) => {
      const line = altered(withheld(event, places), change);
      const ours = chainFaults(foundIn(line), chainStart);

      const theirs = await faultsOf(line);

      expect(theirs.length === 0, JSON.stringify([ours, theirs, line])).toBe(ours.length === 0);
      counts[ours.length === 0 ? 'sound' : 'faulty'] += 1;
    }),
    { numRuns: 3_000 },
  );
  expect(Math.min(counts.sound, counts.faulty)).toBeGreaterThan(200);
});
