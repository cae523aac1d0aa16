import { z } from 'zod';
import { compact } from '../compact.ts';
import { invalidInput } from '../errors.ts';
import type { BillParams } from '../gateway/bill-wire.ts';
import { parseInput } from '../parse.ts';
import { faultyCallOf, parseFaults } from './faults.ts';
import type { BillFaultName, Fault, FaultPlan, QueryFaultName } from './faults.ts';
import { delayMsMax, ordersMax, refundsMax, stepsMax } from './limits.ts';
import { chinaTime } from './notice-body.ts';
import type { NoticeContent } from './notice-body.ts';
import { parseNoticeSteps, plainNotice } from './notice-steps.ts';
import type { SandboxNoticeStep } from './notice-steps.ts';
import type { News } from './notices.ts';
import { billLinesOf, reportOf } from './reports.ts';
import type { BillLine, StatusReport } from './reports.ts';

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
  /** Steps of its fault plan that are left, of those for cancels. */
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
  /** Steps of the plan for the next cancels; see `FaultPlan`. */
  readonly faults?: readonly string[] | undefined;
  /** Steps of the plan for the next questions; see `queryFaultMeanings`. */
  readonly queryFaults?: readonly string[] | undefined;
  /** For so long a question is still answered `pending` after the order closes, ms. */
  readonly statusLagMs?: number | undefined;
  /** 1 to 32 characters. */
  readonly processBillNo?: string | undefined;
  /**
   * Opens the order as the platform does with `auto_cancel`: all other open orders of its process
   * bill are closed, without a notice.
   */
  readonly autoCancel?: boolean | undefined;
  /**
   * Where notices are posted when the order is paid, fails or is refunded: plain http on loopback,
   * without a query. Each is repeated until the answer is `{"response_code":"000"}`.
   */
  readonly notifyUrl?: string | undefined;
  /** How the next notices are sent, a step for each; see `parseNoticeSteps`. */
  readonly notices?: readonly string[] | undefined;
  /**
   * What a notice, a status and a bill say: yuan as text, at most 64 characters. Default: none, and
   * in a bill, which needs one, 0.00.
   */
  readonly amount?: string | undefined;
  readonly refund?: SandboxRefund | undefined;
};

const steps = z.array(z.string().max(64)).max(stepsMax).optional();
const amount = z.string().max(64).optional();

const changeSchema = z.strictObject({
  status: z.enum(sandboxOrderStatuses).optional(),
  faults: steps,
  queryFaults: steps,
  statusLagMs: z.int().min(0).max(delayMsMax).optional(),
  processBillNo: z.string().min(1).max(32).optional(),
  autoCancel: z.boolean().optional(),
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
  queryFaults: Fault<QueryFaultName>[];
  notifyUrl: string | undefined;
  notices: SandboxNoticeStep[];
  amount: string | undefined;
  processBillNo: string | undefined;
  statusLagMs: number | undefined;
  /** When its status became what it is, ms since the epoch. */
  changedAtMs: number;
  refunds: (SandboxRefund & { readonly atMs: number })[];
};

const ok = { name: 'ok', delayMs: 0 } as const;

export type OrderBookOptions = {
  readonly plan: FaultPlan;
  readonly unknown: 'any' | 'registered';
  readonly onPaid: ((orderNo: string) => void) | undefined;
  readonly parseNotifyUrl: (text: string) => string;
  readonly statusLagMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onNews: (news: News) => void;
};

/** The sandbox's orders. Each is open until a cancel closes it, once, or a payment arrives. */
export class OrderBook {
  readonly #options: OrderBookOptions;
  readonly #plan: ReadonlyMap<string, readonly Fault[]>;
  readonly #queryPlan: ReadonlyMap<string, readonly Fault<QueryFaultName>[]>;
  #billPlan: Fault<BillFaultName>[];
  readonly #entries = new Map<string, Entry>();

  constructor(options: OrderBookOptions) {
    this.#options = options;
    const { cancel, query, bill } = Object.groupBy(Object.entries(options.plan), ([key]) =>
      faultyCallOf(key),
    );
    this.#plan = new Map((cancel ?? []).map(([key, steps]) => [key, parseFaults(steps)]));
    this.#queryPlan = new Map(
      (query ?? []).map(([key, steps]) => [
        key.slice('query:'.length),
        parseFaults(steps, 'query'),
      ]),
    );
    this.#billPlan = (bill ?? []).flatMap(([, steps]) => parseFaults(steps, 'bill'));
  }

  /** Undefined for an unknown order. */
  order(orderNo: string): SandboxOrder | undefined {
    const entry = this.#entries.get(orderNo);
    if (entry === undefined) return undefined;
    const { status, requests, executions, faults, notifyUrl } = entry;
    return { orderNo, status, requests, executions, faultsLeft: faults.length, notifyUrl };
  }

  /** Counts an accepted cancel and takes the next step of the order's plan. */
  nextFault(orderNo: string, processBillNo: string): Fault {
    const entry = this.#called(orderNo);
    if (entry === undefined) return ok;
    entry.requests += 1;
    entry.processBillNo ??= processBillNo;
    return entry.faults.shift() ?? ok;
  }

  /** Takes the next step of the plan for questions. A question creates no order. */
  nextQueryFault(orderNo: string): Fault<QueryFaultName> {
    const entry = this.#entries.get(orderNo);
    if (entry !== undefined) return entry.queryFaults.shift() ?? ok;
    return this.#queryFaultsOf(orderNo)[0] ?? ok;
  }

  planBills(steps: readonly string[]): void {
    this.#billPlan = parseFaults(steps, 'bill');
  }

  /** Takes the next step of the plan for bills. */
  nextBillFault(): Fault<BillFaultName> {
    return this.#billPlan.shift() ?? ok;
  }

  /** What a question about an order is told; null where there is no such order. */
  report(orderNo: string): StatusReport | null {
    const entry = this.#entries.get(orderNo);
    if (entry !== undefined) return reportOf(orderNo, entry, this.#options);
    const isKnown = this.#options.unknown === 'any';
    return isKnown ? { etc_order_no: orderNo, pay_channel: 'wx_pub', status: 'pending' } : null;
  }

  /** The rows of a bill, in the order in which the orders were created. */
  bill(params: BillParams): readonly BillLine[] {
    return Array.from(this.#entries).flatMap(([orderNo, entry]) =>
      billLinesOf(orderNo, entry, params),
    );
  }

  /** Executes a cancel; true if it closed the order. */
  cancel(orderNo: string): boolean {
    const entry = this.#called(orderNo);
    if (entry === undefined) return false;
    entry.executions += 1;
    if (entry.status !== 'open') return false;
    this.#change(entry, 'closed');
    return true;
  }

  /** Makes a `SandboxOrderChange`. What happens to the order's money is told to its notify URL. */
  set(orderNo: string, change: unknown): void {
    const { status, faults, queryFaults, notices, notifyUrl, refund, autoCancel, ...plain } =
      parseInput(changeSchema, change);
    const before = this.#entries.get(orderNo);
    if (autoCancel === true && (plain.processBillNo ?? before?.processBillNo) === undefined) {
      throw invalidInput('autoCancel', 'needs the processBillNo whose other orders it closes');
    }
    if (refund !== undefined && (before?.refunds.length ?? 0) >= refundsMax) {
      throw invalidInput('refund', `is one too many: an order holds ${refundsMax} refunds`);
    }
    // All is parsed first, so that a refused change changes nothing.
    const parsed = compact({
      ...plain,
      faults: faults && parseFaults(faults),
      queryFaults: queryFaults && parseFaults(queryFaults, 'query'),
      notices: notices && parseNoticeSteps(notices),
      notifyUrl: notifyUrl === undefined ? undefined : this.#options.parseNotifyUrl(notifyUrl),
    });
    const entry = before ?? this.#add(orderNo);
    Object.assign(entry, parsed);
    if (autoCancel === true) this.#closeOthers(orderNo, entry.processBillNo);
    const isNew = status !== undefined && status !== entry.status;
    if (isNew) this.#change(entry, status);
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
      entry.refunds.push({ ...refund, atMs: this.#options.now() });
      this.#tell(orderNo, entry, {
        api_callback_code: 'launch_revert',
        status: refund.status ?? 'succeeded',
        etc_biz_no: refund.refundNo,
        biz_amt: refund.amount ?? entry.amount,
      });
    }
  }

  #change(entry: Entry, status: SandboxOrderStatus): void {
    entry.status = status;
    entry.changedAtMs = this.#options.now();
  }

  #closeOthers(orderNo: string, processBillNo: string | undefined): void {
    for (const [otherNo, other] of this.#entries) {
      const isMeant = otherNo !== orderNo && other.processBillNo === processBillNo;
      if (isMeant && other.status === 'open') this.#change(other, 'closed');
    }
  }

  #queryFaultsOf(orderNo: string): readonly Fault<QueryFaultName>[] {
    return this.#queryPlan.get(orderNo) ?? this.#queryPlan.get('*') ?? [];
  }

  #tell(orderNo: string, entry: Entry, content: Omit<NoticeContent, 'time'>): void {
    const { notifyUrl } = entry;
    if (notifyUrl === undefined) return;
    const step = entry.notices.shift() ?? plainNotice;
    const time = chinaTime(this.#options.now());
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
      queryFaults: [...this.#queryFaultsOf(orderNo)],
      ...{ notifyUrl: undefined, notices: [], amount: undefined, refunds: [] },
      ...{ processBillNo: undefined, statusLagMs: undefined, changedAtMs: this.#options.now() },
    };
    this.#entries.set(orderNo, entry);
    return entry;
  }
}
