import { PaymentOrderError } from '../../errors.ts';
import type { PaymentOrders, RecordedEvent } from '../../index.ts';
import type { Context } from '../io.ts';
import { reportInPassing, warn } from '../output/failure.ts';

/**
 * The proof from the log over all orders that goes with the shown events. Null where no stored
 * checkpoint that is recent covers one of them.
 *
 * @param given - The text of a checkpoint to prove them by instead.
 */
export async function logProof(
  context: Context,
  orders: PaymentOrders,
  {
    orderNo,
    events,
    given,
  }: {
    readonly orderNo: string;
    readonly events: readonly RecordedEvent[];
    readonly given: string | undefined;
  },
): Promise<string | null> {
  const { proofFor } = await import('../../evidence/proofs.ts');
  try {
    const proof = await proofFor(orders.transparencyLog(), orderNo, events, given);
    if (proof !== null) return proof;
    if (given === undefined) {
      const isLogSigned = (await orders.transparencyLog().newest()) !== null;
      if (isLogSigned) warn(context, { message: context.words.tlog.noProof });
      return null;
    }
    const message = 'the checkpoint proves none of the events that are shown; give a newer one';
    throw new PaymentOrderError('checkpoint-not-found', message);
  } catch (error) {
    // Evidence is exported of a damaged store too. A checkpoint that was named is demanded.
    if (given !== undefined || !(error instanceof PaymentOrderError)) throw error;
    reportInPassing(error, context);
    return null;
  }
}

/** The report says it too, but its exporter should know it before it is handed over. */
export async function warnWhereTooFew(
  context: Context,
  proof: string,
  trust: string,
): Promise<void> {
  const { parseProof } = await import('../../tlog/c2sp/proof-file.ts');
  const { parseTrust, standingOf } = await import('../../tlog/c2sp/trust.ts');
  const { isEnough } = standingOf(parseProof(proof).checkpoint, parseTrust(trust));
  if (!isEnough) warn(context, { message: context.words.tlog.tooFewSigned });
}
