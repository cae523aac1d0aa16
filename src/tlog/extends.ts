import { PaymentOrderError } from '../errors.ts';
import type { Checkpoint } from './c2sp/checkpoint.ts';
import type { Leaves } from './leaves/leaves.ts';

/**
 * Whether the log, as this process knows it, extends a checkpoint.
 *
 * @throws {PaymentOrderError} `log-contradicted`
 */
export function assertExtends(leaves: Leaves, { size, root }: Checkpoint): void {
  const found = leaves.size();
  if (found < size) {
    throw contradicted(`it covers ${size} events, and the store holds ${found}`);
  }
  if (!Buffer.from(leaves.rootAt(size)).equals(root)) {
    throw contradicted(`the first ${size} events of orders have another root`);
  }
}

/** What was signed does not hold any more. */
export function contradicted(problem: string): PaymentOrderError {
  const message =
    `the log contradicts what was known of it: ${problem}; nothing was signed. ` +
    'verify --all --checkpoint FILE names what differs';
  return new PaymentOrderError('log-contradicted', message);
}
