/** Why a value cannot be kept as JSON, and where. Never contains the value itself. */
export type JsonProblem = {
  /** For example `.items[2].price`. */
  readonly path: string;
  readonly reason: string;
  readonly tooLarge: boolean;
};

const depthMax = 64;
const keyCharactersShown = 40;

/**
 * Finds the first part of `value` that `JSON.stringify` and `JSON.parse` would not return the same,
 * or that is surely longer than `charactersMax` as JSON.
 *
 * The depth limit also ends cycles. The size limit also ends values that share parts so often that
 * writing them out would never end.
 */
export function jsonProblem(value: unknown, charactersMax: number): JsonProblem | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return problem('is not a JSON object');
  }
  return inValue(value, 1, { charactersLeft: charactersMax });
}

type Budget = { charactersLeft: number };

function inValue(value: unknown, depth: number, budget: Budget): JsonProblem | undefined {
  budget.charactersLeft -= 1;
  if (budget.charactersLeft < 0) return tooLarge();
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'string') return inText(value, budget);
  if (typeof value === 'number') return inNumber(value);
  if (typeof value !== 'object')
    return problem(`is of type ${typeof value}, which JSON cannot hold`);
  if (depth > depthMax) return problem(`is deeper than ${depthMax} levels, or cyclic`);
  return Array.isArray(value) ? inArray(value, depth, budget) : inObject(value, depth, budget);
}

function inNumber(value: number): JsonProblem | undefined {
  if (!Number.isFinite(value)) return problem('is not a finite number');
  return Object.is(value, -0) ? problem('is -0, which JSON text loses') : undefined;
}

function inText(text: string, budget: Budget): JsonProblem | undefined {
  budget.charactersLeft -= text.length;
  if (budget.charactersLeft < 0) return tooLarge();
  return text.isWellFormed() ? undefined : problem('contains a lone surrogate');
}

function inArray(
  array: readonly unknown[],
  depth: number,
  budget: Budget,
): JsonProblem | undefined {
  if (array.length > budget.charactersLeft) return tooLarge();
  // `length` is an own key too; any other would be lost.
  if (Reflect.ownKeys(array).length !== array.length + 1) {
    return problem('is an array with holes or own properties');
  }
  for (let index = 0; index < array.length; index++) {
    const found = inValue(array[index], depth + 1, budget);
    if (found !== undefined) return { ...found, path: `[${index}]${found.path}` };
  }
  return undefined;
}

function inObject(value: object, depth: number, budget: Budget): JsonProblem | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return problem('is not a plain object');
  const entries = Object.entries(value);
  if (Reflect.ownKeys(value).length !== entries.length) {
    return problem('has symbols or hidden properties, which JSON loses');
  }
  for (const [key, member] of entries) {
    const found = inText(key, budget) ?? inValue(member, depth + 1, budget);
    if (found !== undefined) return { ...found, path: `${segment(key)}${found.path}` };
  }
  return undefined;
}

function segment(key: string): string {
  if (/^[A-Za-z_$][\w$]{0,39}$/.test(key)) return `.${key}`;
  // JSON.stringify escapes control characters and lone surrogates.
  return `[${JSON.stringify(key.slice(0, keyCharactersShown))}]`;
}

function problem(reason: string): JsonProblem {
  return { path: '', reason, tooLarge: false };
}

function tooLarge(): JsonProblem {
  return { path: '', reason: 'makes the event too large', tooLarge: true };
}
