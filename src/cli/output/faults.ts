import type { Fault, PaymentOrders } from '../../index.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { warn } from './failure.ts';

/** Where nothing but another machine is at fault, the history itself is sound. */
export function exitCodeOfFaults(faults: readonly Pick<Fault, 'code'>[]): number {
  if (faults.length === 0) return exitCodes.ok;
  const isDivergence = faults.every(({ code }) => code === 'replay-divergence');
  return isDivergence ? exitCodes.replayDivergence : exitCodes.integrity;
}

/**
 * Whoever is shown a history is told where it does not verify; the exit code says it too. An order
 * that is folded only would show altered data as true.
 */
export async function warnOfFaults(
  context: Context,
  orders: PaymentOrders,
  orderNo: string,
): Promise<number> {
  const { faults } = await orders.verify(orderNo);
  for (const { code, message, stream, revision } of faults) {
    warn(context, { code, message, stream, ...(revision === null ? {} : { revision }) });
  }
  return exitCodeOfFaults(faults);
}
