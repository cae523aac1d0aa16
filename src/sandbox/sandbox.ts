import { KeyObject, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { invalidInput } from '../errors.ts';
import { aFunction, parseInput, runtimeSchema, valueThat } from '../parse.ts';
import type { Runtime } from '../runtime.ts';
import { handleAdmin } from './admin.ts';
import { Answers } from './answers.ts';
import { Nonces, check } from './checks.ts';
import type { Checked, Checks } from './checks.ts';
import { problemOfPlan } from './faults.ts';
import type { FaultPlan } from './faults.ts';
import {
  connectionsMax,
  keepAliveMs,
  requestBytesMax,
  requestsMax,
  timestampWindowMs,
} from './limits.ts';
import { OrderBook } from './orders.ts';
import type { SandboxOrder, SandboxOrderChange } from './orders.ts';
import { perform } from './perform.ts';

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
   * it. `registered`: refuses.
   */
  readonly orders?: 'any' | 'registered' | undefined;
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
};

/** A request to the gateway, without its signature. */
export type SandboxRequest = {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly nonce: string | undefined;
  readonly timestamp: number | undefined;
  readonly orderNo: string | undefined;
  readonly processBillNo: string | undefined;
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
  /** Undefined for an unknown order. */
  order(orderNo: string): SandboxOrder | undefined;
  /** Creates an order, sets its status, or plans the faults of its next requests. */
  set(orderNo: string, change: SandboxOrderChange): void;
  /** Marks the order as paid, even a closed one: payments do arrive late. */
  pay(orderNo: string): void;
  /** Destroys every connection. May be repeated. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const optionsSchema = z.strictObject({
  runtime: runtimeSchema,
  port: z.int().min(0).max(65_535).optional(),
  appId: z.string().optional(),
  callerPublicKey: valueThat<string | KeyObject>((given) =>
    typeof given === 'string' || given instanceof KeyObject ? null : 'must be a PEM or a KeyObject',
  ),
  faults: valueThat<FaultPlan>(problemOfPlan).optional(),
  orders: z.enum(['any', 'registered']).optional(),
  timestampWindowMs: z.int().min(1).optional(),
  onRequest: aFunction<NonNullable<SandboxOptions['onRequest']>>().optional(),
  onAnswered: aFunction<NonNullable<SandboxOptions['onAnswered']>>().optional(),
  onPaid: aFunction<NonNullable<SandboxOptions['onPaid']>>().optional(),
} satisfies Record<keyof SandboxOptions, z.ZodType>);

/**
 * Starts a gateway to develop against, on 127.0.0.1: the platform's protocol and checks, and its
 * faults on demand. It knows no money: an order is open until it is closed by a cancel, or paid.
 *
 * People steer it with `GET` and `POST /sandbox/orders/:orderNo`, programs with `set` and `pay`.
 *
 * Source: the platform's gateway document (ETC运营中台接口文档) for the checks and their codes.
 *
 * @throws {PaymentOrderError} `invalid-input` with the name of the option. Node's own error where the
 * port is taken.
 * @example
 * const { publicKey } = sandboxKeys('.sandbox-keys');
 * const runtime = systemRuntime();
 * await using sandbox = await startSandbox({ runtime, callerPublicKey: publicKey });
 * console.log(sandbox.url);
 */
export async function startSandbox(given: SandboxOptions): Promise<Sandbox> {
  const options = parseInput(optionsSchema, given);
  const { runtime, appId = sandboxAppId, onAnswered } = options;
  const answers = new Answers(runtime);
  const orders = new OrderBook(options.faults ?? {}, options.orders ?? 'any', options.onPaid);
  const requests: SandboxRequest[] = [];

  function log(checked: Checked, fault: string): SandboxRequest {
    const entry = describe(checked, { receivedAt: runtime.now(), fault });
    requests.push(entry);
    if (requests.length > requestsMax) requests.shift();
    options.onRequest?.(entry);
    return entry;
  }

  const checks: Checks = {
    appId,
    callerPublicKey: readPublicKey(options.callerPublicKey),
    timestampWindowMs: options.timestampWindowMs ?? timestampWindowMs,
    nonces: new Nonces(),
    now: () => runtime.now(),
  };
  const context: SandboxContext = { orders, answers, checks, log, onAnswered };
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    handle(context, request, response).catch(() => {
      answers.json(response, 500, { error: 'the sandbox failed' });
    });
  });
  server.maxConnections = connectionsMax;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server that listens has such an address.
  const { port } = server.address() as AddressInfo;
  const close = () => stop(server, answers);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    appId,
    requests,
    order: (orderNo) => orders.order(orderNo),
    set: (orderNo, change) => {
      orders.set(orderNo, change);
    },
    pay: (orderNo) => {
      orders.set(orderNo, { status: 'paid' });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

type SandboxContext = {
  readonly orders: OrderBook;
  readonly answers: Answers;
  readonly checks: Checks;
  readonly log: (checked: Checked, fault: string) => SandboxRequest;
  readonly onAnswered: SandboxOptions['onAnswered'];
};

async function handle(
  context: SandboxContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { answers } = context;
  const body = await readBody(request, requestBytesMax);
  if (body === 'too-large') answers.json(response, 413, { error: 'over 64 KiB' });
  else if (body === 'broken') response.destroy();
  else if (request.url?.startsWith('/sandbox/') === true) {
    handleAdmin(context, { request, body }, response);
  } else if (request.url !== '/api/gateway') answers.json(response, 404, { error: 'no such page' });
  else if (request.method !== 'POST') answers.json(response, 405, { error: 'POST only' });
  else await handleCall(context, body, response);
}

async function handleCall(
  context: SandboxContext,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const { orders, answers, checks, log, onAnswered } = context;
  const checked = await check(body, checks);
  const { result } = checked;
  if (result.kind === 'rejected') {
    const request = log(checked, 'ok');
    answers.rejected(response, result.responseCode, result.responseMsg);
    onAnswered?.(request, undefined);
    return;
  }
  const orderNo = result.params.etc_order_no;
  const fault = orders.nextFault(orderNo);
  const step = fault.name === 'code' ? `code:${fault.responseCode ?? ''}` : fault.name;
  const request = log(checked, step);
  const finish = (): void => {
    const cancelResult = perform(context, { orderNo, fault }, response);
    onAnswered?.(request, cancelResult);
  };
  if (fault.delayMs === 0) finish();
  else answers.later(fault.delayMs, finish);
}

function describe(
  { envelope, result }: Checked,
  { receivedAt, fault }: { readonly receivedAt: number; readonly fault: string },
): SandboxRequest {
  const params = result.kind === 'accepted' ? result.params : undefined;
  return {
    receivedAt,
    nonce: envelope?.nonce,
    timestamp: envelope?.timestamp,
    orderNo: params?.etc_order_no,
    processBillNo: params?.etc_process_bill_no,
    reason: params?.reason,
    checked: result.kind === 'accepted' ? 'accepted' : result.responseCode,
    fault,
  };
}

async function readBody(
  request: IncomingMessage,
  bytesMax: number,
): Promise<Buffer | 'too-large' | 'broken'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Without an encoding set, a request gives Buffers.
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= bytesMax) chunks.push(chunk);
      // Reads on for a while, so that no reset destroys the answer.
      else if (bytes > 16 * bytesMax) return 'broken';
    }
  } catch {
    return 'broken';
  }
  return bytes > bytesMax ? 'too-large' : Buffer.concat(chunks);
}

function readPublicKey(key: string | KeyObject): KeyObject {
  try {
    return typeof key === 'string' ? createPublicKey(key) : key;
  } catch {
    throw invalidInput('callerPublicKey', 'is not a readable PEM');
  }
}

function stop(server: Server, answers: Answers): Promise<void> {
  answers.stop();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
