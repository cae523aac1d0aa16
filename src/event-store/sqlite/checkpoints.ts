import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { BackoffRule, Runtime } from '../../runtime.ts';
import { backoffMs } from '../../runtime.ts';

/** After the first wait, what was appended stands in the file itself. */
const waits: BackoffRule = { firstMs: 500, maxMs: 60_000, jitter: 0 };

/** Then the next append begins again: a reader that never ends must not keep a process alive. */
const triesMax = 8;

/**
 * Moves the log into the file soon after an append, so that a copy of the file alone, which nobody
 * should make, misses little. SQLite itself would wait for 16 MiB of log.
 *
 * A passive checkpoint waits for nobody. Where a reader still needs an older view, or where it
 * fails, it is tried again later: nothing is lost meanwhile, and an append reports what is wrong.
 */
export class Checkpoints {
  readonly #runtime: Runtime;
  readonly #move: StatementSync;
  #cancel: (() => void) | undefined;

  constructor(database: DatabaseSync, runtime: Runtime) {
    this.#runtime = runtime;
    this.#move = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  }

  appended(): void {
    if (this.#cancel === undefined) this.#try(1);
  }

  /** Moves what was appended, now, and stops. */
  close(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#isMoved();
  }

  #try(tries: number): void {
    this.#cancel = this.#runtime.setTimer(backoffMs(this.#runtime, waits, tries), () => {
      this.#cancel = undefined;
      if (!this.#isMoved() && tries < triesMax) this.#try(tries + 1);
    });
  }

  #isMoved(): boolean {
    try {
      const { busy, log, checkpointed } = this.#move.get() ?? {};
      return busy === 0 && log === checkpointed;
    } catch {
      return false;
    }
  }
}
