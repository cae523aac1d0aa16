/** One round: a history that is signed and grows, and what a forger makes of a copy of it. */

import { copyFileSync, mkdirSync } from 'node:fs';
import { PaymentOrderError } from '../../src/errors.ts';
import type { LogVerification } from '../../src/tlog/types.ts';
import type { WitnessState } from '../../src/tlog/witness-state.ts';
import { checkpointsStream } from '../../src/tlog/stored.ts';
import { alterations } from './alterations.ts';
import type { Forged } from './alterations.ts';
import { bodyOf, lies, problemOfLie } from './forger.ts';
import { luckOf, randomLog, Writer } from './history.ts';
import type { Luck } from './history.ts';
import { checkHonest, entriesOf, honestLog } from './honest.ts';
import type { Honest, Problems } from './honest.ts';
import { proofOf, rootOf } from './reference.ts';
import { opened } from './stores.ts';
import type { StoreKind } from './stores.ts';

export type Setting = {
  /** Empty, and of this round alone. */
  readonly directory: string;
  /** One for all rounds, as a witness has. */
  readonly state: WitnessState;
};

export type Found = { readonly seen: readonly string[]; readonly problems: readonly string[] };

/** What is seen in the end, besides the kinds of stores, alterations and lies. */
export const circumstances = [
  'more than 256 events',
  'leaves kept',
  'leaves not kept',
  'old cache left in its place',
  'own checkpoints refuse it',
  'an earlier checkpoint holds',
  'two that go on differently',
] as const;

export async function tried(seed: number, given: Setting): Promise<Found> {
  const luck = luckOf(seed);
  const problems: Problems = [];
  const setting = { ...given, kind: storeKindOf(luck) };
  // Whole subtrees of 256 events have a row of their own where leaves are kept.
  const isLarge = setting.kind === 'memory' && luck.below(20) === 0;
  const log = randomLog(luck, isLarge ? 100 + luck.below(50) : 2 + luck.below(5));
  const honest = await honestLog(log, setting, luck, problems);
  await checkHonest(honest, luck, problems);
  const forgery = forgeryOf(honest, luck);
  const seen = [
    setting.kind,
    ...forgery.kinds,
    ...(log.length > 256 ? ['more than 256 events'] : []),
  ];
  seen.push(...(await checkForged(honest, forgery, setting, luck, problems)));
  seen.push(...(await checkWitness(honest, forgery, luck, problems)));
  await honest.close();
  return { seen, problems: problems.map((what) => `${forgery.kinds.join(' and ')}: ${what}`) };
}

/** Most in memory, which is fast; a server is started for each store of the last kind. */
function storeKindOf(luck: Luck): StoreKind {
  const drawn = luck.below(20);
  if (drawn === 0) return 'EventStoreDB';
  return drawn < 5 ? 'SQLite' : 'memory';
}

type Forgery = Forged & {
  readonly kinds: readonly string[];
  /** Before which checkpoint he altered something: later ones are his to forge, earlier ones hold. */
  readonly signed: Honest['signed'][number];
};

/** One alteration, or sometimes two, before one of the checkpoints. */
function forgeryOf({ log, signed }: Honest, luck: Luck): Forgery {
  for (;;) {
    const checkpoint = luck.pick(signed);
    const kinds = luck.below(5) === 0 ? [kindOf(luck), kindOf(luck)] : [kindOf(luck)];
    let made: Forged | null = { log, orders: new Set() };
    for (const kind of kinds) {
      if (made === null) break;
      const { log: before, orders }: Forged = made;
      const size = Math.min(checkpoint.size, before.length);
      const next: Forged | null =
        size === 0 ? null : (alterations[kind]?.alter(before, size, luck) ?? null);
      made = next === null ? null : { ...next, orders: new Set([...orders, ...next.orders]) };
    }
    if (made === null || rootAt(made.log, checkpoint.size) === rootAt(log, checkpoint.size))
      continue;
    return { ...made, kinds, signed: checkpoint };
  }
}

function kindOf(luck: Luck): string {
  return luck.pick(Object.keys(alterations));
}

function rootAt(log: Honest['log'], size: number): string {
  return rootOf(entriesOf(log).slice(0, size)).toString('hex');
}

/** What the forged store is found to be. */
async function checkForged(
  honest: Honest,
  forgery: Forgery,
  { kind, directory }: Setting & { readonly kind: StoreKind },
  luck: Luck,
  problems: Problems,
): Promise<readonly string[]> {
  const at = `${directory}/forged`;
  const hasOldCache = luck.below(3) === 0;
  mkdirSync(at);
  // Whoever writes the store writes the leaves next to it as well, or leaves them as they were.
  if (hasOldCache) copyFileSync(honest.leaves, `${at}/index.tlog`);
  const copy = await opened(kind, at, luck.runtime);
  await new Writer(copy.store, luck).write(forgery.log);
  const hasCheckpoints = luck.below(2) === 0;
  if (hasCheckpoints) await copyCheckpoints(honest, copy.store);
  const isKept = luck.below(3) > 0;
  const tlog = copy.orders.transparencyLog();
  const { note: checkpoint } = forgery.signed;
  const leaves = isKept ? { leaves: honest.leaves } : {};
  const found = await tlog.verify({ checkpoint, trust: honest.trust, ...leaves });
  problems.push(...wrongInVerdict(found, forgery, isKept));
  const holds = isHeld(honest, forgery);
  if (holds) {
    const [earlier] = honest.signed;
    const before = await tlog.verify({ checkpoint: earlier?.note ?? '', trust: honest.trust });
    if (!before.ok) problems.push(`an earlier checkpoint does not hold: ${shown(before.faults)}`);
  }
  if (hasCheckpoints && !hasOldCache) {
    const code = await codeOf(tlog.checkpoint({ key: honest.key.text }));
    if (code !== 'log-contradicted') problems.push(`the forged store is signed: ${code}`);
  }
  await copy.close();
  return [
    isKept ? 'leaves kept' : 'leaves not kept',
    ...(hasOldCache ? ['old cache left in its place'] : []),
    ...(hasCheckpoints ? ['own checkpoints refuse it'] : []),
    ...(holds ? ['an earlier checkpoint holds'] : []),
    ...found.faults.map(({ code }) => code),
  ];
}

/** Whether only events after the first checkpoint were altered. One without a hash is always named. */
function isHeld({ log, signed: [earlier] }: Honest, forgery: Forgery): boolean {
  const size = earlier?.size ?? 0;
  const isSame = forgery.log.length >= size && rootAt(forgery.log, size) === rootAt(log, size);
  return isSame && !forgery.kinds.includes('hash unreadable');
}

const shown = (faults: LogVerification['faults']) => JSON.stringify(faults.slice(0, 4));

async function copyCheckpoints(honest: Honest, store: Honest['store']): Promise<void> {
  for await (const { id, type, data, metadata, revision } of honest.store.read(checkpointsStream)) {
    const expected = revision === 0 ? 'no-stream' : revision - 1;
    await store.append(checkpointsStream, [{ id, type, data, metadata }], expected);
  }
}

/** Why the faults are not those that the forgery must give. */
function wrongInVerdict(
  { ok, faults }: LogVerification,
  { kinds, orders }: Forgery,
  isKept: boolean,
): readonly string[] {
  if (ok || faults.length === 0) return [`nothing is named: ${shown(faults)}`];
  if (!isKept) return [];
  const others = faults.filter(({ orderNo }) => orderNo !== null && !orders.has(orderNo));
  if (others.length > 0) return [`named are orders that nobody touched: ${shown(others)}`];
  const [kind = '', ...more] = kinds;
  // One alteration may hide another one.
  if (more.length > 0) return [];
  const { codes = [] } = alterations[kind] ?? {};
  return faults.some(({ code }) => codes.includes(code))
    ? []
    : [`named otherwise: ${shown(faults)}`];
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return error instanceof PaymentOrderError ? error.code : String(error);
  }
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
