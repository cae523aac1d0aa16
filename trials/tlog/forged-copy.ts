/** The copy that a forger made of a store, and what the check of its log says of it. */

import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PaymentOrderError } from '../../src/errors.ts';
import { streamOf } from '../../src/history/event.ts';
import { signedCheckpoint } from '../../src/tlog/c2sp/checkpoint.ts';
import { checkpointsStream, storeCheckpoint } from '../../src/tlog/stored.ts';
import type { LogVerification } from '../../src/tlog/types.ts';
import { alterations } from './alterations.ts';
import type { Forged } from './alterations.ts';
import type { Luck } from './history.ts';
import { Writer } from './history.ts';
import type { Honest, Problems } from './honest.ts';
import { entriesOf } from './honest.ts';
import { rootOf } from './reference.ts';
import { opened } from './stores.ts';
import type { StoreKind } from './stores.ts';

export type Forgery = Forged & {
  readonly kinds: readonly string[];
  /** Before which checkpoint he altered something: later ones are his to forge, earlier ones hold. */
  readonly signed: Honest['signed'][number];
};

/** Of the honest log at the checkpoint, or of anything else: the checkpoint proves them, or not. */
const keptLeaves = ['leaves kept', 'leaves kept', 'leaves altered', 'leaves not kept'] as const;

const storedCheckpoints = ['checkpoints copied', 'checkpoints forged', 'no checkpoints'] as const;

/** What must be seen in the end. */
export const copyCircumstances = [
  ...new Set(keptLeaves),
  ...storedCheckpoints,
  'old leaves left in their place',
  'text damaged',
  'own checkpoints refuse it',
  'an earlier checkpoint holds',
];

type Circumstances = {
  readonly leaves: (typeof keptLeaves)[number];
  /** Whoever writes the store writes the leaves next to it as well, or leaves them as they were. */
  readonly hasOldLeaves: boolean;
  /** Of the honest log, or signed by the forger, who has the log's key. */
  readonly checkpoints: (typeof storedCheckpoints)[number];
  readonly isDamaged: boolean;
};

export async function checkForged(
  honest: Honest,
  forgery: Forgery,
  { kind, directory }: { readonly kind: StoreKind; readonly directory: string },
  luck: Luck,
  problems: Problems,
): Promise<readonly string[]> {
  const given: Circumstances = {
    leaves: luck.pick(keptLeaves),
    hasOldLeaves: luck.below(3) === 0,
    checkpoints: luck.pick(storedCheckpoints),
    isDamaged: kind === 'SQLite' && forgery.kinds.join() === 'hash unreadable',
  };
  const { leaves, hasOldLeaves, checkpoints, isDamaged } = given;
  mkdirSync(directory);
  if (hasOldLeaves) copyFileSync(honest.leaves, join(directory, 'index.tlog'));
  const copy = await opened(kind, directory, luck.runtime);
  await new Writer(copy.store, luck).write(forgery.log);
  if (checkpoints === 'checkpoints copied') await copyCheckpoints(honest, copy.store);
  if (checkpoints === 'checkpoints forged')
    await forgeCheckpoint(honest, forgery, copy.store, luck);
  if (isDamaged) damageText(join(directory, 'orders.db'), forgery);
  const tlog = copy.orders.transparencyLog();
  const { note: checkpoint } = forgery.signed;
  const { trust } = honest;
  const kept = leavesOf(honest, directory, leaves, luck);
  const found = await tlog.verify({ checkpoint, trust, ...kept });
  problems.push(...wrongIn(found, honest, forgery, given));
  const holds = isHeld(honest, forgery);
  if (holds) {
    const { faults } = await tlog.verify({ checkpoint: honest.signed[0]?.note ?? '', trust });
    if (faults.length > 0) problems.push(`an earlier checkpoint does not hold: ${shown(faults)}`);
  }
  const isRefused = checkpoints === 'checkpoints copied' && !hasOldLeaves;
  if (isRefused) {
    const code = await codeOf(tlog.checkpoint({ key: honest.key.text }));
    if (code !== 'log-contradicted') problems.push(`the forged store is signed: ${code}`);
  }
  await copy.close();
  return [
    ...[leaves, checkpoints],
    ...(hasOldLeaves ? ['old leaves left in their place'] : []),
    ...(isDamaged ? ['text damaged'] : []),
    ...(isRefused ? ['own checkpoints refuse it'] : []),
    ...(holds ? ['an earlier checkpoint holds'] : []),
    ...found.faults.map(({ code }) => code),
  ];
}

async function copyCheckpoints(honest: Honest, store: Honest['store']): Promise<void> {
  for await (const { id, type, data, metadata, revision } of honest.store.read(checkpointsStream)) {
    const expected = revision === 0 ? 'no-stream' : revision - 1;
    await store.append(checkpointsStream, [{ id, type, data, metadata }], expected);
  }
}

/** Over the forged log, at any size. */
async function forgeCheckpoint(
  { key: { key } }: Honest,
  { log }: Forgery,
  store: Honest['store'],
  luck: Luck,
): Promise<void> {
  const entries = entriesOf(log).slice(0, luck.below(log.length + 1));
  const note = { origin: key.name, size: entries.length, root: rootOf(entries) };
  await storeCheckpoint(store, luck.runtime, signedCheckpoint(note, key), null);
}

/** The event without a hash cannot even be read. */
function damageText(path: string, { orders, revision = 0 }: Forgery): void {
  const database = new DatabaseSync(path, { defensive: false });
  database.exec('PRAGMA ignore_check_constraints = ON');
  const damage = database.prepare("UPDATE events SET data = '{' WHERE stream = ? AND revision = ?");
  for (const orderNo of orders) damage.run(streamOf(orderNo), revision);
  database.close();
}

function leavesOf(
  { leaves }: Honest,
  directory: string,
  which: Circumstances['leaves'],
  luck: Luck,
): { readonly leaves?: string } {
  if (which === 'leaves not kept') return {};
  if (which === 'leaves kept') return { leaves };
  const path = join(directory, 'altered.tlog');
  copyFileSync(leaves, path);
  const database = new DatabaseSync(path);
  database
    .prepare('UPDATE leaves SET hash = ? WHERE number = 0')
    .run(Buffer.from(luck.hex(32), 'hex'));
  database.close();
  return { leaves: path };
}

/** Whether only events after the first checkpoint were altered. One without a hash is always named. */
function isHeld({ entries, signed: [earlier] }: Honest, { log, kinds }: Forgery): boolean {
  const size = earlier?.size ?? 0;
  const rootAt = (some: typeof entries) => rootOf(some.slice(0, size)).toString('hex');
  const isSame = log.length >= size && rootAt(entriesOf(log)) === rootAt(entries);
  return isSame && !kinds.includes('hash unreadable');
}

const shown = (faults: LogVerification['faults']) => JSON.stringify(faults.slice(0, 4));

/** Why the faults are not those that the forgery must give. */
function wrongIn(
  { ok, faults }: LogVerification,
  honest: Honest,
  forgery: Forgery,
  { leaves, hasOldLeaves, checkpoints }: Circumstances,
): readonly string[] {
  const { kinds, orders, revision, log, signed } = forgery;
  if (ok || faults.length === 0) return [`nothing is named: ${shown(faults)}`];
  const others = faults.filter(({ orderNo }) => orderNo !== null && !orders.has(orderNo));
  if (others.length > 0) return [`named are orders that nobody touched: ${shown(others)}`];
  // Those that stand beside the store serve where no others are given, or others are of no use.
  const mayBeNamed = leaves === 'leaves kept' || hasOldLeaves;
  const mayBeRange = leaves === 'leaves altered' || !mayBeNamed;
  const [kind = '', ...more] = kinds;
  const { codes = [] } = alterations[kind] ?? {};
  const isNamed = faults.some((fault) =>
    // One alteration may hide another one.
    more.length > 0
      ? fault.orderNo !== null
      : codes.includes(fault.code) && (revision ?? fault.revision) === fault.revision,
  );
  const forged = entriesOf(log);
  const first = honest.entries.findIndex((entry, at) => !isSame(entry, forged[at]));
  const isNarrow = checkpoints === 'checkpoints copied' && isHeld(honest, forgery);
  const least = isNarrow ? (honest.signed[0]?.size ?? 0) : 0;
  const isRange = faults.some((fault) =>
    isRangeWith(fault, first, { from: least, to: signed.size }),
  );
  if ((mayBeNamed && isNamed) || (mayBeRange && isRange)) return [];
  return [`neither the place nor the range of event ${first} is named: ${shown(faults)}`];
}

function isSame(entry: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(entry, other) === 0;
}

/** Whether it names a range with the first event that differs, as narrow as the checkpoints leave. */
function isRangeWith(
  { code, message }: LogVerification['faults'][number],
  first: number,
  widest: { readonly from: number; readonly to: number },
): boolean {
  const [from = -1, to = -1] =
    /index from (\d+) to (\d+)/.exec(message)?.slice(1).map(Number) ?? [];
  const isNarrow = widest.from <= from && to < widest.to;
  return code === 'log-differs' && from <= first && first <= to && isNarrow;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return error instanceof PaymentOrderError ? error.code : String(error);
  }
}
