import type { PaymentOrders, Verification, Witness } from '../../index.ts';
import { PaymentOrderError } from '../../errors.ts';
import { streamPrefix } from '../../history/order-history.ts';
import { witness as parseWitness } from '../arguments.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { inert } from '../inert.ts';
import { orderNotFound, withOrders } from '../session.ts';
import { UsageError } from '../usage-error.ts';

type VerifyFlags = { readonly all?: boolean; readonly witness?: string };

export function verify(
  context: Context,
  orderNo: string | undefined,
  flags: VerifyFlags,
): Promise<number> {
  if (flags.all === true) {
    if (orderNo === undefined && flags.witness === undefined) return verifyAll(context);
    throw new UsageError('--all goes without ORDER and without --witness');
  }
  if (orderNo === undefined) throw new UsageError('say which: give ORDER, or --all');
  const witness = flags.witness === undefined ? undefined : parseWitness(flags.witness);
  return verifyOne(context, orderNo, witness);
}

function verifyOne(
  context: Context,
  orderNo: string,
  witness: Witness | undefined,
): Promise<number> {
  return withOrders(context, 'read', async (orders) => {
    const verification = await orders.verify(orderNo, witness);
    const { events, ok } = verification;
    // With a witness, an empty stream is a lost one.
    if (events === 0 && ok) throw orderNotFound(orderNo);
    if (context.screen.json) context.screen.document(verification);
    else context.screen.lines(verificationLines(context, verification));
    return exitCodeOfFaults([verification]);
  });
}

/** One broken history does not hide the others. */
function verifyAll(context: Context): Promise<number> {
  const { screen, words } = context;
  return withOrders(context, 'read', async (orders) => {
    const verifications: Verification[] = [];
    for await (const orderNo of orders.orderNumbers()) {
      const verification = await verifyNamed(orders, orderNo);
      verifications.push(verification);
      if (!screen.json) screen.lines(verificationLines(context, verification));
    }
    if (screen.json) screen.document({ verifications });
    else screen.talk(words.verifiedAll(verifications.length));
    return exitCodeOfFaults(verifications);
  });
}

/** Somebody may have written a stream under a name that no order can have. */
async function verifyNamed(orders: PaymentOrders, orderNo: string): Promise<Verification> {
  try {
    return await orders.verify(orderNo);
  } catch (error) {
    if (!(error instanceof PaymentOrderError) || error.code !== 'invalid-input') throw error;
    const stream = `${streamPrefix}${orderNo}`;
    const fault = { stream, revision: null, code: 'invalid-name', message: error.message };
    return { orderNo, ok: false, events: 0, witness: null, faults: [fault] };
  }
}

function verificationLines(
  { screen, words }: Context,
  { orderNo, ok, events, witness, faults }: Verification,
): readonly string[] {
  const head = witness === null ? '–' : `${witness.revision}:${witness.hash}`;
  const name = inert(orderNo);
  if (ok) return [screen.paint('green', words.verified(name, events, head))];
  return [
    screen.paint('red', words.notVerified(name, faults.length)),
    ...faults.map(({ code, message }) => `  ${code}: ${inert(message)}`),
  ];
}

/** Where nothing but another machine is at fault, the history itself is sound. */
function exitCodeOfFaults(verifications: readonly Verification[]): number {
  const codes = verifications.flatMap(({ faults }) => faults.map(({ code }) => code));
  if (codes.length === 0) return exitCodes.ok;
  const isDivergence = codes.every((code) => code === 'replay-divergence');
  return isDivergence ? exitCodes.replayDivergence : exitCodes.integrity;
}
