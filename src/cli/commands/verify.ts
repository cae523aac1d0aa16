import type { PaymentOrders, Verification, Witness } from '../../index.ts';
import { PaymentOrderError } from '../../errors.ts';
import { streamPrefix } from '../../history/order-history.ts';
import { witness as parseWitness } from '../arguments.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { exitCodeOfFaults } from '../faults.ts';
import { inert } from '../../dispute/inert.ts';
import { orderNotFound, withOrders } from '../session.ts';
import { absenceOf } from '../store-path.ts';
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
    return exitCodeOfFaults(verification.faults);
  });
}

/** One broken history does not hide the others. */
function verifyAll(context: Context): Promise<number> {
  const { settings, screen, words } = context;
  const absence = absenceOf(settings.store, words);
  if (absence !== null) throw new PaymentOrderError('store-unavailable', absence);
  return withOrders(context, 'read', async (orders) => {
    // The store first: where an index is damaged, the listing may lack what the histories hold.
    const found = new Set(await storeFaults(orders));
    const verifications: Verification[] = [];
    try {
      for await (const orderNo of orders.orderNumbers()) {
        const verification = await verifyNamed(orders, orderNo);
        verifications.push(verification);
        if (!screen.json) screen.lines(verificationLines(context, verification));
      }
    } catch (error) {
      found.add(sentenceOfDamage(error));
    }
    const store = [...found];
    if (screen.json) screen.document({ verifications, store });
    else {
      screen.lines(storeLines(context, store));
      screen.talk(words.verifiedAll(verifications.length));
      if (store.length > 0) screen.talk(words.hint(words.store.advice['store-corrupt']));
    }
    if (store.length > 0) return exitCodes.integrity;
    return exitCodeOfFaults(verifications.flatMap(({ faults }) => faults));
  });
}

async function storeFaults(orders: PaymentOrders): Promise<readonly string[]> {
  try {
    return await orders.checkStore();
  } catch (error) {
    return [sentenceOfDamage(error)];
  }
}

/** Damage may be such that even looking for it fails; any other error is thrown on. */
function sentenceOfDamage(error: unknown): string {
  if (error instanceof PaymentOrderError && error.code === 'store-corrupt') return error.message;
  throw error;
}

function storeLines({ screen, words }: Context, store: readonly string[]): readonly string[] {
  if (store.length === 0) return [];
  return [
    screen.paint('red', words.store.faults(store.length)),
    ...store.map((sentence) => `  ${inert(sentence)}`),
  ];
}

/** Somebody may have written a stream under a name that no order can have, or damaged its pages. */
async function verifyNamed(orders: PaymentOrders, orderNo: string): Promise<Verification> {
  try {
    return await orders.verify(orderNo);
  } catch (error) {
    const faultOf: Partial<Record<string, string>> = {
      'invalid-input': 'invalid-name',
      'store-corrupt': 'store-corrupt',
    };
    const code = error instanceof PaymentOrderError ? faultOf[error.code] : undefined;
    if (code === undefined || !(error instanceof Error)) throw error;
    const stream = `${streamPrefix}${orderNo}`;
    const fault = { stream, revision: null, code, message: error.message };
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
