import { orderAfter } from './replayed-order.ts';
import { simulatedRuntime } from './simulated-runtime.ts';

/** @deprecated Renamed to `orderAfter`. */
export const standingAfter = orderAfter;

/** @deprecated Renamed to `simulatedRuntime`. Pass it as the option `runtime`, not `host`. */
export const virtualHost = simulatedRuntime;
