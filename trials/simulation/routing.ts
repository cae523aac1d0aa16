import type { PaymentOrders } from '../../src/payment-orders.ts';
import { isAccount } from './accounts.ts';
import type { Request } from './client.ts';
import type { Incarnation } from './process.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';
import { accountOf } from './verdict-gateways.ts';

/** Where a request is sent: one that is sent to the wrong process must be turned down. */
const elsewhereShare = 0.25;

/**
 * The processes that a request may be sent to. A merchant's orders are created by a process of its
 * own, and mostly served by one; now and then a caller comes to the other merchant's.
 */
export function serversOf(
  { accounts, random }: Sim,
  open: readonly Incarnation[],
  { name, orderNo }: Pick<Request, 'name' | 'orderNo'>,
): readonly Incarnation[] {
  if (!accounts.areSeveral) return open;
  const isCreate = name === 'create';
  if (isCreate && accounts.belonging(orderNo).kind !== 'account') return open;
  const own = open.filter(({ index }) => accounts.mayServe(index, orderNo));
  if (isCreate) return own;
  const isElsewhere = random(`elsewhere for ${orderNo}`).chance(elsewhereShare);
  const others = open.filter((life) => !own.includes(life));
  const [first, second] = isElsewhere ? [others, own] : [own, others];
  return first.length > 0 ? first : second;
}

/** What a process serves a request with: some orders are created where no gateway is configured. */
export function ordersFor(
  { accounts }: Sim,
  life: Incarnation,
  { name, orderNo }: Request,
): PaymentOrders | null {
  const isBare = name === 'create' && accounts.belonging(orderNo).kind !== 'account';
  return isBare ? life.bare : life.orders;
}

/** I21: a process turns down what its own account is to do for nobody, and says why. */
export function judgeRefusal(sim: Sim, life: Incarnation, what: string, orderNo: string): void {
  const { accounts, checker, log, seen } = sim;
  const recorded = accountOf(log.stream(`paymentOrder-${orderNo}`))?.account ?? null;
  count(seen, recorded === null ? 'refused: nobody adopts' : 'refused: another gateway');
  const isOwn =
    recorded === null
      ? accounts.mustServe(life.index, orderNo)
      : accounts.of(life.index).some((account) => isAccount(recorded, account));
  // A stale read may not show yet by whom it was adopted.
  const mayNotKnow = accounts.belonging(orderNo).kind !== 'account';
  if (isOwn && !(recorded !== null && mayNotKnow)) {
    checker.violate('I21', `${what} of ${orderNo} was refused by ${life.name}, whose order it is`);
  }
}
