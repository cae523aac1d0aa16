import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { chainFaults, chainLink, chainStart } from '../../src/history/chain.ts';
import { streamOf, streamPrefix } from '../../src/history/event.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { withoutLink } from '../history/format-1.ts';

/** An event as its row holds it; its place in the list is its place in the store. */
export type Row = {
  readonly stream: string;
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
};

/** What somebody does who can write to the store and knows how it is made. */
export type Forgery = (rows: readonly Row[]) => readonly Row[];

export const forgeries = {
  'two orders exchanged': (rows) =>
    rows.map((row) => {
      if (row.stream === streamOf('O1')) return renamed(row, 'O2');
      return row.stream === streamOf('O2') ? renamed(row, 'O1') : row;
    }),
  'an order deleted': (rows) => rows.filter(({ stream }) => stream !== streamOf('O2')),
  'an order rewritten': (rows) =>
    rows.map((row) =>
      row.stream === streamOf('O2') && row.type === 'PaymentOrderCreated'
        ? { ...row, data: { ...row.data, processBillNo: 'F9' } }
        : row,
    ),
  'a log cut': (rows) => {
    const last = rows.findLastIndex(({ stream }) => stream === streamOf('O3'));
    return rows.toSpliced(last, 1);
  },
} as const satisfies Readonly<Record<string, Forgery>>;

function renamed(row: Row, orderNo: string): Row {
  const data = 'orderNo' in row.data ? { ...row.data, orderNo } : row.data;
  return { ...row, stream: streamOf(orderNo), data };
}

/**
 * Copies a store and alters the copy: the positions are counted again, and every chain that was
 * touched is computed again, so that no chain can tell. Stored checkpoints go with `keepsCheckpoints`
 * alone, and the leaves beside the store with `keepsLeaves`.
 */
export function forge(
  store: string,
  copy: string,
  forgery: Forgery,
  keeps: { readonly checkpoints: boolean; readonly leaves: boolean },
): void {
  copyDatabase(store, copy);
  rmSync(`${copy}.tlog`, { force: true });
  if (keeps.leaves) copyDatabase(`${store}.tlog`, `${copy}.tlog`);
  const database = new DatabaseSync(copy, { defensive: false });
  try {
    const rows = database
      .prepare('SELECT stream, id, type, data, metadata FROM events ORDER BY position')
      .all()
      .map(parsedRow)
      .filter(({ stream }) => keeps.checkpoints || stream.startsWith(streamPrefix));
    database.exec('DELETE FROM events');
    const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    for (const [index, { stream, revision, id, type, data, metadata }] of linked(
      forgery(rows),
    ).entries()) {
      const texts = [JSON.stringify(data), JSON.stringify(metadata)] as const;
      insert.run(index + 1, stream, revision, id, type, ...texts, revision);
    }
  } finally {
    database.close();
  }
}

/** With what stands in its log alone. */
function copyDatabase(file: string, copy: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true });
  const database = new DatabaseSync(file);
  database.prepare('VACUUM INTO ?').run(copy);
  database.close();
}

function parsedRow({ stream, id, type, data, metadata }: Readonly<Record<string, unknown>>): Row {
  const object = (text: unknown) => JSON.parse(String(text)) as Row['data'];
  return {
    ...{ stream: String(stream), id: String(id), type: String(type) },
    ...{ data: object(data), metadata: object(metadata) },
  };
}

function linked(rows: readonly Row[]): readonly (Row & { readonly revision: number })[] {
  const runtime = systemRuntime();
  const heads = new Map<string, { readonly revision: number; readonly hash: string }>();
  return rows.map((row) => {
    const head = heads.get(row.stream) ?? { revision: -1, hash: chainStart };
    const revision = head.revision + 1;
    if (!row.stream.startsWith(streamPrefix)) {
      heads.set(row.stream, { revision, hash: chainStart });
      return { ...row, revision };
    }
    const isWhole = chainFaults({ ...row, revision }, head.hash).length === 0;
    if (isWhole) {
      heads.set(row.stream, { revision, hash: String(row.metadata['hash']) });
      return { ...row, revision };
    }
    const event = { ...row, revision, metadata: withoutLink(row.metadata) };
    const link = chainLink(event, (bytes) => runtime.randomHex(bytes), head.hash);
    heads.set(row.stream, { revision, hash: link.hash });
    return { ...event, metadata: { ...event.metadata, ...link } };
  });
}
