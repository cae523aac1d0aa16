import { isDeepStrictEqual } from 'node:util';
import { verifyBundle } from '../../../src/dispute.ts';
import type { BundleFault, BundleVerification } from '../../../src/dispute.ts';
import type { Verdict } from '../../../src/evidence/verifier/types.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { draftOf, forged } from '../../packages/draft.ts';
import type { Files, Forgery } from '../../packages/draft.ts';
import { fileAlterations } from '../../packages/file-alterations.ts';
import { chanceOf } from '../../packages/json.ts';
import type { Chance } from '../../packages/json.ts';
import { lineAlterations } from '../../packages/line-alterations.ts';
import { markAlterations } from '../../packages/mark-alterations.ts';
import type { Alteration } from '../../packages/of-line.ts';
import { proofAlterations } from '../../packages/proof-alterations.ts';
import { lieInStanding, lieOfOther, trueLog } from '../../packages/proofs.ts';
import { afterWitness, lieIn, lieInEvents } from '../../packages/oracle.ts';
import { verifiedLog } from '../../../test/evidence/log-verifier-under-test.ts';
import { verified } from '../../../test/evidence/verifier-under-test.ts';
import type { Scene } from '../../packages/scenes.ts';
import { ourVersion, scenes } from '../../packages/scenes.ts';
import { textAlterations } from '../../packages/text-alterations.ts';
import { valueAlterations } from '../../packages/value-alterations.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';

const name = 'packages';
/** Half a minute; 20,000 at scale 2. */
const alterationsAtScale1 = 10_000;
/** Deriving all files of a package again takes ten times as long as the rest. */
const oneOfOurs = 100;

const alterations: Readonly<Record<string, Alteration>> = {
  ...valueAlterations,
  ...markAlterations,
  ...lineAlterations,
  ...textAlterations,
  ...fileAlterations,
  ...proofAlterations,
};

const verdicts = [
  ...(['harmless', 'named', 'named by the witness alone'] as const),
  ...(['named by the trust alone', 'named by ours alone'] as const),
  ...(['shown after the witness', 'shown after the proof'] as const),
] as const;

export type Tried = {
  readonly scene: Scene;
  readonly kinds: readonly string[];
  readonly forgery: Forgery;
  readonly files: Files;
  readonly knowsWitness: boolean;
  /** Whether the verifier was given the keys of the log and its witnesses. */
  readonly knowsTrust: boolean;
  /** The other verifier is asked where ours finds nothing, and of the others one in ten. */
  readonly asksOther: boolean;
};

/** Packages of both formats, whole and redacted, altered by somebody who computes all digests again. */
export const packages: Level = {
  name,
  promise: 'A package shows nothing that it does not prove: each alteration is named, or harmless.',
  async run({ scale, seed, untilFailure, progress }) {
    const runtime = simulatedRuntime();
    const all = await scenes((bytes) => runtime.randomHex(bytes));
    const failures: Failure[] = [];
    const count = Math.ceil(alterationsAtScale1 * scale);
    const seen: Record<string, number> = {};
    // A few, as a failure is reproduced, cannot see everything.
    const isLong = count > Object.keys(alterations).length * 10;
    const expected = [...Object.keys(alterations), ...all.map((scene) => scene.name), ...verdicts];
    if (isLong) for (const what of expected) seen[what] = 0;
    for (let index = 0; index < count; index += 1) {
      progress(index, count);
      const tried = drawn(all, seed + index);
      const { scene, kinds, forgery } = tried;
      const { found, problem } = await judged(tried);
      for (const what of [...kinds, scene.name, found]) seen[what] = (seen[what] ?? 0) + 1;
      if (problem === null) continue;
      failures.push({
        invariant: 'I23',
        repro: reproOf(name, { scale: 1 / alterationsAtScale1, seed: seed + index }),
        what: `${scene.name}; ${kinds.join(' and ')}; computed again: ${forgery}; ${problem}`,
      });
      if (untilFailure) break;
    }
    return { counts: { alterations: count, packages: all.length }, seen, failures };
  },
};

/** What the seed alters. An alteration that finds no place, or changes nothing, is drawn again. */
export function drawn(all: readonly Scene[], seed: number): Tried {
  const chance = chanceOf(simulatedRuntime({ seed }));
  const isOurs = chance.below(oneOfOurs) === 0;
  const ofThose = all.filter((scene) => scene.isOurs === isOurs);
  for (;;) {
    const scene = chance.pick(ofThose);
    const kinds = chance.below(5) === 0 ? [kindOf(chance), kindOf(chance)] : [kindOf(chance)];
    const forgery = chance.pick<Forgery>(['nothing', 'digests', 'digests', 'chain']);
    const files = alteredPackage(scene, kinds, forgery, chance);
    const knowsTrust = chance.below(2) === 0;
    // Nothing but the witness or the log tells of a chain that was computed again.
    const knowsWitness = (forgery === 'chain' && !knowsTrust) || chance.below(2) === 0;
    const asksOther = chance.below(10) === 0;
    if (files === null) continue;
    return { scene, kinds, forgery, files, knowsWitness, knowsTrust, asksOther };
  }
}

function kindOf(chance: Chance): string {
  return chance.pick(Object.keys(alterations));
}

/** Null where an alteration finds no place, or changes nothing. */
function alteredPackage(
  { files, truth }: Scene,
  kinds: readonly string[],
  forgery: Forgery,
  chance: Chance,
): Files | null {
  const draft = draftOf(files);
  for (const kind of kinds) {
    if (alterations[kind]?.(draft, chance, truth.lines) !== true) return null;
  }
  if (draft.lines.length === 0) return null;
  const altered = forged(files, draft, forgery);
  const isSame =
    altered.size === files.size &&
    [...altered].every(([file, content]) =>
      Buffer.from(content).equals(Buffer.from(files.get(file) ?? 'absent')),
    );
  return isSame ? null : altered;
}

type Judged = { readonly found: (typeof verdicts)[number]; readonly problem: string | null };

async function judged(tried: Tried): Promise<Judged> {
  const { scene, files, knowsWitness, knowsTrust, asksOther } = tried;
  const { files: honest, truth } = scene;
  const witness = knowsWitness ? truth.witness : undefined;
  const log = trueLog(truth.lines);
  const trust = knowsTrust ? log.trust : undefined;
  const bytes = new Map([...files].map(([file, content]) => [file, Buffer.from(content)]));
  const ours = await verifyBundle(bytes, { witness, trust, moduleVersion: ourVersion });
  const other = ours.ok || asksOther ? await verified(bytes, { witness }) : null;
  if (trust !== undefined && other !== null) {
    const problem = lieOfOther(await verifiedLog(bytes, trust), ours, truth.lines);
    if (problem !== null) return { found: 'named', problem };
  }
  const isLater = (lie: string | null) => knowsWitness && lie?.endsWith(afterWitness) === true;
  if (ours.ok) {
    const { unchecked, head, withheldFields, withheldParts } = ours;
    const lie =
      lieInStanding(ours, log, { knowsTrust, witnessed: witness?.revision ?? null }) ??
      lieIn({ files, honest, truth, knowsWitness, unchecked });
    const same = {
      faults: [],
      withheld: withheldFields + withheldParts,
      head: `${head?.revision ?? ''}:${head?.hash ?? ''}`,
    };
    const isSame = isDeepStrictEqual({ ...other, unchecked: null }, { ...same, unchecked: null });
    if (!isSame) return { found: 'harmless', problem: differing(other) };
    // The holder of the witness sees that the head that he is shown is a later one.
    if (isLater(lie)) return { found: 'shown after the witness', problem: null };
    if (isUnwitnessed(lie, tried, ours)) return { found: 'shown after the proof', problem: null };
    return { found: 'harmless', problem: lie };
  }
  if (other?.faults.length === 0) {
    // It derives nothing and knows no machine and no log, but says that the events are proven.
    const lie = lieInEvents({ files, honest, truth, knowsWitness });
    const isTold = isLater(lie) || (tried.forgery === 'chain' && !knowsWitness);
    return { found: 'named by ours alone', problem: isTold ? null : lie };
  }
  return { found: namedBy(ours.faults), problem: null };
}

function namedBy(faults: readonly BundleFault[]): Judged['found'] {
  const areAll = (pattern: RegExp) => faults.every(({ code }) => pattern.test(code));
  if (areAll(/^(?:witness-differs|tail-lost)$/)) return 'named by the witness alone';
  return areAll(/^not-(?:vouched|included)$/) ? 'named by the trust alone' : 'named';
}

/** A chain that was computed again from an event on that no checkpoint covers. */
function isUnwitnessed(
  lie: string | null,
  { forgery, knowsWitness, knowsTrust }: Tried,
  { log }: BundleVerification,
): boolean {
  const line = /^line (\d+): /.exec(lie ?? '')?.[1];
  if (forgery !== 'chain' || knowsWitness || !knowsTrust || line === undefined) return false;
  return log !== null && Number(line) > log.revision;
}

function differing(other: Verdict | null): string {
  return `ours finds no fault, the other verifier says ${JSON.stringify(other)}`;
}
