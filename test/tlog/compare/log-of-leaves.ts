import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { streamOf } from '../../../src/history/event.ts';
import { leavesSchema } from '../../../src/tlog/leaves/schema.ts';
import type { Comparison } from '../../../src/tlog/compare/compare.ts';
import { compareLeaves } from '../../../src/tlog/compare/compare.ts';
import { systemRuntime } from '../../../src/runtime.ts';

/** An event of a log in a test: what it says, and the order that it belongs to. */
export type Said = { readonly order: string; readonly id: string; readonly text: string };

export type Row = {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly hash: Buffer;
};

/** The leaves of a log, with revisions that have no gaps and chains that are whole. */
export function leavesOf(log: readonly Said[]): readonly Row[] {
  const ends = new Map<string, Row>();
  return log.map(({ order, id, text }) => {
    const stream = streamOf(order);
    const before = ends.get(stream);
    const revision = (before?.revision ?? -1) + 1;
    const hash = createHash('sha256')
      .update(JSON.stringify([stream, revision, id, text, before?.hash.toString('hex') ?? null]))
      .digest();
    const row = { stream, revision, id, hash };
    ends.set(stream, row);
    return row;
  });
}

/** The log `A0 B0 A1 …`: one event for each name, whose id is its order and how many came before. */
export function logOf(names: string): readonly Said[] {
  const counts = new Map<string, number>();
  return names
    .split(' ')
    .filter((name) => name !== '')
    .map((order) => {
      const number = counts.get(order) ?? 0;
      counts.set(order, number + 1);
      return { order, id: `${order}${number}`, text: 'as it was' };
    });
}

export function databaseOf(old: readonly Row[], now: readonly Row[]): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(leavesSchema);
  database.exec("ATTACH ':memory:' AS old");
  database.exec(
    leavesSchema
      .replace('TABLE leaves', 'TABLE old.leaves')
      .replace('INDEX leaves_by_place', 'INDEX old.leaves_by_place'),
  );
  for (const [schema, rows] of [
    ['old', old],
    ['main', now],
  ] as const) {
    const insert = database.prepare(
      `INSERT INTO ${schema}.leaves (number, stream, revision, id, hash) VALUES (?, ?, ?, ?, ?)`,
    );
    for (const [number, { stream, revision, id, hash }] of rows.entries()) {
      insert.run(number, stream, revision, id, hash);
    }
  }
  return database;
}

/** What differs in the first `oldSize` leaves. */
export async function compared(
  old: readonly Row[],
  now: readonly Row[],
  oldSize = old.length,
): Promise<Comparison> {
  const database = databaseOf(old, now);
  try {
    return await compareLeaves(database, oldSize, systemRuntime());
  } finally {
    database.close();
  }
}
