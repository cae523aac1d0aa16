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

/** The cases of a contract. An excuse that names no case is refused, or it would go unnoticed. */
export function contractOf(
  name: string,
  cases: readonly Omit<ContractCase, 'skip'>[],
  { cannotKeep = {} }: ContractOptions,
): readonly ContractCase[] {
  const names = new Set(cases.map((one) => one.name));
  const unknown = Object.keys(cannotKeep).find((excused) => !names.has(excused));
  if (unknown !== undefined) {
    throw new TypeError(`${name} is excused from '${unknown}', which the contract does not have`);
  }
  return cases.map((one) => ({
    name: one.name,
    skip: Object.hasOwn(cannotKeep, one.name) ? cannotKeep[one.name] : undefined,
    run: () => one.run(),
  }));
}
