/** What the index consists of, and how a row stands in it. */

import { hash } from 'node:crypto';
import { isOpen } from '../../machines/payment-order.facts.ts';
import { standing } from '../order/attention.ts';
import type { OrderRow } from './types.ts';

/** 'POMi', in the header of every index. */
export const applicationId = 0x504f4d69;
/** Another version is thrown away and built again. A test fails where rows change and this does not. */
export const schemaVersion = 3;

/**
 * `orders` holds what is filtered, sorted and counted by, and stays small beside the rows themselves:
 * who counts those that need a person reads one index and no row. `mark`
 * says how far the index has come, and counts what it must hold, so that a row that damage has made
 * invisible is missed.
 */
export const schema = `
  CREATE TABLE mark (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    identity TEXT NOT NULL,
    epoch TEXT NOT NULL,
    place TEXT,
    orders INTEGER NOT NULL,
    watched INTEGER NOT NULL,
    terms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE orders (
    number INTEGER PRIMARY KEY,
    orderNo TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    since TEXT NOT NULL,
    dueAt TEXT NOT NULL,
    amountMinor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    receivedMinor INTEGER NOT NULL,
    receivedCurrency TEXT NOT NULL,
    gateway TEXT NOT NULL,
    doubtSince TEXT NOT NULL,
    unreadableSince TEXT NOT NULL,
    anomalySince TEXT NOT NULL,
    codes TEXT NOT NULL,
    watched INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX orders_by_state ON orders (state, since, watched, gateway);
  CREATE INDEX orders_by_since ON orders (since);
  CREATE INDEX orders_by_gateway ON orders (gateway);
  CREATE INDEX orders_watched ON orders
    (since, state, dueAt, doubtSince, unreadableSince, anomalySince, codes, gateway)
    WHERE watched = 1;
  CREATE TABLE rows (
    number INTEGER PRIMARY KEY,
    row TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT;
  CREATE TABLE terms (
    term TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (term, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    standing TEXT NOT NULL,
    since TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX notices_by_since ON notices (since, id);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

/** The columns of `orders`, but for its number. Amounts of -1 and texts of '' stand for none. */
export type Columns = {
  readonly orderNo: string;
  readonly state: string;
  readonly since: string;
  readonly dueAt: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly receivedMinor: number;
  readonly receivedCurrency: string;
  /** Its name. */
  readonly gateway: string;
  readonly doubtSince: string;
  readonly unreadableSince: string;
  /** When the oldest of its open anomalies arose. */
  readonly anomalySince: string;
  /** Of its open anomalies, each once, with commas between. */
  readonly codes: string;
  /** 1 where the order needs a person now, or will as soon as enough time has passed. */
  readonly watched: 0 | 1;
};

export function columnsOf(row: OrderRow): Columns {
  const { orderNo, stateDetail, since, dueAt, amountMinor, currency, received } = row;
  const [came, ...others] = received ?? [];
  const open = row.anomalies.filter(isOpen);
  const codes = [...new Set(open.map(({ code }) => code))].toSorted();
  const [anomalySince = ''] = open.map((anomaly) => anomaly.since).toSorted();
  const isOne = came !== undefined && others.length === 0;
  return {
    ...{ orderNo, state: stateDetail, since, dueAt: dueAt ?? '' },
    ...{ amountMinor: amountMinor ?? -1, currency: currency ?? '' },
    ...{
      receivedMinor: isOne ? came.amountMinor : -1,
      receivedCurrency: isOne ? came.currency : '',
    },
    gateway: row.gateway?.name ?? '',
    ...{ doubtSince: row.doubtSince ?? '', unreadableSince: row.unreadable?.since ?? '' },
    ...{ anomalySince, codes: codes.join() },
    watched: isWatched(row) ? 1 : 0,
  };
}

function isWatched(row: OrderRow): boolean {
  return standing(row).length > 0 || row.doubtSince !== null || row.dueAt !== null;
}

/** A row as it stands in the file. */
export type StoredRow = { readonly row: string; readonly digest: string };

export function stored(row: OrderRow): StoredRow {
  const text = JSON.stringify(row);
  return { row: text, digest: digestOf(text) };
}

/** The file is damaged, or somebody changed it: what it holds is thrown away, and built again. */
export class IndexDamaged extends Error {
  /** SQLite can read the file: only what stands in it is wrong. */
  readonly isOfRows: boolean;

  constructor(
    what: string,
    { isOfRows = false, cause }: { isOfRows?: boolean; cause?: unknown } = {},
  ) {
    super(`the order index is damaged: ${what}; it is built again from the events`, { cause });
    this.isOfRows = isOfRows;
  }
}

/** @throws {IndexDamaged} where it is not what was stored */
export function readRow({ row, digest }: StoredRow): OrderRow {
  if (digestOf(row) !== digest)
    throw new IndexDamaged('a row is not what was stored', { isOfRows: true });
  // The digest covers the text, and only `stored` makes one.
  return JSON.parse(row) as OrderRow;
}

/** Short: it finds accidents, and whoever may write the file may write a digest too. */
function digestOf(text: string): string {
  return hash('sha256', text).slice(0, 32);
}
