/**
 * What the file must consist of, object by object.
 *
 * A trigger can ignore, change or delete what an append inserts, and a view or another table can
 * take the place of the events; no page is damaged by it, and no history shows it. So the whole
 * schema is compared with ours: when a file is opened, and again whenever SQLite's counter of schema
 * changes differs. It is read inside the transaction of an append, where nothing can come between, and
 * after the first read of each turn of the event loop, since a change before the read is seen after it.
 * What is changed in the middle of a turn is seen in the next one that reads.
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { PaymentOrderError } from '../../errors.ts';
import { escapeForTerminal } from '../../text.ts';

/** 'POMs', in the header of every file that this store creates. */
export const applicationId = 0x504f4d73;
export const schemaVersion = 1;

const faultsShown = 5;

// No AUTOINCREMENT: nothing is ever deleted, so positions only grow without its extra page.
const eventsTable = tableOf('INTEGER PRIMARY KEY');
/** The first release had it. */
const eventsTableOfOld = tableOf('INTEGER PRIMARY KEY AUTOINCREMENT');
const streamStarts = 'CREATE INDEX stream_starts ON events (position, stream) WHERE revision = 0';

export const schema = `
  ${eventsTable};
  ${streamStarts};
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;

type SchemaObject = {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  /** The statements that may have made it; null for what SQLite makes by itself. */
  readonly sql: readonly (string | null)[];
};

const needed: readonly SchemaObject[] = [
  { type: 'table', name: 'events', table: 'events', sql: [eventsTable, eventsTableOfOld] },
  { type: 'index', name: 'stream_starts', table: 'events', sql: [streamStarts] },
  { type: 'index', name: 'sqlite_autoindex_events_1', table: 'events', sql: [null] },
  { type: 'index', name: 'sqlite_autoindex_events_2', table: 'events', sql: [null] },
];

/** Made by SQLite: by AUTOINCREMENT, and by ANALYZE, which only helps to choose an index. */
const allowed: readonly SchemaObject[] = [
  internalTable('sqlite_sequence', 'name,seq'),
  internalTable('sqlite_stat1', 'tbl,idx,stat'),
  internalTable('sqlite_stat4', 'tbl,idx,neq,nlt,ndlt,sample'),
];

/** A sentence for each object that is foreign, altered or missing. */
export function schemaFaults(database: DatabaseSync): readonly string[] {
  const stored = database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').all();
  const found = stored.map(({ type, name, tbl_name: table, sql }) => ({
    type: String(type),
    name: String(name),
    table: String(table),
    sql: [typeof sql === 'string' ? inOneLine(sql) : null],
  }));
  const faults: string[] = [];
  for (const object of found) {
    const ours = [...needed, ...allowed].find((one) => isSame(one, object));
    if (ours === undefined) faults.push(`${labelOf(object)} does not belong there`);
    else if (!object.sql.every((sql) => ours.sql.includes(sql))) {
      faults.push(`${labelOf(object)} is not as this module creates it`);
    }
  }
  for (const object of needed) {
    if (!found.some((one) => isSame(one, object))) faults.push(`${labelOf(object)} is missing`);
  }
  return faults;
}

/** The schema of an open file, which other processes may change at any time. */
export class SchemaWatch {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #changes: StatementSync;
  /** SQLite's counter when the schema was last found to be ours. */
  #known: unknown;
  #isSeenInTurn = false;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#changes = database.prepare('PRAGMA schema_version');
  }

  /** @throws {PaymentOrderError} `store-corrupt`, naming each object. */
  assertOurs(): void {
    const changes = this.#changes.get()?.['schema_version'];
    if (changes === this.#known) return;
    assertOurSchema(this.#database, this.#path);
    this.#known = changes;
  }

  /** The same once for all reads of a turn of the event loop: the look costs as much as two events. */
  assertOursInTurn(): void {
    if (this.#isSeenInTurn) return;
    this.assertOurs();
    this.#isSeenInTurn = true;
    setImmediate(() => {
      this.#isSeenInTurn = false;
    });
  }
}

/** @throws {PaymentOrderError} `store-corrupt`, naming each object. */
export function assertOurSchema(database: DatabaseSync, path: string): void {
  const faults = schemaFaults(database);
  if (faults.length === 0) return;
  const shown = faults.slice(0, faultsShown).join('; ');
  throw new PaymentOrderError(
    'store-corrupt',
    `somebody changed the schema of the SQLite store ${path}: ` +
      (faults.length > faultsShown ? `${shown}; …` : shown),
  );
}

function tableOf(position: string): string {
  return inOneLine(`CREATE TABLE events (
    position   ${position},
    stream     TEXT    NOT NULL,
    revision   INTEGER NOT NULL CHECK (revision >= 0),
    id         TEXT    NOT NULL UNIQUE,
    type       TEXT    NOT NULL,
    data       TEXT    NOT NULL,
    metadata   TEXT    NOT NULL,
    batch_last INTEGER NOT NULL CHECK (batch_last >= revision),
    UNIQUE (stream, revision)
  ) STRICT`);
}

function internalTable(name: string, columns: string): SchemaObject {
  return { type: 'table', name, table: name, sql: [`CREATE TABLE ${name}(${columns})`] };
}

/** SQLite keeps a statement as it was typed; ours has no text in which spaces matter. */
function inOneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ');
}

function isSame(one: SchemaObject, other: SchemaObject): boolean {
  return one.type === other.type && one.name === other.name && one.table === other.table;
}

function labelOf({ type, name, table }: SchemaObject): string {
  const label = `${type} "${escapeForTerminal(name)}"`;
  return table === name ? label : `${label} on ${escapeForTerminal(table)}`;
}
