/** @import { Change, ReportData } from '../report-data.ts' */
/** @typedef {Record<string | number, unknown>} Branch */

/**
 * Gives the folded state after each event, by applying each event's changes. A step forward from
 * the last request applies one event only.
 *
 * @param {ReportData} data
 * @returns {(at: number) => Readonly<Branch> | null} null before the first event and where it was
 * not folded
 */
export function foldedStates(data) {
  /** @type {Branch} */
  let state = {};
  let reached = -1;
  return (at) => {
    if (at < 0 || (data.entries[at]?.changes ?? null) === null) return null;
    if (at < reached) {
      state = {};
      reached = -1;
    }
    while (reached < at) {
      reached += 1;
      for (const change of data.entries[reached]?.changes ?? []) apply(state, change);
    }
    return state;
  };
}

/**
 * @param {Branch} state
 * @param {Change} change
 */
function apply(state, change) {
  const [path, value] = change;
  const last = path.at(-1);
  if (last === undefined) return;
  const branch = branchAt(state, path.slice(0, -1));
  if (change.length === 1) Reflect.deleteProperty(branch, last);
  else branch[last] = structuredClone(value);
}

/**
 * @param {Branch} state
 * @param {readonly (string | number)[]} path
 * @returns {Branch}
 */
function branchAt(state, path) {
  let branch = state;
  for (const name of path) {
    // The changes were made from this same state, so a path leads through objects and arrays only.
    branch = /** @type {Branch} */ (branch[name]);
  }
  return branch;
}

/**
 * @param {unknown} state
 * @param {readonly (string | number)[]} path
 * @returns {unknown} undefined if the path leads nowhere
 */
export function valueAt(state, path) {
  let value = state;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    // The name is the value's own property, as checked above.
    value = /** @type {Branch} */ (value)[name];
  }
  return value;
}
