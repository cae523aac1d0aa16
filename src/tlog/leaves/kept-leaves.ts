/** The leaves of one `PaymentOrders`: opened by the first who asks, and used by one after the other. */

import { hasCode, isCorrupt } from '../../sqlite-errors.ts';
import type { LogDependencies } from '../dependencies.ts';
import { assertOpen } from '../dependencies.ts';
import { contradicted } from '../extends.ts';
import { Leaves, LeavesDamaged, OtherLog } from './leaves.ts';
import type { OpenedLeaves } from './leaves-file.ts';
import { isGone, LeavesUnusable, openLeavesFile, openOwnLeaves } from './leaves-file.ts';

export class KeptLeaves {
  readonly #dependencies: LogDependencies;
  #opened: { readonly leaves: Leaves; readonly opened: OpenedLeaves } | null = null;
  #last: Promise<unknown> = Promise.resolve();
  /** Reported once; from then on this process has leaves of its own. */
  #isUnusable = false;
  #isOfOtherLog = false;

  constructor(dependencies: LogDependencies) {
    this.#dependencies = dependencies;
  }

  /** Brings the leaves up to the newest event, and gives them to `work`, which ends before the next. */
  use<Result>(work: (leaves: Leaves) => Result): Promise<Result> {
    const turn = this.#last.then(async () => {
      for (;;) {
        assertOpen(this.#dependencies);
        try {
          const { leaves } = this.#open();
          await leaves.catchUp(this.#dependencies.store, () => {
            assertOpen(this.#dependencies);
          });
          return work(leaves);
        } catch (error) {
          if (!this.#isGivenUp(error)) throw error;
        }
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * To be asked before anything is signed: over a log that lost events, a second history would be.
   *
   * @throws {PaymentOrderError} `log-contradicted`
   */
  assertSameLog(): void {
    if (!this.#isOfOtherLog) return;
    const { leavesFile } = this.#dependencies;
    const file =
      leavesFile === null
        ? ''
        : `; where a backup was restored, move ${leavesFile} away and start again`;
    throw contradicted(`the store does not hold the last event any more that was seen${file}`);
  }

  async close(): Promise<void> {
    await this.#last;
    this.#release();
  }

  #open(): { readonly leaves: Leaves } {
    if (this.#opened !== null && !isGone(this.#opened.opened)) return this.#opened;
    this.#release();
    const opened = this.#openAny();
    const leaves = new Leaves(opened, this.#dependencies.runtime);
    this.#opened = { leaves, opened };
    leaves.assertWhole();
    return this.#opened;
  }

  #openAny(): OpenedLeaves {
    const { leavesFile } = this.#dependencies;
    if (leavesFile === null || this.#isUnusable) return openOwnLeaves();
    return openLeavesFile(leavesFile);
  }

  /** Whether the file is given up because of this error, so that the work may begin again without it. */
  #isGivenUp(error: unknown): boolean {
    const { leavesFile, onError } = this.#dependencies;
    if (error instanceof OtherLog) this.#isOfOtherLog = true;
    if (error instanceof OtherLog && (leavesFile === null || this.#isUnusable)) {
      this.#release();
      return true;
    }
    const isOfFile =
      error instanceof LeavesUnusable ||
      error instanceof LeavesDamaged ||
      error instanceof OtherLog ||
      isCorrupt(error) ||
      hasCode(error, 'readOnly', 'cannotOpen', 'full', 'ioError', 'constraint', 'generic');
    if (!isOfFile || leavesFile === null || this.#isUnusable) return false;
    this.#release();
    this.#isUnusable = true;
    const isSaid = error instanceof LeavesDamaged || error instanceof OtherLog;
    const problem = isSaid ? error.message : 'it cannot be read or written';
    onError(
      error instanceof LeavesUnusable ? error : new LeavesUnusable(leavesFile, problem, error),
    );
    return true;
  }

  #release(): void {
    this.#opened?.leaves.close();
    this.#opened = null;
  }
}
