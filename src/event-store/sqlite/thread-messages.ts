/** What the two sides of the writing thread send each other. */

import type { SentError } from '../../sent-error.ts';
import type { Batch } from '../batch.ts';
import type { AppendResult } from '../event-store.ts';
import type { FileIdentity } from './file-identity.ts';

export type ThreadInput = {
  /** As messages name it. A thread has the working directory of its process. */
  readonly path: string;
  readonly identity: FileIdentity;
};

export type SentAppend = {
  readonly number: number;
  readonly stream: string;
  readonly batch: Batch;
  readonly expected: number;
  /** How long it waited before it was sent. */
  readonly waitedMs: number;
};

export type ToThread = readonly SentAppend[] | 'close';

export type Answer =
  | { readonly number: number; readonly result: AppendResult }
  | { readonly number: number; readonly error: SentError };

/** The answers of one commit. None of any, once: the thread has opened the file. */
export type FromThread = readonly Answer[];
