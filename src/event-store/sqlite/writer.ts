import type { DatabaseSync } from 'node:sqlite';
import { isSystemRuntime, type Runtime } from '../../runtime.ts';
import type { Batch } from '../batch.ts';
import type { AppendResult } from '../event-store.ts';
import { SqliteAppends } from './append.ts';
import { Checkpoints } from './checkpoints.ts';
import { identityOf, type FileIdentity } from './file-identity.ts';
import type { SqliteRows } from './read.ts';
import type { SchemaWatch } from './schema.ts';
import type { WriterThread } from './thread.ts';

/** A command that ends soon makes fewer, and a thread takes longer to start than all of them. */
const commitsBeforeThread = 16;

/**
 * Where appends are made. The first commits are made on this thread; a process that goes on writing
 * would stand still for each wait for the disk, so it starts a thread that writes from then on.
 *
 * It stays here where no thread can be started, where the path names another file by now, and where
 * the runtime is not the system's: another thread could not go by its time.
 */
export class SqliteWriter {
  readonly #runtime: Runtime;
  readonly #onCommitted: () => void;
  readonly #appends: SqliteAppends;
  readonly #checkpoints: Checkpoints;
  readonly #path: string;
  readonly #identity: FileIdentity | undefined;
  #commits = 0;
  #thread: WriterThread | undefined;
  #isMoved = false;
  #isClosed = false;

  constructor(given: {
    readonly database: DatabaseSync;
    readonly path: string;
    readonly rows: SqliteRows;
    readonly schema: SchemaWatch;
    readonly runtime: Runtime;
    readonly onCommitted: () => void;
  }) {
    this.#runtime = given.runtime;
    this.#onCommitted = given.onCommitted;
    this.#path = given.path;
    this.#identity = identityOf(given.path);
    this.#checkpoints = new Checkpoints(given.database, given.runtime);
    this.#appends = new SqliteAppends({
      ...given,
      onCommitted: () => {
        this.#committedHere();
      },
    });
  }

  append(stream: string, batch: Batch, expected: number): Promise<AppendResult> {
    const writer = (this.#isMoved ? this.#thread : undefined) ?? this.#appends;
    return writer.append(stream, batch, expected);
  }

  /** Resolves when everything given is settled and no thread is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#appends.drain();
    await this.#thread?.close();
    this.#checkpoints.close();
  }

  #committedHere(): void {
    this.#onCommitted();
    this.#checkpoints.appended();
    this.#commits += 1;
    if (this.#commits === commitsBeforeThread && isSystemRuntime(this.#runtime)) void this.#move();
  }

  async #move(): Promise<void> {
    const identity = this.#identity;
    if (identity === undefined) return;
    try {
      // Loaded where it is needed: most commands end before.
      const { WriterThread } = await import('./thread.ts');
      if (this.#isClosed) return;
      this.#thread = new WriterThread({ path: this.#path, identity }, this.#runtime, {
        onReady: () => void this.#moved(),
        onCommitted: this.#onCommitted,
        onLost: () => (this.#thread = undefined),
      });
    } catch {
      // Node may start no thread, or the file of the thread was bundled away.
    }
  }

  /** What was given here is written here, before anything is written there. */
  async #moved(): Promise<void> {
    if (this.#appends.isCorrupt) return;
    this.#isMoved = true;
    await this.#appends.drain();
    this.#thread?.begin();
  }
}
