/** `T` as it is after `compact`: a field that may be undefined may be missing instead. */
export type Compact<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/**
 * A copy without the fields that are undefined. JSON has no undefined, so whatever is stored, sent
 * or shown passes through here; inside the module a field may simply be undefined.
 */
export function compact<T extends object>(value: T): Compact<T> {
  const present: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) present[name] = field;
  }
  // Only fields that the type allows to be missing are dropped.
  return present as Compact<T>;
}
