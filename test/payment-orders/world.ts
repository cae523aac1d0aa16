import { expect } from 'vitest';
import type { EventStore } from '../../src/event-store/event-store.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { orderNoOf, streamPrefix } from '../../src/history/event.ts';
import { evolve } from '../../src/history/load.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { verifyOrder } from '../../src/history/verify.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import {
  attemptsInFlight,
  scriptedGateway,
  storedEvents,
} from '../../src/testing/scripted-gateway.ts';
import type { GatewayCall } from '../../src/testing/scripted-gateway.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';

export { scriptedGateway, storedEvents };
export type { GatewayCall as Call };

export const orderNo = 'O20201109150635695000001';
export const order = {
  orderNo,
  processBillNo: 'F20210222151600564862',
  amountMinor: 12_800,
  currency: 'CNY',
};
export const reason = '临时决定关单取消支付';

export const answered = (kind: CancelOutcome['kind']): CancelOutcome => ({
  kind,
  rule: 'scripted',
});

/** Payment orders over a memory store, in virtual time, with a scripted gateway. */
export async function world(answer: (call: number) => Promise<CancelOutcome>, seed?: number) {
  const runtime = simulatedRuntime(seed === undefined ? {} : { seed });
  const store = openMemoryStore(runtime);
  const gateway = scriptedGateway(store, answer);
  const errors: unknown[] = [];
  const open = () =>
    openPaymentOrders({ store, gateway, runtime, onError: (error) => errors.push(error) });
  return { runtime, store, gateway, errors, open, orders: await open() };
}

/** Lets everything go on that waits for nobody outside. */
export const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

export const always = (kind: CancelOutcome['kind']) => () => Promise.resolve(answered(kind));

/** Checks the invariants I2, I3, I5, I6, I7, I9 and I10 from the stored events alone. */
export async function expectTruthful(
  store: EventStore,
  calls: readonly GatewayCall[],
): Promise<void> {
  const compiled = compileMachine();
  const ids = new Set<string>();
  for await (const stream of store.streams(streamPrefix)) {
    const ofOrder = orderNoOf(stream);
    const verification = await verifyOrder(store, compiled, ofOrder);
    expect(verification.faults, 'I3 I10').toEqual([]);
    const events = await storedEvents(store, ofOrder);
    let folded: OrderHistory | null = null;
    let isPaid = false;
    for (const stored of events) {
      expect(ids.has(stored.id), 'I9').toBe(false);
      ids.add(stored.id);
      const wasInCall = folded?.fold.state === 'cancelling.requesting';
      folded = evolve(compiled, folded, stored);
      expect(folded.fold.state, 'I5').toBe(stored.metadata.to);
      if (stored.type === 'PaymentSucceeded' && !wasInCall) isPaid = true;
      if (isPaid) expect(folded.fold.state, 'I2').toBe('paid');
    }
    const known = new Set(attemptsInFlight(events));
    expect(known.size, 'one attempt at a time').toBeLessThanOrEqual(1);
    for (const { event } of events) if ('attempt' in event) known.add(event.attempt);
    for (const { request, inFlight } of calls) {
      if (request.orderNo !== ofOrder) continue;
      for (const attempt of inFlight) expect(known, 'I6').toContain(attempt);
    }
  }
  for (const { request } of calls) expect(request.reason, 'I7').toBe(calls[0]?.request.reason);
}
