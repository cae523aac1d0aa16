import { invalidInput } from '../errors.ts';
import { parseFaults } from './faults.ts';
import type { Fault, FaultPlan } from './faults.ts';
import { ordersMax } from './limits.ts';

export type SandboxOrderStatus = 'open' | 'closed' | 'paid';

/** An order as the sandbox sees it. */
export type SandboxOrder = {
  readonly orderNo: string;
  readonly status: SandboxOrderStatus;
  /** Accepted cancel requests, whether or not they were executed. */
  readonly requests: number;
  /** Executed cancels, whether or not they closed the order. */
  readonly executions: number;
  /** Steps of its fault plan that are left. */
  readonly faultsLeft: number;
};

/** A change of an order: what is absent stays as it is. */
export type SandboxOrderChange = {
  readonly status?: SandboxOrderStatus | undefined;
  /** Steps of the plan for the next requests; see `FaultPlan`. */
  readonly faults?: readonly string[] | undefined;
};

type Entry = {
  status: SandboxOrderStatus;
  requests: number;
  executions: number;
  faults: Fault[];
};

/** The sandbox's orders. Each is open until a cancel closes it, once, or a payment arrives. */
export type OrderBook = {
  /** Undefined for an unknown order. */
  order(orderNo: string): SandboxOrder | undefined;
  /** Counts an accepted request and takes the next step of the order's plan. */
  nextFault(orderNo: string): Fault;
  /** Executes a cancel; true if it closed the order. */
  cancel(orderNo: string): boolean;
  /** Creates an order, or changes its status and the faults of its next requests. */
  set(orderNo: string, change: SandboxOrderChange): void;
};

const ok: Fault = { name: 'ok', delayMs: 0 };

export function newOrderBook(plan: FaultPlan, unknown: 'any' | 'registered'): OrderBook {
  const planned = new Map(Object.entries(plan).map(([no, steps]) => [no, parseFaults(steps)]));
  const entries = new Map<string, Entry>();

  function add(orderNo: string): Entry {
    if (entries.size >= ordersMax) {
      throw invalidInput('orderNo', `is one too many: the sandbox holds ${ordersMax} orders`);
    }
    const faults = [...(planned.get(orderNo) ?? planned.get('*') ?? [])];
    const entry: Entry = { status: 'open', requests: 0, executions: 0, faults };
    entries.set(orderNo, entry);
    return entry;
  }

  const seen = (orderNo: string): Entry | undefined =>
    entries.get(orderNo) ?? (unknown === 'any' ? add(orderNo) : undefined);

  return {
    order(orderNo) {
      const entry = entries.get(orderNo);
      if (entry === undefined) return undefined;
      const { faults, ...state } = entry;
      return { orderNo, ...state, faultsLeft: faults.length };
    },
    nextFault(orderNo) {
      const entry = seen(orderNo);
      if (entry === undefined) return ok;
      entry.requests += 1;
      return entry.faults.shift() ?? ok;
    },
    cancel(orderNo) {
      const entry = seen(orderNo);
      if (entry === undefined) return false;
      entry.executions += 1;
      if (entry.status !== 'open') return false;
      entry.status = 'closed';
      return true;
    },
    set(orderNo, { status, faults }) {
      const steps = faults === undefined ? undefined : parseFaults(faults);
      const entry = entries.get(orderNo) ?? add(orderNo);
      if (status !== undefined) entry.status = status;
      if (steps !== undefined) entry.faults = steps;
    },
  };
}
