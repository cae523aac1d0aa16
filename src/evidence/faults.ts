import type { BundleFault } from './manifest.ts';

const faultsMax = 1_000;

/** The first of them, and how many more there are. */
export function shortened(faults: readonly BundleFault[]): readonly BundleFault[] {
  const further = faults.length - faultsMax;
  if (further <= 0) return faults;
  const message = `${further} further faults are not listed`;
  const last = { file: '.', revision: null, code: 'too-many-faults', message };
  return [...faults.slice(0, faultsMax), last];
}

/** A fault of one file; the message names it. */
export function fault(
  file: string,
  code: string,
  problem: string,
  revision: number | null = null,
): BundleFault {
  return { file, revision, code, message: `${file} ${problem}` };
}
