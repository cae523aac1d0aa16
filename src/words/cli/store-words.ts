import type { ErrorCode } from '../../errors.ts';

/** What to do about a store, or a history in it, that a command cannot work with. */
export type AdviceName =
  | 'no-directory'
  | 'not-a-file'
  | 'no-file'
  | 'not-writable'
  | Extract<
      ErrorCode,
      | 'store-unavailable'
      | 'store-denied'
      | 'store-read-only'
      | 'append-outcome-unknown'
      | 'store-not-ours'
      | 'store-newer'
      | 'store-closed'
      | 'store-corrupt'
      | 'unknown-event-type'
      | 'unknown-schema-version'
      | 'invalid-event'
      | 'not-contiguous'
      | 'illegal-history'
    >;

/** What is said of the store itself. */
export type StoreWords = {
  readonly advice: Readonly<Record<AdviceName, string>>;
  /** `url` as it was given, `path` as it was read. */
  readonly noFile: (url: string, path: string) => string;
  readonly emptyFile: (url: string, path: string) => string;
  readonly nothingWaited: string;
  readonly fileMade: string;
  readonly forgotten: string;
  readonly faults: (count: number) => string;
  readonly times: (count: number) => string;
};
