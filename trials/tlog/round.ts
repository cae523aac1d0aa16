/** One round: a history that is signed and grows, and what a forger makes of a copy of it. */

import { join } from 'node:path';
import type { WitnessState } from '../../src/tlog/witness/state.ts';
import { alterations } from './alterations.ts';
import type { Forged } from './alterations.ts';
import { checkForged, copyCircumstances } from './forged-copy.ts';
import type { Forgery } from './forged-copy.ts';
import { bodyOf, lies, problemOfLie } from './forger.ts';
import { luckOf, randomLog } from './history.ts';
import type { Luck } from './history.ts';
import { checkHonest, entriesOf, honestLog } from './honest.ts';
import type { Honest, Problems } from './honest.ts';
import { checkChains } from './old-hashes.ts';
import { proofOf, rootOf } from './reference.ts';
import type { StoreKind } from './stores.ts';

export type Setting = {
  /** Empty, and of this round alone. */
  readonly directory: string;
  /** One for all rounds, as a witness has. */
  readonly state: WitnessState;
};

export type Found = { readonly seen: readonly string[]; readonly problems: readonly string[] };

/** What must be seen in the end, besides the kinds of stores, alterations and lies. */
export const circumstances = [
  'more than 256 events',
  ...copyCircumstances,
  'two that go on differently',
  'altered under the old hashes',
];

export async function tried(seed: number, given: Setting): Promise<Found> {
  const luck = luckOf(seed);
  const problems: Problems = [];
  const setting = { ...given, kind: storeKindOf(luck) };
  // Whole subtrees of 256 events have a row of their own where leaves are kept.
  const isLarge = setting.kind === 'memory' && luck.below(20) === 0;
  const log = randomLog(luck, isLarge ? 100 + luck.below(50) : 2 + luck.below(5));
  const honest = await honestLog(log, setting, luck, problems);
  await checkHonest(honest, luck, problems);
  const forgery = forgeryOf(honest, setting.kind, luck);
  const copy = { ...setting, directory: join(setting.directory, 'forged') };
  const seen = [
    setting.kind,
    ...forgery.kinds,
    ...(log.length > 256 ? ['more than 256 events'] : []),
  ];
  seen.push(...(await checkForged(honest, forgery, copy, luck, problems)));
  seen.push(...(await checkWitness(honest, forgery, luck, problems)));
  if (luck.below(3) === 0) {
    await checkChains(honest, luck, problems);
    seen.push('altered under the old hashes');
  }
  await honest.close();
  return { seen, problems: problems.map((what) => `${forgery.kinds.join(' and ')}: ${what}`) };
}

/** Most in memory, which is fast; a server is started for each store of the last kind. */
function storeKindOf(luck: Luck): StoreKind {
  const drawn = luck.below(20);
  if (drawn === 0) return 'EventStoreDB';
  return drawn < 5 ? 'SQLite' : 'memory';
}

/** One alteration, or sometimes two, before one of the checkpoints. */
function forgeryOf({ log, signed }: Honest, store: StoreKind, luck: Luck): Forgery {
  for (;;) {
    const checkpoint = luck.pick(signed);
    const kinds = kindsOf(store, luck);
    let made: Forged | null = { log, orders: new Set() };
    for (const kind of kinds) {
      if (made === null) break;
      const { log: before, orders }: Forged = made;
      // What was inserted moved others on.
      const more = Math.max(0, before.length - log.length);
      const size = Math.min(checkpoint.size + more, before.length);
      const next: Forged | null =
        size === 0 ? null : (alterations[kind]?.alter(before, size, luck) ?? null);
      made = next === null ? null : { ...next, orders: new Set([...orders, ...next.orders]) };
    }
    if (made === null || rootAt(made.log, checkpoint.size) === rootAt(log, checkpoint.size))
      continue;
    return { ...made, kinds, signed: checkpoint };
  }
}

function kindsOf(store: StoreKind, luck: Luck): readonly string[] {
  // There alone the text of an event can be damaged.
  if (store === 'SQLite' && luck.below(5) === 0) return ['hash unreadable'];
  const one = () => luck.pick(Object.keys(alterations));
  return luck.below(5) === 0 ? [one(), one()] : [one()];
}

function rootAt(log: Honest['log'], size: number): string {
  return rootOf(entriesOf(log).slice(0, size)).toString('hex');
}

/** The witness refuses the forged log, whatever is sent, and cosigns one of two that go on. */
async function checkWitness(
  honest: Honest,
  { log }: Forgery,
  luck: Luck,
  problems: Problems,
): Promise<readonly string[]> {
  const { witness, entries, signed, key } = honest;
  const size = signed.at(-1)?.size ?? 0;
  const fork = { honest: entries, forged: entriesOf(log), size };
  const seen: string[] = [];
  for (const [name, lieOf] of Object.entries(lies)) {
    const lie = lieOf(fork, luck);
    // What begins as the honest log does goes on from it: by chance, a lie is none.
    const isLie = !rootOf(lie.entries.slice(0, size)).equals(rootOf(entries.slice(0, size)));
    if (!isLie || luck.below(2) === 0) continue;
    const problem = await problemOfLie(name, lie, witness, key.key);
    if (problem !== null) problems.push(problem);
    seen.push(name);
  }
  if (entries.length === size) return seen;
  const body = await honest.orders.transparencyLog().checkpoint({ key: key.text });
  const honestly = await honest.orders.transparencyLog().consistency(size, body.note);
  const other = [...entries.slice(0, size), Buffer.from(luck.hex(32), 'hex')];
  const forked = bodyOf({ oldSize: size, entries: other, proof: proofOf(size, other) }, key.key);
  const sent =
    luck.below(2) === 0 ? [Buffer.from(honestly), forked] : [forked, Buffer.from(honestly)];
  const answers = await Promise.all(sent.map((one) => witness.addCheckpoint(one)));
  const statuses = answers.map(({ status }) => status).toSorted();
  if (statuses.join() !== '200,409')
    problems.push(`two that go on differently: ${statuses.join()}`);
  return [...seen, 'two that go on differently'];
}
