import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelOutcome, QueryAnswer } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { OpenOptions } from '../../src/open-options.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { answered, order, orderNo, scriptedGateway } from './world.ts';

export const told = (
  status: QueryAnswer['status'],
  more: Partial<QueryAnswer> = {},
): QueryAnswer => ({
  status,
  rule: status,
  ...more,
});

export type Status = (question: number) => Promise<QueryAnswer>;

/** An order, whose cancel is answered by the outcomes in turn, and the platform's status. */
export async function asked(
  outcomes: readonly CancelOutcome['kind'][],
  status: Status | QueryAnswer['status'] | null,
  options: Partial<OpenOptions> = {},
) {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  const errors: unknown[] = [];
  const answer: Status | undefined =
    typeof status === 'string' ? () => Promise.resolve(told(status)) : (status ?? undefined);
  const gateway = scriptedGateway(
    store,
    (call) => Promise.resolve(answered(outcomes[call - 1] ?? outcomes.at(-1) ?? 'refused')),
    answer,
  );
  const onError = (error: unknown) => errors.push(error);
  const orders = await openPaymentOrders({ store, gateway, runtime, onError, ...options });
  await orders.create(order);
  await orders.startPayment(orderNo);
  const path = async () => (await orders.history(orderNo)).slice(2).map(({ type }) => type);
  const state = async () => (await orders.get(orderNo))?.stateDetail;
  return { runtime, store, gateway, errors, orders, path, state };
}
