import type { CompatibilityReport, History, VerifyHistoriesOptions } from './history/results.ts';

/**
 * The change gate: folds recorded histories through a machine that is about to be released, and
 * reports for each whether it comes out as before.
 *
 * @throws {PaymentOrderError} `unsupported-machine`, also where the machine throws or loops;
 * `invalid-input` with the name of the option
 */
export async function verifyHistories(
  machine: object,
  histories: Iterable<History> | AsyncIterable<History>,
  options: VerifyHistoriesOptions = {},
): Promise<CompatibilityReport> {
  const { compareHistories } = await import('./history/compare.ts');
  return compareHistories(machine, histories, options);
}
