/** The copy that a forger made of a store, and what the check of its log says of it. */

import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PaymentOrderError } from '../../src/errors.ts';
import { streamOf } from '../../src/history/event.ts';
import { checkpointsStream } from '../../src/tlog/stored.ts';
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

/** What must be seen in the end. */
export const copyCircumstances = [
  ...new Set(keptLeaves),
  'old leaves left in their place',
  'text damaged',
  'own checkpoints refuse it',
  'an earlier checkpoint holds',
];

type Circumstances = {
  readonly leaves: (typeof keptLeaves)[number];
  /** Whoever writes the store writes the leaves next to it as well, or leaves them as they were. */
  readonly hasOldLeaves: boolean;
  /** Whether he copies the stored checkpoints, too. */
  readonly hasCheckpoints: boolean;
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
    hasCheckpoints: luck.below(2) === 0,
    isDamaged: kind === 'SQLite' && forgery.kinds.join() === 'hash unreadable',
  };
  const { leaves, hasOldLeaves, hasCheckpoints, isDamaged } = given;
  mkdirSync(directory);
  if (hasOldLeaves) copyFileSync(honest.leaves, join(directory, 'index.tlog'));
  const copy = await opened(kind, directory, luck.runtime);
  await new Writer(copy.store, luck).write(forgery.log);
  if (hasCheckpoints) await copyCheckpoints(honest, copy.store);
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
  if (hasCheckpoints && !hasOldLeaves) {
    const code = await codeOf(tlog.checkpoint({ key: honest.key.text }));
    if (code !== 'log-contradicted') problems.push(`the forged store is signed: ${code}`);
  }
  await copy.close();
  return [
    leaves,
    ...(hasOldLeaves ? ['old leaves left in their place'] : []),
    ...(isDamaged ? ['text damaged'] : []),
    ...(hasCheckpoints && !hasOldLeaves ? ['own checkpoints refuse it'] : []),
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
  { entries }: Honest,
  { kinds, orders, revision, log, signed }: Forgery,
  { leaves, hasOldLeaves }: Circumstances,
): readonly string[] {
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
  const first = entries.findIndex((entry, at) => !isSame(entry, forged[at]));
  const isRange = faults.some((fault) => isRangeWith(fault, first, signed.size));
  if ((mayBeNamed && isNamed) || (mayBeRange && isRange)) return [];
  return [`neither the place nor the range of event ${first} is named: ${shown(faults)}`];
}

function isSame(entry: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(entry, other) === 0;
}

/** Whether it names a range of events with the first one that differs. */
function isRangeWith(
  { code, message }: LogVerification['faults'][number],
  first: number,
  size: number,
): boolean {
  const [, from, to] = /index (\d+) to (\d+)/.exec(message) ?? [];
  return (
    code === 'log-differs' && Number(from) <= first && first <= Number(to) && Number(to) < size
  );
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return error instanceof PaymentOrderError ? error.code : String(error);
  }
}
