/** One promise of a contract: run it under any runner. */
export type ContractCase = {
  /** The promise, in the present tense. */
  readonly name: string;
  /** Why it cannot be kept, where the one who runs it said so: skip it by name. */
  readonly skip: string | undefined;
  /** Rejects with an AssertionError where the promise is broken. */
  readonly run: () => Promise<void>;
};

export type ContractOptions = {
  /** Promises that cannot be kept: the reason, by the case's name. */
  readonly cannotKeep?: Readonly<Record<string, string>> | undefined;
};

/** The cases of a contract; an excuse for what is no case would excuse nothing, silently. */
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
