import { z } from 'zod';
import { invalidInput } from '../errors.ts';
import { parseInput } from '../parse.ts';
import { parseFaults } from './faults.ts';
import type { Fault, FaultPlan } from './faults.ts';
import { ordersMax, stepsMax } from './limits.ts';
import type { NoticeContent } from './notice-body.ts';
import { parseNoticeSteps, plainNotice } from './notice-steps.ts';
import type { SandboxNoticeStep } from './notice-steps.ts';
import type { News } from './notices.ts';

export const sandboxOrderStatuses = ['open', 'closed', 'paid', 'failed'] as const;
export type SandboxOrderStatus = (typeof sandboxOrderStatuses)[number];

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
  /** Where notices of it are posted; undefined where none are. */
  readonly notifyUrl?: string | undefined;
};

/** A refund at the sandbox: it is told, and changes nothing else. */
export type SandboxRefund = {
  readonly refundNo: string;
  /** Yuan as text. Default: the order's amount. */
  readonly amount?: string | undefined;
  /** Default `succeeded`. */
  readonly status?: 'succeeded' | 'failed' | undefined;
};

/** A change of an order: what is absent stays as it is. */
export type SandboxOrderChange = {
  readonly status?: SandboxOrderStatus | undefined;
  /** Steps of the plan for the next requests; see `FaultPlan`. */
  readonly faults?: readonly string[] | undefined;
  /**
   * Where notices are posted when the order is paid, fails or is refunded: plain http on loopback,
   * without a query. Each is repeated until the answer is `{"response_code":"000"}`.
   */
  readonly notifyUrl?: string | undefined;
  /** How the next notices are sent, a step for each; see `parseNoticeSteps`. */
  readonly notices?: readonly string[] | undefined;
  /** What a notice says as `biz_amt`: yuan as text, at most 64 characters. Default: none. */
  readonly amount?: string | undefined;
  readonly refund?: SandboxRefund | undefined;
};

const steps = z.array(z.string().max(64)).max(stepsMax).optional();
const amount = z.string().max(64).optional();

const changeSchema = z.strictObject({
  status: z.enum(sandboxOrderStatuses).optional(),
  faults: steps,
  notifyUrl: z.string().max(2048).optional(),
  notices: steps,
  amount,
  refund: z
    .strictObject({
      refundNo: z.string().min(1).max(64),
      amount,
      status: z.enum(['succeeded', 'failed']).optional(),
    })
    .optional(),
} satisfies Record<keyof SandboxOrderChange, z.ZodType>);

type Entry = {
  status: SandboxOrderStatus;
  requests: number;
  executions: number;
  faults: Fault[];
  notifyUrl: string | undefined;
  notices: SandboxNoticeStep[];
  amount: string | undefined;
};

const ok: Fault = { name: 'ok', delayMs: 0 };

export type OrderBookOptions = {
  readonly plan: FaultPlan;
  readonly unknown: 'any' | 'registered';
  readonly onPaid: ((orderNo: string) => void) | undefined;
  readonly parseNotifyUrl: (text: string) => string;
  /** The time of a notice, as the platform writes it. */
  readonly time: () => string;
  readonly onNews: (news: News) => void;
};

/** The sandbox's orders. Each is open until a cancel closes it, once, or a payment arrives. */
export class OrderBook {
  readonly #options: OrderBookOptions;
  readonly #plan: ReadonlyMap<string, readonly Fault[]>;
  readonly #entries = new Map<string, Entry>();

  constructor(options: OrderBookOptions) {
    this.#options = options;
    const steps = Object.entries(options.plan);
    this.#plan = new Map(steps.map(([orderNo, faults]) => [orderNo, parseFaults(faults)]));
  }

  /** Undefined for an unknown order. */
  order(orderNo: string): SandboxOrder | undefined {
    const entry = this.#entries.get(orderNo);
    if (entry === undefined) return undefined;
    const { status, requests, executions, faults, notifyUrl } = entry;
    return { orderNo, status, requests, executions, faultsLeft: faults.length, notifyUrl };
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

  /** Makes a `SandboxOrderChange`. What happens to the order's money is told to its notify URL. */
  set(orderNo: string, change: unknown): void {
    const { status, faults, notices, notifyUrl, amount, refund } = parseInput(changeSchema, change);
    // All is parsed first, so that a refused change changes nothing.
    const parsed = {
      ...(faults === undefined ? {} : { faults: parseFaults(faults) }),
      ...(notices === undefined ? {} : { notices: parseNoticeSteps(notices) }),
      ...(notifyUrl === undefined ? {} : { notifyUrl: this.#options.parseNotifyUrl(notifyUrl) }),
      ...(amount === undefined ? {} : { amount }),
    };
    const entry = this.#entries.get(orderNo) ?? this.#add(orderNo);
    Object.assign(entry, parsed);
    const isNew = status !== undefined && status !== entry.status;
    if (isNew) entry.status = status;
    if (isNew && status === 'paid') this.#options.onPaid?.(orderNo);
    if (isNew && (status === 'paid' || status === 'failed')) {
      this.#tell(orderNo, entry, {
        api_callback_code: 'create_order',
        status: status === 'paid' ? 'succeeded' : 'failed',
        etc_biz_no: orderNo,
        biz_amt: entry.amount,
      });
    }
    if (refund !== undefined) {
      this.#tell(orderNo, entry, {
        api_callback_code: 'launch_revert',
        status: refund.status ?? 'succeeded',
        etc_biz_no: refund.refundNo,
        biz_amt: refund.amount ?? entry.amount,
      });
    }
  }

  #tell(orderNo: string, entry: Entry, content: Omit<NoticeContent, 'time'>): void {
    const { notifyUrl } = entry;
    if (notifyUrl === undefined) return;
    const step = entry.notices.shift() ?? plainNotice;
    const time = this.#options.time();
    this.#options.onNews({ orderNo, notifyUrl, step, content: { ...content, time } });
  }

  #called(orderNo: string): Entry | undefined {
    const { unknown } = this.#options;
    return this.#entries.get(orderNo) ?? (unknown === 'any' ? this.#add(orderNo) : undefined);
  }

  #add(orderNo: string): Entry {
    if (this.#entries.size >= ordersMax) {
      throw invalidInput('orderNo', `is one too many: the sandbox holds ${ordersMax} orders`);
    }
    const faults = [...(this.#plan.get(orderNo) ?? this.#plan.get('*') ?? [])];
    const entry: Entry = {
      ...{ status: 'open', requests: 0, executions: 0, faults },
      ...{ notifyUrl: undefined, notices: [], amount: undefined },
    };
    this.#entries.set(orderNo, entry);
    return entry;
  }
}
