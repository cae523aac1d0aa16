/** How a level is run: once by CI at scale 1, at ten times that by `npm run campaign`. */
export type LevelRun = {
  /** Multiplies how much is tried, never a limit that is promised. */
  readonly scale: number;
  /** The seed of everything random; a failure's reproduction names it. */
  readonly seed: number;
  /** Whether one failure is enough, as it is where a bug was planted. A level may go on all the same. */
  readonly untilFailure: boolean;
  /** May be called as often as is convenient. */
  readonly progress: (done: number, of: number) => void;
};

/** A promise that was not kept. */
export type Failure = {
  /** An id of docs/reliability.md, or the name of what was expected. */
  readonly invariant: string;
  /** The command that reproduces the failure: `npm run simulate -- --seed 7`. */
  readonly repro: string;
  readonly what: string;
};

export type LevelReport = {
  /** What was tried and found, by name: `{ kills: 200, lost: 0 }`. */
  readonly counts: Readonly<Record<string, number>>;
  /** What must be seen at least once, and how often it was; a zero fails the level. */
  readonly seen: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
};

/** One way of trying the promises, with figures of its own. */
export type Level = {
  readonly name: string;
  /** The sentence of docs/reliability.md that it tries. */
  readonly promise: string;
  run(run: LevelRun): Promise<LevelReport>;
};
