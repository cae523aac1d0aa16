import { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { aFunction, runtimeSchema, valueThat } from '../parse.ts';
import type { Runtime } from '../runtime.ts';
import { sandboxApiCodes } from './checks.ts';
import { problemOfPlan } from './faults.ts';
import type { FaultPlan } from './faults.ts';
import { delayMsMax } from './limits.ts';
import type { SandboxNotice } from './notices.ts';
import type { SandboxOrder, SandboxOrderChange } from './orders.ts';

/** The appId that the sandbox accepts by default. */
export const sandboxAppId = 'SANDBOXAPPID0001';

export type SandboxOptions = {
  readonly runtime: Runtime;
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** Default `sandboxAppId`. */
  readonly appId?: string | undefined;
  /** The public half of the caller's key, as PEM or `KeyObject`. */
  readonly callerPublicKey: string | KeyObject;
  readonly faults?: FaultPlan | undefined;
  /**
   * What a cancel of an unknown order does. `any` (default): creates the order, open, and closes
   * it. `registered`: refuses. A question about an unknown order creates none: it is answered
   * `pending`, or with `registered` without data.
   */
  readonly orders?: 'any' | 'registered' | undefined;
  /** The calls that are answered with 400002, 'the call is disabled'. Default: none. */
  readonly disabledCalls?: readonly (typeof sandboxApiCodes)[number][] | undefined;
  /**
   * For so long a question about a closed order is still answered `pending`, ms. Default 0; at most
   * 600,000. `set` gives an order a lag of its own.
   */
  readonly statusLagMs?: number | undefined;
  /** How old a timestamp may be, ms. Default 30,000. */
  readonly timestampWindowMs?: number | undefined;
  /** Called for every request to the gateway once it is checked, before it is handled. */
  readonly onRequest?: ((request: SandboxRequest) => void) | undefined;
  /**
   * Called for the same request once it is handled: after the delay of its plan, and also where
   * its fault is to give no answer. `cancelResult` is the result of the cancel, undefined where it
   * was not executed. Not called for a request that still waits when the sandbox closes.
   */
  readonly onAnswered?:
    ((request: SandboxRequest, cancelResult: boolean | undefined) => void) | undefined;
  /** Called when an order is paid: by `pay`, `set`, the fault `paid-during` or the admin API. */
  readonly onPaid?: ((orderNo: string) => void) | undefined;
  /** Signs notices, where a step says `signed`. Default: a key of its own, RSA with 2048 bits. */
  readonly noticePrivateKey?: KeyObject | undefined;
  /** Whether notices may be posted to other places than this machine. Default false. */
  readonly allowRemoteNotifyUrls?: boolean | undefined;
  /** Called after each attempt to have a notice acknowledged. */
  readonly onNotice?: ((notice: SandboxNotice) => void) | undefined;
};

/** A request to the gateway, without its signature. */
export type SandboxRequest = {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly nonce: string | undefined;
  readonly timestamp: number | undefined;
  readonly orderNo: string | undefined;
  readonly processBillNo: string | undefined;
  /** The call, such as `payment.order.cancel`. */
  readonly apiCode: string | undefined;
  readonly reason: string | undefined;
  /** `accepted`, or the responseCode of the check that failed. */
  readonly checked: string;
  /** Its step of the fault plan, without the delay; `ok` for none. */
  readonly fault: string;
};

export type Sandbox = {
  /** `http://127.0.0.1:port`: the gateway's URL. */
  readonly url: string;
  readonly port: number;
  readonly appId: string;
  /** The newest 1000 requests, oldest first. */
  readonly requests: readonly SandboxRequest[];
  /** The newest 1000 attempts to have a notice acknowledged, oldest first. */
  readonly notices: readonly SandboxNotice[];
  /** Verifies signed notices: PEM, as `platformNotices` takes it. */
  readonly noticePublicKey: string;
  /** Undefined for an unknown order. */
  order(orderNo: string): SandboxOrder | undefined;
  /** Creates an order or changes it, plans faults and notices, or reports a refund. */
  set(orderNo: string, change: SandboxOrderChange): void;
  /** Plans the next questions for a bill; see `billFaultMeanings`. */
  planBills(faults: readonly string[]): void;
  /** Marks the order as paid, even a closed one: payments do arrive late. */
  pay(orderNo: string): void;
  /** Destroys every connection. May be repeated. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export const optionsSchema = z.strictObject({
  runtime: runtimeSchema,
  port: z.int().min(0).max(65_535).optional(),
  appId: z.string().optional(),
  callerPublicKey: valueThat<string | KeyObject>((given) =>
    typeof given === 'string' || given instanceof KeyObject ? null : 'must be a PEM or a KeyObject',
  ),
  faults: valueThat<FaultPlan>(problemOfPlan).optional(),
  orders: z.enum(['any', 'registered']).optional(),
  disabledCalls: z.array(z.enum(sandboxApiCodes)).optional(),
  statusLagMs: z.int().min(0).max(delayMsMax).optional(),
  timestampWindowMs: z.int().min(1).optional(),
  onRequest: aFunction<NonNullable<SandboxOptions['onRequest']>>().optional(),
  onAnswered: aFunction<NonNullable<SandboxOptions['onAnswered']>>().optional(),
  onPaid: aFunction<NonNullable<SandboxOptions['onPaid']>>().optional(),
  noticePrivateKey: valueThat<KeyObject>((given) =>
    given instanceof KeyObject && given.type === 'private' && given.asymmetricKeyType === 'rsa'
      ? null
      : 'must be the KeyObject of an RSA private key',
  ).optional(),
  allowRemoteNotifyUrls: z.boolean().optional(),
  onNotice: aFunction<NonNullable<SandboxOptions['onNotice']>>().optional(),
} satisfies Record<keyof SandboxOptions, z.ZodType>);
