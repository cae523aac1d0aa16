/**
 * What a bill says, kept until our side passes by: one small row for each of its rows, in a private
 * database of SQLite. It has no name, goes to a temporary file as it grows, and is gone once it is
 * closed. So a bill of any length costs the same memory.
 */

import { DatabaseSync } from 'node:sqlite';
import { badRow } from '../gateway/bill-rows.ts';
import type { BillRow } from '../gateway/cancel-gateway.ts';
import { added, agree } from './money.ts';
import type { BadBillRow, BillMoney, MoneyDifference } from './types.ts';

/** A row of a bill, its money and time read. */
export type ReadRow = {
  readonly orderNo: string;
  /** Null for a payment. */
  readonly refundNo: string | null;
  readonly line: number;
  readonly money: BillMoney;
  readonly status: BillRow['status'];
  readonly occurredAt: string;
};

/** What a bill says of the payments, or of one refund, of an order. */
export type Tally = {
  readonly kind: 'tally';
  readonly orderNo: string;
  readonly refundNo: string | null;
  /** What succeeded, by currency. */
  readonly money: readonly BillMoney[];
  /** `succeeded` where anything did; else as the last row says. */
  readonly status: BillRow['status'];
  readonly row: NonNullable<MoneyDifference['row']>;
};

/** Also what cannot be counted: a refund that is named again with another amount. */
export type Counted = Tally | BadBillRow;

const schema = `
  PRAGMA cache_size = -4096;
  CREATE TABLE told (
    orderNo TEXT NOT NULL,
    refundNo TEXT NOT NULL,
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    amountMinor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    occurredAt TEXT NOT NULL,
    PRIMARY KEY (orderNo, refundNo, number)
  ) STRICT, WITHOUT ROWID;
  BEGIN;`;

type StoredRow = Omit<ReadRow, 'money' | 'refundNo'> & BillMoney & { readonly refundNo: string };

const columns = 'orderNo, refundNo, line, amountMinor, currency, status, occurredAt';

export class Tallies {
  readonly #database = new DatabaseSync('');
  readonly #sql;
  #rows = 0;

  constructor() {
    this.#database.exec(schema);
    const prepare = (sql: string) => this.#database.prepare(sql);
    this.#sql = {
      add: prepare(`INSERT INTO told (number, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`),
      ofOrder: prepare(`SELECT ${columns} FROM told WHERE orderNo = ? ORDER BY refundNo, number`),
      forget: prepare('DELETE FROM told WHERE orderNo = ?'),
      all: prepare(`SELECT ${columns} FROM told ORDER BY orderNo, refundNo, number`),
    };
  }

  add({ orderNo, refundNo, line, money, status, occurredAt }: ReadRow): void {
    const { amountMinor, currency } = money;
    const told = [orderNo, refundNo ?? '', line, amountMinor, currency, status, occurredAt];
    this.#sql.add.run((this.#rows += 1), ...told);
  }

  /** Of one order: its payments first, then each refund. */
  ofOrder(orderNo: string): Generator<Counted> {
    return counted(this.#sql.ofOrder.iterate(orderNo));
  }

  forget(orderNo: string): void {
    this.#sql.forget.run(orderNo);
  }

  /** Of all orders that are not forgotten. */
  rest(): Generator<Counted> {
    return counted(this.#sql.all.iterate());
  }

  close(): void {
    this.#database.close();
  }
}

/** Rows that stand together are of one payment or refund. */
function* counted(rows: Iterable<unknown>): Generator<Counted> {
  let tally: Tally | null = null;
  // The statements select these columns of a strict table, and only `add` writes it.
  for (const row of rows as Iterable<StoredRow>) {
    const told = toldBy(row);
    if (tally !== null && tally.orderNo === told.orderNo && tally.refundNo === told.refundNo) {
      const both: Counted = together(tally, told);
      if (both.kind === 'tally') tally = both;
      else yield both;
    } else {
      if (tally !== null) yield tally;
      tally = told;
    }
  }
  if (tally !== null) yield tally;
}

function toldBy({ orderNo, status, line, amountMinor, currency, ...row }: StoredRow): Tally {
  return {
    kind: 'tally',
    orderNo,
    refundNo: row.refundNo === '' ? null : row.refundNo,
    money: status === 'succeeded' ? [{ amountMinor, currency }] : [],
    status,
    row: { line, occurredAt: row.occurredAt },
  };
}

/** What succeeded counts, and else the last row. A refund may be named again, with its amount. */
function together(before: Tally, told: Tally): Counted {
  if (before.status !== 'succeeded') return told;
  const { line } = told.row;
  if (before.refundNo === null) {
    const money = told.money.reduce(added, before.money);
    const isExact = money.every(({ amountMinor }) => Number.isSafeInteger(amountMinor));
    if (isExact) return { ...before, money };
    return badRow(line, 'amount: is too much, together with other rows of its order');
  }
  if (told.money.length === 0 || agree(before.money, told.money)) return before;
  return badRow(line, 'etc_refund_no: was given before with another amount');
}
