import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Runtime } from '../../runtime.ts';

/** After so long, what was appended stands in the file itself, ms. */
const checkpointAfterMs = 500;

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
    this.#cancel ??= this.#runtime.setTimer(checkpointAfterMs, () => {
      this.#cancel = undefined;
      if (!this.#isMoved()) this.appended();
    });
  }

  /** Moves what was appended, now, and stops. */
  close(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#isMoved();
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
