import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import {
  alteredCharacter,
  alteredFields,
  alteredParts,
} from '../../../test/history/alterations.ts';
import { faultsOf, goldenNames, readGolden } from '../../../test/history/golden.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';

const name = 'golden-altered';
const charactersAtScale1 = 2_000;

/** Every field, and any character, of every golden history changed, one at a time. */
export const goldenAltered: Level = {
  name,
  promise: 'Any single changed field or character of a golden history is found.',
  async run({ scale, seed, progress }) {
    const failures: Failure[] = [];
    const fail = (what: string) =>
      failures.push({ invariant: 'I10', repro: reproOf(name, { scale, seed }), what });
    const seen = { fields: 0, characters: 0 };
    const histories = goldenNames().map(readGolden);
    for (const [index, { orderNo, events }] of histories.entries()) {
      progress(index, histories.length);
      for (const [revision, event] of events.entries()) {
        for (const { field, event: altered } of alteredFields(event)) {
          seen.fields += 1;
          const faults = await faultsOf(orderNo, [...events.slice(0, revision), altered]);
          const isNamed = faults.some((fault) => fault.revision === revision);
          if (!isNamed) fail(`${orderNo}: ${field} of revision ${revision}`);
        }
      }
    }
    const runtime = simulatedRuntime({ seed });
    // No list here is empty.
    const pick = <T>(list: readonly T[]): T =>
      list[Math.floor(runtime.random() * list.length)] as T;
    for (let draw = 0; draw < charactersAtScale1 * scale; draw += 1) {
      const { orderNo, events, witness } = pick(histories);
      const [revision, event] = pick([...events.entries()]);
      const part = pick(alteredParts);
      const place = Math.floor(runtime.random() * 2 ** 31);
      const altered = alteredCharacter(event, part, place, pick(['0', 'a', 'Z', '9']));
      if (altered === null) continue;
      seen.characters += 1;
      const faults = await faultsOf(orderNo, events.with(revision, altered), witness);
      if (faults.length === 0) fail(`${orderNo}: a character of ${part} of revision ${revision}`);
    }
    return { counts: { histories: histories.length, ...seen }, seen, failures };
  },
};
