import { eventSchemas } from '../../machines/payment-order.events.ts';
import type { AnomalyCode } from '../../machines/payment-order.facts.ts';
import type { RejectionCode } from '../../src/order/types.ts';

const states = [
  ...['created', 'paying', 'paid', 'cancelled', 'failed', 'cancelling.requesting'],
  ...['cancelling.backingOff', 'cancelling.inDoubt', 'cancelling.needsReview'],
];

/** As records, so that a code that is added must be added here. */
const rejections: Record<RejectionCode, true> = {
  ...{ 'order-exists': true, 'already-started': true, 'already-cancelling': true },
  ...{ 'already-cancelled': true, 'already-paid': true, 'payment-failed': true },
  ...{ 'attempt-in-flight': true, 'cancel-in-doubt': true, 'no-open-cancel': true },
  ...{ 'not-in-doubt': true, 'no-open-anomaly': true },
};

const anomalies: Record<AnomalyCode, true> = {
  ...{ 'amount-mismatch': true, 'double-payment': true, 'paid-after-cancel': true },
  ...{ 'paid-after-failure': true, 'cancelled-and-paid': true, 'cancel-unresolved': true },
  contradicted: true,
};

/** What random histories must come across, or they have tried less than they claim. */
export const historySights: readonly string[] = [
  ...states.map((state) => `state ${state}`),
  ...Object.keys(eventSchemas).map((type) => `event ${type}`),
  ...Object.keys(rejections).map((code) => `rejected ${code}`),
  ...Object.keys(anomalies).map((code) => `anomaly ${code}`),
  ...['accepted', 'duplicate', 'command id reused'],
];
