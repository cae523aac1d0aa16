import { PaymentOrderError } from '../errors.ts';
import { parseFaults } from './faults.ts';
import type { Fault, FaultPlan } from './faults.ts';

export type SandboxOrderStatus = 'open' | 'closed' | 'paid';

/** An order as the sandbox sees it. */
export type SandboxOrder = {
  readonly orderNo: string;
  readonly status: SandboxOrderStatus;
  /** Accepted cancel requests, executed or not. */
  readonly requests: number;
  /** How often a cancel was carried out, whether it closed the order or found it not closable. */
  readonly executions: number;
  /** Steps of its fault plan not used yet. */
  readonly faultsLeft: number;
};

type Entry = {
  status: SandboxOrderStatus;
  requests: number;
  executions: number;
  faults: Fault[];
};

/** The sandbox's orders: open until closed once by a cancel, or paid. */
export type OrderBook = {
  /** Undefined for an order it does not know. */
  order(orderNo: string): SandboxOrder | undefined;
  /** Counts an accepted request and takes the next step of the order's plan. */
  nextFault(orderNo: string): Fault;
  /** Carries a cancel out: true if this one closed the order. */
  cancel(orderNo: string): boolean;
  /** Makes an order known, in a state, with the faults of its next requests. */
  set(orderNo: string, change: { status?: SandboxOrderStatus; faults?: readonly string[] }): void;
};

const ok: Fault = { name: 'ok', delayMs: 0 };
const ordersMax = 100_000;

export function newOrderBook(plan: FaultPlan, unknown: 'any' | 'registered'): OrderBook {
  const planned = new Map(Object.entries(plan).map(([no, steps]) => [no, parseFaults(steps)]));
  const entries = new Map<string, Entry>();

  function add(orderNo: string): Entry {
    if (entries.size >= ordersMax) {
      throw new PaymentOrderError('invalid-input', `the sandbox holds ${ordersMax} orders`, {
        field: 'orderNo',
      });
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
