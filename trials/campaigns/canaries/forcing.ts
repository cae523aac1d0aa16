import { PaymentOrderError } from '../../../src/errors.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import { openMemoryStore } from '../../../src/event-store/memory.ts';
import type { CancelGateway } from '../../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import type { OpenOptions } from '../../../src/open-options.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import type { Secrets } from './secrets.ts';

/** What forcings share. */
export type Kit = {
  readonly secrets: Secrets;
  /** An empty directory. */
  readonly directory: string;
  /** Called with everything that is created on the way: orders, stores, gateways, receipts. */
  readonly show: (what: string, value: unknown) => void;
};

/** Forces errors of one code in every way that an input could get into them. */
export type Forcing = (kit: Kit) => Promise<readonly unknown[]>;

export type Forcings = Readonly<Record<ErrorCode, Forcing>>;

/** The error of some work; if it does not fail, an error with an unexpected code. */
export async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return new Error('nothing was thrown');
}

export function failuresOf(works: readonly (() => unknown)[]): Promise<readonly unknown[]> {
  return Promise.all(works.map(failureOf));
}

export function codeOf(error: unknown): string {
  if (error instanceof PaymentOrderError) return error.code;
  return error instanceof Error ? `no code: ${error.message.slice(0, 80)}` : 'no error';
}

/** A value of the wrong type, as a caller's JavaScript may pass it. */
export const anything = (value: unknown) => value as never;

export const gatewayOf = (answer: CancelGateway['cancel']): CancelGateway => ({
  identity: 'scripted',
  attemptMs: 1_000,
  cancel: answer,
  close: () => Promise.resolve(),
});

export const confirming = gatewayOf(() =>
  Promise.resolve({ kind: 'confirmed', rule: 'confirmed' }),
);

/** Orders over a memory store, with one order in it. */
export async function ordersWithOne(options: Partial<OpenOptions> = {}) {
  const runtime = systemRuntime();
  const store = openMemoryStore(runtime);
  const orders = await openPaymentOrders({ store, runtime, gateway: confirming, ...options });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
  return { orders, store, runtime };
}

/** Fields of the wrong type, to be spread over valid ones. */
export const loose = (fields: object): object => fields;
