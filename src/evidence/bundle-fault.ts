/** One thing that is wrong with a package, and where. */
export type BundleFault = {
  readonly file: string;
  /** 0-based, for an event; null where the whole file is meant. */
  readonly revision: number | null;
  readonly code: string;
  readonly message: string;
};
