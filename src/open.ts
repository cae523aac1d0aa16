/**
 * The composition root: makes a `PaymentOrders` out of URLs and settings.
 *
 * What takes time to load is loaded by the first call that needs it, everywhere in one way: the
 * asynchronous function that is a room's door imports the room when it is called. So importing the
 * package evaluates what its synchronous functions need, and neither the machine nor a store, and a
 * command loads neither recovery nor the inbox. `test/loading.e2e.test.ts` counts the modules.
 */

import { PaymentOrderError } from './errors.ts';
import { nodeFault } from './node-version.ts';
import type { OpenOptions } from './open-options.ts';
import type { PaymentOrders } from './payment-orders.ts';

/**
 * Opens payment orders on a store. No timer and no call starts before you ask for one.
 *
 * @throws {PaymentOrderError} `invalid-store-url`, `invalid-gateway-url`, `invalid-private-key`,
 * `gateway-cannot-be-asked`, `invalid-input`, `store-unavailable`, `store-denied`, `store-not-ours`, `store-newer`,
 * `store-corrupt` or `unsupported-node`.
 * @example
 * await using orders = await openPaymentOrders({ store: 'sqlite:orders.db', gateway });
 * await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
 */
export async function openPaymentOrders(options: OpenOptions): Promise<PaymentOrders> {
  assertNode(process.versions.node);
  const { dependenciesOf } = await import('./dependencies.ts');
  const { PaymentOrders } = await import('./payment-orders.ts');
  const { dependencies, release, index, leavesFile } = await dependenciesOf(options);
  return new PaymentOrders(dependencies, release, index, leavesFile);
}

/** @throws {PaymentOrderError} `unsupported-node` */
export function assertNode(version: string): void {
  const fault = nodeFault(version);
  if (fault !== null) throw new PaymentOrderError('unsupported-node', fault);
}
