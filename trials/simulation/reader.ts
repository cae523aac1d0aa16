import { PaymentOrderError } from '../../src/errors.ts';
import { WallClock } from './clock.ts';
import { SimProcess } from './process.ts';
import type { Sim } from './sim.ts';
import { storeOf } from './store.ts';

/**
 * Somebody who only looks: what a read finds must hold together at any time, and looking writes
 * nothing and calls nobody (I12).
 */
export function readerOf(sim: Sim): (orderNo: string) => Promise<void> {
  const { kernel, checker, random } = sim;
  const clock = new WallClock(() => kernel.nowMs, 0);
  const process = new SimProcess(99, clock, 30_000, kernel, [], () => undefined);
  const life = process.begin(random('ids of the reader'));
  const touches = (what: string) => {
    checker.violate('I12', `reading ${what}`);
    return Promise.reject(new Error(what));
  };
  const store = { ...storeOf(sim, life), append: () => touches('appends') };
  const gateway = {
    identity: 'scripted',
    attemptMs: 15_000,
    cancel: () => touches('calls'),
    close: () => Promise.resolve(),
  };
  const opened = sim.open({ store, gateway, runtime: life.runtime });
  return async (orderNo) => {
    const orders = await opened;
    try {
      const { faults } = await orders.verify(orderNo);
      for (const { code, message } of faults) checker.violate('I10', `${code}: ${message}`);
      const found = await orders.get(orderNo);
      const history = await orders.history(orderNo);
      const shown = found === null ? undefined : history[found.revision];
      if (found !== null && shown !== undefined && shown.metadata.hash !== found.hash) {
        checker.violate('I5', `${orderNo} shows another history than it reports`);
      }
    } catch (error) {
      const isDown = error instanceof PaymentOrderError && error.code === 'store-unavailable';
      if (!isDown) checker.violate('I17', `a read of ${orderNo} failed: ${String(error)}`);
    }
  };
}
