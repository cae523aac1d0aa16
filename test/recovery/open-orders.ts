import type { EventStore } from '../../src/event-store/event-store.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelGateway, QueryAnswer } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Each wait is longer by at most this, for the pause between questions too. */
export const late = minute + second;

export type Asked = { readonly orderNo: string; readonly atMs: number };

type Status = (orderNo: string, atMs: number) => QueryAnswer['status'];

/** A platform that can be asked, over one memory store in virtual time. */
export function platform(status: Status = () => 'pending', answerMs = 100) {
  const runtime = simulatedRuntime();
  const memory = openMemoryStore(runtime);
  const questions: Asked[] = [];
  const errors: unknown[] = [];
  let [inFlight, mostInFlight] = [0, 0];
  const gateway: CancelGateway = {
    identity: 'scripted',
    attemptMs: 15_000,
    cancel: () => Promise.resolve({ kind: 'confirmed', rule: 'scripted' }),
    query: async ({ orderNo }) => {
      const atMs = runtime.monotonicMs();
      questions.push({ orderNo, atMs });
      inFlight += 1;
      mostInFlight = Math.max(mostInFlight, inFlight);
      if (answerMs > 0) await new Promise<void>((answer) => runtime.setTimer(answerMs, answer));
      inFlight -= 1;
      return { status: status(orderNo, atMs), rule: 'scripted' };
    },
    close: () => Promise.resolve(),
  };
  const open = (store: EventStore = memory): Promise<PaymentOrders> =>
    openPaymentOrders({ store, gateway, runtime, onError: (error) => errors.push(error) });
  const timesOf = (orderNo: string) =>
    questions.filter((question) => question.orderNo === orderNo).map(({ atMs }) => atMs);
  return { runtime, memory, questions, errors, open, timesOf, mostInFlight: () => mostInFlight };
}

export const created = (orders: PaymentOrders, orderNo: string) =>
  orders.create({ orderNo, processBillNo: 'F1' });
