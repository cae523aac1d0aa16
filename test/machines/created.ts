import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';

/** How an order begins, with numbers as the platform gives them. */
export const created = {
  type: 'PaymentOrderCreated',
  orderNo: 'O20201109150635695000001',
  processBillNo: 'F20210222151600564862',
  amountMinor: 12_800,
  currency: 'CNY',
} as const satisfies PaymentOrderEvent;
