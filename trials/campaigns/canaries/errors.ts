import { historyErrors } from './errors-of-history.ts';
import { inputErrors } from './errors-of-input.ts';
import { storeErrors } from './errors-of-store.ts';
import type { Forcings, Kit } from './forcing.ts';
import { codeOf } from './forcing.ts';
import type { Watch } from './watch.ts';

/** Complete: a code that is not forced does not compile. */
const forcings: Forcings = { ...inputErrors, ...storeErrors, ...historyErrors };

export const errorCodes = Object.keys(forcings);

/** Forces every error code and searches every error; reports a forcing that gives another code. */
export async function tryErrors(
  kit: Kit,
  watch: Watch,
  seen: Map<string, number>,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [code, force] of Object.entries(forcings)) {
    const errors = await force(kit);
    if (errors.length === 0) faults.push(`${code} was not forced`);
    for (const error of errors) {
      const got = codeOf(error);
      watch.lookInto(`error ${code}`, error);
      if (got === code) seen.set(code, (seen.get(code) ?? 0) + 1);
      else faults.push(`expected ${code}, got ${got}`);
    }
  }
  return faults;
}
