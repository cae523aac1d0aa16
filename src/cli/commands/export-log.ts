import { PaymentOrderError } from '../../errors.ts';
import type { PaymentOrders } from '../../index.ts';
import type { Context } from '../io.ts';
import { reportInPassing } from '../output/failure.ts';

/**
 * The proof from the log over all orders that goes with the shown events: of the last of them that the
 * checkpoint covers, which by the chain proves those before it too. Null where none covers any of them.
 *
 * @param given - The text of a checkpoint. Default: the newest stored one.
 */
export async function logProof(
  context: Context,
  orders: PaymentOrders,
  {
    orderNo,
    last,
    given,
  }: { readonly orderNo: string; readonly last: number; readonly given: string | undefined },
): Promise<string | null> {
  const log = orders.transparencyLog();
  const checkpoint = given ?? (await log.newest());
  if (checkpoint === null) return null;
  try {
    return await log.proof(orderNo, { revision: last, checkpoint }).catch((error: unknown) => {
      if (isUncovered(error)) return log.proof(orderNo, { checkpoint });
      throw error;
    });
  } catch (error) {
    // Evidence is exported of a damaged store too. A checkpoint that was named is demanded.
    if (given !== undefined || !(error instanceof PaymentOrderError)) throw error;
    if (!isUncovered(error)) reportInPassing(error, context);
    return null;
  }
}

function isUncovered(error: unknown): boolean {
  return error instanceof PaymentOrderError && error.code === 'checkpoint-not-found';
}
