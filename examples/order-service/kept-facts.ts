import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { paymentFact } from './payment-facts.ts';
import type { PaymentFact } from './payment-facts.ts';

export type KeptFact = { readonly key: string; readonly fact: PaymentFact };

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
    return { key, fact };
  }

  forget({ key }: KeptFact): void {
    this.#database.prepare('DELETE FROM kept_facts WHERE key = ?').run(key);
  }

  ofOrder(orderNo: string): readonly KeptFact[] {
    return this.#database
      .prepare('SELECT key, fact FROM kept_facts WHERE order_no = ? ORDER BY rowid')
      .all(orderNo)
      .map(keptFact);
  }

  all(): readonly KeptFact[] {
    return this.#database
      .prepare('SELECT key, fact FROM kept_facts ORDER BY rowid')
      .all()
      .map(keptFact);
  }

  close(): void {
    this.#database.close();
  }
}

function keptFact({ key, fact }: Record<string, unknown>): KeptFact {
  return { key: String(key), fact: paymentFact.parse(JSON.parse(String(fact))) };
}
