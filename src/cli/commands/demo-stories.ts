import { setTimeout } from 'node:timers/promises';
import type { EventType } from '../../../machines/payment-order.events.ts';
import type { PaymentOrders } from '../../index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import type { Words } from '../../words/cli/en.ts';

/** Lets a story wait until its request has arrived at the gateway. */
export class Arrivals {
  readonly #waiting = new Map<string, () => void>();

  add(orderNo: string | undefined): void {
    if (orderNo !== undefined) this.#waiting.get(orderNo)?.();
  }

  requestOf(orderNo: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(orderNo, resolve));
  }
}

type Scene = {
  readonly orders: PaymentOrders;
  readonly sandbox: Sandbox;
  readonly arrivals: Arrivals;
  readonly orderNo: string;
};

export type Story = {
  readonly name: keyof Words['demo']['stories'];
  readonly orderNo: string;
  /** The faults that its requests meet in the sandbox. */
  readonly faults: readonly string[];
  readonly play: (scene: Scene) => Promise<void>;
  readonly expected: { readonly state: string; readonly anomalies: readonly string[] };
  /** The events of its history, in this order. */
  readonly path: readonly EventType[];
};

/** The reason and, for the first story, the numbers are the sample of the platform's document. */
const reason = '临时决定关单取消支付';
const orderNumber = (story: number) => `O2020110915063569500000${story}`;
const amount = { amountMinor: 12_800, currency: 'CNY' };

/** So that the logs show who did what. */
const customer = { kind: 'customer', id: 'c-1024' };
const shop = { kind: 'service', id: 'order-service' };
const notices = { kind: 'service', id: 'payment-notices' };
const request = { reason, actor: customer };

/** Far longer than it takes; a story that waits in vain ends otherwise than expected. */
const askedWithinMs = 30_000;
const lookEveryMs = 50;

const begun = ['PaymentOrderCreated', 'PaymentStarted', 'CancelRequested'] as const;

export const stories: readonly Story[] = [
  {
    name: 'cancelled',
    orderNo: orderNumber(1),
    faults: [],
    play: async ({ orders, orderNo }) => {
      await startPaying(orders, orderNo);
      await orders.cancel(orderNo, request);
    },
    expected: { state: 'cancelled', anomalies: [] },
    path: [...begun, 'CancelConfirmed'],
  },
  {
    name: 'refused-because-paid',
    orderNo: orderNumber(2),
    faults: [],
    play: async ({ orders, sandbox, orderNo }) => {
      await startPaying(orders, orderNo);
      sandbox.pay(orderNo);
      await orders.cancel(orderNo, request);
      await asked(orders, orderNo);
      await orders.recordPaymentSucceeded(orderNo, payment('T2'));
    },
    expected: { state: 'paid', anomalies: [] },
    path: [...begun, 'CancelRefused', 'StatusReported', 'PaymentSucceeded'],
  },
  {
    name: 'answer-lost',
    orderNo: orderNumber(3),
    faults: ['silent-after'],
    play: async ({ orders, orderNo }) => {
      await startPaying(orders, orderNo);
      await orders.cancel(orderNo, request);
      await asked(orders, orderNo);
    },
    expected: { state: 'cancelled', anomalies: [] },
    path: [...begun, 'CancelOutcomeUnknown', 'StatusReported'],
  },
  {
    name: 'paid-while-cancelling',
    orderNo: orderNumber(4),
    faults: ['delay:1000+paid-during'],
    play: async ({ orders, sandbox, arrivals, orderNo }) => {
      await startPaying(orders, orderNo);
      const arrived = arrivals.requestOf(orderNo);
      const cancelling = orders.cancel(orderNo, request);
      await Promise.race([arrived, cancelling]);
      sandbox.pay(orderNo);
      await orders.recordPaymentSucceeded(orderNo, payment('T4'));
      await cancelling;
    },
    expected: { state: 'paid', anomalies: [] },
    path: [...begun, 'PaymentSucceeded', 'CancelRefused'],
  },
  {
    name: 'paid-after-cancel',
    orderNo: orderNumber(5),
    faults: [],
    play: async ({ orders, orderNo }) => {
      await startPaying(orders, orderNo);
      await orders.cancel(orderNo, request);
      await orders.recordPaymentSucceeded(orderNo, payment('T5'));
    },
    expected: { state: 'paid', anomalies: ['paid-after-cancel'] },
    path: [...begun, 'CancelConfirmed', 'PaymentSucceeded'],
  },
];

/** Waits until recovery, or the cancel itself, has asked the platform: nobody has to. */
async function asked(orders: PaymentOrders, orderNo: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < askedWithinMs; waitedMs += lookEveryMs) {
    const history = await orders.history(orderNo);
    if (history.at(-1)?.type === 'StatusReported') return;
    await setTimeout(lookEveryMs);
  }
}

async function startPaying(orders: PaymentOrders, orderNo: string): Promise<void> {
  const story = orderNo.slice(-1);
  // F20210222151600564862 for the first story.
  const processBillNo = `F2021022215160056486${1 + Number(story)}`;
  await orders.create({ orderNo, processBillNo, ...amount, actor: shop });
  await orders.startPayment(orderNo, { actor: shop });
}

function payment(transactionNo: string) {
  return { transactionNo, ...amount, actor: notices };
}
