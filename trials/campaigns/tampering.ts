import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders, Witness } from '../../src/index.ts';
import { followedOrders } from '../../src/recovery/followed.ts';
import { scan } from '../../src/recovery/scan.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { always, scriptedGateway } from '../../test/payment-orders/world.ts';

type Row = Readonly<Record<string, string | number>>;

/** A file with three orders and a checkpoint of recovery, open to be altered and to be verified. */
export type Scene = {
  readonly database: DatabaseSync;
  readonly orders: PaymentOrders;
  readonly rows: readonly Row[];
  readonly witnesses: ReadonlyMap<string, Witness>;
  readonly restore: () => void;
  readonly close: () => Promise<void>;
};

export async function scene(): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), 'payment-order-tampering-'));
  const path = join(directory, 'orders.db');
  const runtime = simulatedRuntime();
  const store = await openSqliteStore({ path, runtime });
  const gateway = scriptedGateway(store, always('outcome-unknown'));
  const orders = await openPaymentOrders({ store, runtime, gateway });
  const actor = { kind: 'customer', id: 'u-7' };
  const witnesses = new Map<string, Witness>();
  for (const orderNo of ['O1', 'O2', 'O3']) {
    await orders.create({ orderNo, processBillNo: 'F1', amountMinor: 12_800, currency: 'CNY' });
    await orders.startPayment(orderNo);
    await orders.cancel(orderNo, { reason: '临时\u0001 \ufffd "x" \\', actor, commandId: 'c-1' });
    const { revision, hash } = await orders.recordPaymentSucceeded(orderNo, {
      transactionNo: 'T1',
      occurredAt: '2026-11-23T10:02:03+08:00',
    });
    witnesses.set(orderNo, { revision, hash });
  }
  const ignore = () => undefined;
  const { signal } = new AbortController();
  const lists = await scan({ store, signal, onError: ignore }, [followedOrders]);
  await lists.save(store, runtime, ignore);
  await orders.create({ orderNo: 'O4', processBillNo: 'F1' });
  const database = new DatabaseSync(path, { defensive: false });
  database.exec(
    'PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF; CREATE TEMP TABLE whole AS SELECT * FROM events',
  );
  const all = () => database.prepare('SELECT * FROM events ORDER BY position').all() as Row[];
  return {
    database,
    orders,
    witnesses,
    rows: all(),
    restore: () => {
      database.exec('DELETE FROM events; INSERT INTO events SELECT * FROM temp.whole');
    },
    close: async () => {
      database.close();
      await orders.close();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Everything that verification reports about the whole file, one line each. */
export async function faultLines({ orders }: Scene): Promise<readonly string[]> {
  const lines = [...(await orders.checkStore())];
  for await (const { faults } of orders.verifyAll()) {
    for (const { stream, revision, code, message } of faults) {
      lines.push(`stream "${stream}", revision ${String(revision)}: ${code}: ${message}`);
    }
  }
  return lines;
}

export const columns = [
  'position',
  'stream',
  'revision',
  'id',
  'type',
  'data',
  'metadata',
  'batch_last',
] as const;

export type Trial = { readonly row: number; readonly column: string; readonly at: number };

/** Every byte of every column of every row; of integers the eight bytes that may hold them. */
export function everyByte({ rows }: Scene): readonly Trial[] {
  return rows.flatMap((row, index) =>
    columns.flatMap((column) => {
      const value = row[column] ?? '';
      const bytes = typeof value === 'number' ? 8 : Buffer.byteLength(value);
      return Array.from({ length: bytes }, (_, at) => ({ row: index, column, at }));
    }),
  );
}

/** Changes one byte; false where SQLite cannot hold the change, such as a position twice. */
export function change(
  { database, rows }: Scene,
  { row, column, at }: Trial,
  mask: number,
): boolean {
  const { position, [column]: value } = rows[row] ?? {};
  if (position === undefined || value === undefined) throw new Error('no such row');
  const text = typeof value === 'string';
  const bytes = text ? Buffer.from(value) : null;
  if (bytes !== null) bytes[at] = (bytes[at] ?? 0) ^ mask;
  const flipped = () => BigInt.asIntN(64, BigInt(value) ^ (BigInt(mask) << BigInt(8 * at)));
  const changed = bytes ?? flipped();
  const sql = `UPDATE events SET ${column} = ${text ? 'CAST(? AS TEXT)' : '?'} WHERE position = ?`;
  try {
    database.prepare(sql).run(changed, position);
    return true;
  } catch (error) {
    if (error instanceof Error && /constraint/.test(error.message)) return false;
    throw error;
  }
}

/**
 * Whether the faults name the row that was changed: its position, or its stream and revision,
 * as they were or as they stand in the file now.
 */
export function namesPlace(
  { database, rows }: Scene,
  { row }: Trial,
  lines: readonly string[],
): boolean {
  const was = rows[row] ?? {};
  // One column was changed: the row is found by the other one.
  const look = database.prepare(
    'SELECT position, stream, revision FROM events WHERE position = ? OR id = ?',
  );
  look.setReadBigInts(true);
  const now = look.get(was['position'] ?? null, was['id'] ?? null) ?? {};
  const names = (line: string, stream: string) =>
    line.includes(`"${stream}"`) || line.includes(JSON.stringify(stream));
  return lines.some((line) =>
    [was, now].some(
      ({ position, stream, revision }) =>
        new RegExp(`position ${String(position)}\\b`).test(line) ||
        (names(line, String(stream)) && line.includes(`revision ${String(revision)}`)),
    ),
  );
}
