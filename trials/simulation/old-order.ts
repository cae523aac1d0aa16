import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { evolve, prepareEvent } from '../../src/history/load.ts';
import type { OrderHistory } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { WallClock } from './clock.ts';
import { money } from './money.ts';
import { SimProcess } from './process.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';

export const oldOrderNo = 'OLD1';
const compiled = compileMachine();

/** How the versions before several gateways left a cancel: neither its order nor it names one. */
const left: readonly PaymentOrderEvent[] = [
  { type: 'CancelNotExecuted', attempt: 1, rule: 'connection-refused', retryInMs: 1_000 },
  { type: 'CancelOutcomeUnknown', attempt: 1, rule: 'answer-timeout', retryInMs: 5_000 },
];

/**
 * In some runs the store holds an order of an older version, amid its cancel, when two merchants come
 * to share it. Nobody sends a request for it: recovery alone must adopt and end it.
 */
export function leaveOldOrder({ accounts, random, kernel, log, seen }: Sim): void {
  const draws = random('an old order');
  if (!accounts.isAnybodyTold || !draws.chance(0.5)) return;
  count(seen, 'an order of an older version');
  const process = new SimProcess(
    98,
    new WallClock(() => kernel.nowMs, 0),
    30_000,
    kernel,
    [],
    () => undefined,
  );
  const { runtime, name } = process.begin(random('ids of an old order'));
  const stream = `paymentOrder-${oldOrderNo}`;
  const context = { source: 'command', $correlationId: 'old' };
  let order: OrderHistory | null = null;
  for (const event of [
    {
      type: 'PaymentOrderCreated',
      orderNo: oldOrderNo,
      processBillNo: 'F-OLD1',
      ...money,
    } as const,
    { type: 'CancelRequested', reason: 'old', attemptDeadlineMs: 30_000 } as const,
    draws.pick(left),
  ]) {
    const { prepared, stored } = prepareEvent(compiled, order, stream, event, context, runtime);
    const expected = order?.head.revision ?? 'no-stream';
    log.append(name, kernel.nowMs, stream, [prepared], expected);
    order = evolve(compiled, order, stored);
  }
}

/** What it recorded is as it was: no gateway. */
export function isOld({ by }: { readonly by: string }): boolean {
  return by.startsWith('p98.');
}
