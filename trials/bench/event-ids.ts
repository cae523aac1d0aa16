import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openPaymentOrders } from '../../src/open.ts';
import { figure, quantile, roundsMin } from './figure.ts';
import type { Figure } from './figure.ts';

const commits = 100;
const data = JSON.stringify({ text: 'x'.repeat(80) });
const metadata = JSON.stringify({ text: 'x'.repeat(1_000) });

/** A file of events that keeps ids unique in the whole store, or does not. */
function fileOfEvents(path: string, events: number, hasUniqueIds: boolean) {
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 4096;
    CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL,
      revision INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, data TEXT NOT NULL,
      metadata TEXT NOT NULL, batch_last INTEGER NOT NULL, UNIQUE (stream, revision)) STRICT;
    CREATE INDEX stream_starts ON events (position, stream) WHERE revision = 0;
    ${hasUniqueIds ? 'CREATE UNIQUE INDEX ids ON events (id);' : ''}
    PRAGMA cache_size = -500000;
    BEGIN`);
  const insert = database.prepare(
    `INSERT INTO events (stream, revision, id, type, data, metadata, batch_last)
       VALUES (?, ?, ?, 'PaymentStarted', ?, ?, ?)`,
  );
  let next = 0;
  /** Ten events of each order. */
  const append = () => {
    const revision = next % 10;
    const stream = `paymentOrder-O${Math.floor(next / 10)}`;
    insert.run(stream, revision, randomUUID(), data, metadata, revision);
    next += 1;
  };
  // Filled as it grows: an index that is made of what is there has full pages, and splits each.
  while (next < events) append();
  database.exec('COMMIT; PRAGMA cache_size = -2000');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous = FULL');
  // As the store does soon after an append: what an index changes is written twice.
  const checkpoint = () => {
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  };
  return { append, checkpoint };
}

/**
 * What it costs that an event id is unique in the whole store: of a commit of one event, and of an
 * accepted command. Another format of the file could leave it out; below a tenth, none is worth it.
 */
export async function eventIdFigures(
  directory: string,
  events: number,
  rounds = roundsMin,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const size of [1_000, events]) {
    const path = (kind: string) => join(directory, `${kind}-${size}.db`);
    const unique = fileOfEvents(path('unique'), size, true);
    const plain = fileOfEvents(path('plain'), size, false);
    await using orders = await openPaymentOrders({ store: `sqlite:${path('orders')}` });
    let created = 0;
    const command = async () => {
      await orders.create({ orderNo: `O${(created += 1)}`, processBillNo: 'F1' });
    };
    const shares: number[] = [];
    const measured: { ours: number; against: number }[] = [];
    for (let round = -2; round < rounds; round += 1) {
      const [own, other, whole] = await mediansMs(unique, plain, command);
      if (round < 0) continue;
      measured.push({ ours: 1_000 / own, against: 1_000 / other });
      shares.push((own - other) / whole);
    }
    const share = (part: number) => `${(100 * quantile(shares, part)).toFixed(0)} %`;
    figures.push(
      figure({
        name: `commits of one event, its id unique in a file of ${size} events`,
        ...{ unit: '/s', rounds: measured, alternative: 'the same without the index on ids' },
        atLeast: 0.9,
        remark: `the index takes ${share(0.5)} of an accepted command (${share(0.25)} to ${share(0.75)})`,
      }),
    );
  }
  return figures;
}

type File = ReturnType<typeof fileOfEvents>;

/** One of each in turn: a busy disk changes from one commit to the next. */
async function mediansMs(
  unique: File,
  plain: File,
  command: () => Promise<void>,
): Promise<[own: number, other: number, whole: number]> {
  const times: [number[], number[], number[]] = [[], [], []];
  const ways: readonly (() => Promise<void> | void)[] = [unique.append, plain.append, command];
  for (let count = 0; count < 3 * commits; count += 1) {
    // Each goes first as often as the others.
    const way = (count + Math.floor(count / 3)) % 3;
    const beganMs = performance.now();
    await ways[way]?.();
    times[way]?.push(performance.now() - beganMs);
  }
  const writtenMs = [unique, plain].map(({ checkpoint }) => {
    const beganMs = performance.now();
    checkpoint();
    return (performance.now() - beganMs) / commits;
  });
  const [own, other, whole] = times.map((ms) => quantile(ms, 0.5));
  const [ownWritten = 0, otherWritten = 0] = writtenMs;
  return [(own ?? NaN) + ownWritten, (other ?? NaN) + otherWritten, whole ?? NaN];
}
