import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { PaymentFact } from './payment-facts.ts';

/** A fact as it was kept. Its text is read on delivery, so that one unreadable row stops no other. */
export type KeptFact = { readonly key: string; readonly orderNo: string; readonly text: string };

const rowsAtOnce = 100;

/** Facts that were acknowledged to the provider, but are not yet in their order's history. */
export class KeptFacts {
  readonly #database: DatabaseSync;

  /** Uses its own file, because the module's store accepts no other tables. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: 5_000 });
    // An acknowledged fact must survive a loss of power: FULL waits for the disk.
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS kept_facts (
        key TEXT PRIMARY KEY, order_no TEXT NOT NULL, fact TEXT NOT NULL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS kept_facts_by_order ON kept_facts (order_no);
    `);
  }

  /** Makes a fact durable. The same fact is kept once. */
  keep(fact: PaymentFact): KeptFact {
    const text = JSON.stringify(fact);
    const key = createHash('sha256').update(text).digest('hex');
    this.#database
      .prepare('INSERT OR IGNORE INTO kept_facts (key, order_no, fact) VALUES (?, ?, ?)')
      .run(key, fact.orderNo, text);
    return { key, orderNo: fact.orderNo, text };
  }

  forget({ key }: KeptFact): void {
    this.#database.prepare('DELETE FROM kept_facts WHERE key = ?').run(key);
  }

  ofOrder(orderNo: string): readonly KeptFact[] {
    return this.#database
      .prepare('SELECT key, order_no, fact FROM kept_facts WHERE order_no = ? ORDER BY rowid')
      .all(orderNo)
      .map(keptFact);
  }

  /** All facts, the oldest first, a few in memory at a time. */
  *all(): Generator<KeptFact> {
    const next = this.#database.prepare(
      'SELECT rowid, key, order_no, fact FROM kept_facts WHERE rowid > ? ORDER BY rowid LIMIT ?',
    );
    let rows = next.all(0, rowsAtOnce);
    while (rows.length > 0) {
      yield* rows.map(keptFact);
      rows = next.all(Number(rows.at(-1)?.['rowid']), rowsAtOnce);
    }
  }

  close(): void {
    this.#database.close();
  }
}

function keptFact(row: Record<string, unknown>): KeptFact {
  return { key: String(row['key']), orderNo: String(row['order_no']), text: String(row['fact']) };
}
