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

const ok: Fault = { name: 'ok', delayMs: 0 };

/** The sandbox's orders. Each is open until a cancel closes it, once, or a payment arrives. */
export class OrderBook {
  readonly #plan: ReadonlyMap<string, readonly Fault[]>;
  readonly #unknown: 'any' | 'registered';
  readonly #onPaid: ((orderNo: string) => void) | undefined;
  readonly #entries = new Map<string, Entry>();

  constructor(
    plan: FaultPlan,
    unknown: 'any' | 'registered',
    onPaid: ((orderNo: string) => void) | undefined,
  ) {
    this.#plan = new Map(Object.entries(plan).map(([no, steps]) => [no, parseFaults(steps)]));
    this.#unknown = unknown;
    this.#onPaid = onPaid;
  }

  /** Undefined for an unknown order. */
  order(orderNo: string): SandboxOrder | undefined {
    const entry = this.#entries.get(orderNo);
    if (entry === undefined) return undefined;
    const { faults, ...state } = entry;
    return { orderNo, ...state, faultsLeft: faults.length };
  }

  /** Counts an accepted request and takes the next step of the order's plan. */
  nextFault(orderNo: string): Fault {
    const entry = this.#called(orderNo);
    if (entry === undefined) return ok;
    entry.requests += 1;
    return entry.faults.shift() ?? ok;
  }

  /** Executes a cancel; true if it closed the order. */
  cancel(orderNo: string): boolean {
    const entry = this.#called(orderNo);
    if (entry === undefined) return false;
    entry.executions += 1;
    if (entry.status !== 'open') return false;
    entry.status = 'closed';
    return true;
  }

  /** Creates an order, or changes its status and the faults of its next requests. */
  set(orderNo: string, { status, faults }: SandboxOrderChange): void {
    const steps = faults === undefined ? undefined : parseFaults(faults);
    const entry = this.#entries.get(orderNo) ?? this.#add(orderNo);
    const paidNow = status === 'paid' && entry.status !== 'paid';
    if (status !== undefined) entry.status = status;
    if (steps !== undefined) entry.faults = steps;
    if (paidNow) this.#onPaid?.(orderNo);
  }

  #called(orderNo: string): Entry | undefined {
    return this.#entries.get(orderNo) ?? (this.#unknown === 'any' ? this.#add(orderNo) : undefined);
  }

  #add(orderNo: string): Entry {
    if (this.#entries.size >= ordersMax) {
      throw invalidInput('orderNo', `is one too many: the sandbox holds ${ordersMax} orders`);
    }
    const faults = [...(this.#plan.get(orderNo) ?? this.#plan.get('*') ?? [])];
    const entry: Entry = { status: 'open', requests: 0, executions: 0, faults };
    this.#entries.set(orderNo, entry);
    return entry;
  }
}
