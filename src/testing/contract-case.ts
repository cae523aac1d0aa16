/** One promise of a contract, for any test runner. */
export type ContractCase = {
  /** The promise, in the present tense. */
  readonly name: string;
  /** Why the case is to be skipped: the reason in `cannotKeep`. */
  readonly skip: string | undefined;
  /** Rejects with an AssertionError if the promise is broken. */
  readonly run: () => Promise<void>;
};

export type ContractOptions = {
  /** Promises that cannot be kept: each case's name with the reason. */
  readonly cannotKeep?: Readonly<Record<string, string>> | undefined;
};

type Open<Opened> = () => Promise<Opened>;
type Cleanable = { readonly cleanup: () => Promise<void> };

/** Promises by name. Each runs with what was opened for it, and may open more. */
export type Promises<Opened> = Readonly<
  Record<string, (opened: Opened, open: Open<Opened>) => Promise<void>>
>;

/** The cases of a contract. An excuse that names no case is refused, or it would go unnoticed. */
export function contractOf<Opened extends Cleanable>(
  name: string,
  open: Open<Opened>,
  promises: Promises<Opened>,
  { cannotKeep = {} }: ContractOptions,
): readonly ContractCase[] {
  const unknown = Object.keys(cannotKeep).find((excused) => !Object.hasOwn(promises, excused));
  if (unknown !== undefined) {
    throw new TypeError(`${name} is excused from '${unknown}', which the contract does not have`);
  }
  return Object.entries(promises).map(([title, promise]) => ({
    name: title,
    skip: Object.hasOwn(cannotKeep, title) ? cannotKeep[title] : undefined,
    run: () => using(open, (opened) => promise(opened, open)),
  }));
}

/** Opens, runs and cleans up. */
export async function using<Opened extends Cleanable>(
  open: Open<Opened>,
  run: (opened: Opened) => Promise<void>,
): Promise<void> {
  const opened = await open();
  try {
    await run(opened);
  } finally {
    await opened.cleanup();
  }
}
