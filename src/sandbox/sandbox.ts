import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PaymentOrderError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { handleAdmin } from './admin.ts';
import type { Change } from './admin.ts';
import { newAnswers } from './answers.ts';
import { check } from './checks.ts';
import type { Checked, Checks } from './checks.ts';
import type { FaultPlan } from './faults.ts';
import { newNonces } from './nonces.ts';
import { newOrderBook } from './orders.ts';
import type { SandboxOrder } from './orders.ts';
import { perform } from './perform.ts';
import type { PerformContext } from './perform.ts';

export const sandboxAppId = 'SANDBOXAPPID0001';

export type SandboxOptions = {
  readonly runtime: Runtime;
  /** 0, the default: any free port. Always on 127.0.0.1. */
  readonly port?: number | undefined;
  /** Default `sandboxAppId`. */
  readonly appId?: string | undefined;
  /** The public half of the caller's key: PEM or KeyObject. */
  readonly callerPublicKey: string | KeyObject;
  readonly faults?: FaultPlan | undefined;
  /** `any` (default): an order is open from the first request on. `registered`: refused instead. */
  readonly orders?: 'any' | 'registered' | undefined;
  /** How old a timestamp may be. Default 30,000. */
  readonly timestampWindowMs?: number | undefined;
  /** Called for every request to the gateway once it is checked, before it is handled. */
  readonly onRequest?: ((request: SandboxRequest) => void) | undefined;
  /**
   * Called for the same request once it is handled: after the delay of its plan, and also where
   * its fault is to give no answer. `cancelResult` is what the cancel came to, undefined where it
   * was not executed. Not called for a request that still waits when the sandbox closes.
   */
  readonly onAnswered?:
    ((request: SandboxRequest, cancelResult: boolean | undefined) => void) | undefined;
  /** The payment of an order arrived, by `pay`, by `paid-during`, or by the admin API. */
  readonly onPaid?: ((orderNo: string) => void) | undefined;
};

/** A request that arrived, without its signature. */
export type SandboxRequest = {
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly nonce: string | undefined;
  readonly timestamp: number | undefined;
  readonly orderNo: string | undefined;
  readonly processBillNo: string | undefined;
  readonly reason: string | undefined;
  /** `accepted`, or the responseCode it was rejected with. */
  readonly checked: string;
  /** The step of the fault plan it met; `ok` for none. */
  readonly fault: string;
};

export type Sandbox = {
  /** `http://127.0.0.1:port`, to be used as the gateway's URL. */
  readonly url: string;
  readonly port: number;
  readonly appId: string;
  /** The newest 1000 requests, oldest first. */
  readonly requests: readonly SandboxRequest[];
  /** Undefined for an order it does not know. */
  order(orderNo: string): SandboxOrder | undefined;
  /** Makes an order known, sets its state, or plans the faults of its next requests. */
  set(orderNo: string, change: Change): void;
  /** The payment arrives, also for an order already closed: such things happen. */
  pay(orderNo: string): void;
  /** Destroys every connection. Harmless when repeated. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const requestsMax = 1000;
const requestBytesMax = 65_536;
const connectionsMax = 1000;

/** A gateway to develop against: the platform's protocol and checks, its faults on demand. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { runtime, appId = sandboxAppId } = options;
  const answers = newAnswers(runtime);
  const orders = newOrderBook(options.faults ?? {}, options.orders ?? 'any');
  const requests: SandboxRequest[] = [];

  function change(orderNo: string, wanted: Change): void {
    const wasPaid = orders.order(orderNo)?.status === 'paid';
    orders.set(orderNo, wanted);
    if (wanted.status === 'paid' && !wasPaid) options.onPaid?.(orderNo);
  }
  function pay(orderNo: string): void {
    change(orderNo, { status: 'paid' });
  }
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
    timestampWindowMs: options.timestampWindowMs ?? 30_000,
    nonces: newNonces(),
    now: () => runtime.now(),
  };
  const { onAnswered } = options;
  const context: SandboxContext = { orders, answers, pay, change, checks, log, onAnswered };
  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    handle(context, request, response).catch(() => {
      answers.json(response, 500, { error: 'the sandbox failed' });
    });
  });
  server.maxConnections = connectionsMax;
  const port = await listen(server, options.port ?? 0);
  const close = () => stop(server, answers);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    appId,
    requests,
    order: (orderNo) => orders.order(orderNo),
    set: change,
    pay,
    close,
    [Symbol.asyncDispose]: close,
  };
}

type SandboxContext = PerformContext & {
  readonly change: (orderNo: string, change: Change) => void;
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
    const { responseCode, responseMsg } = result;
    answers.envelope(response, { responseCode, responseMsg, data: null });
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
      // Read on for a while, so that the answer is not lost to a reset; then no more.
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
    throw new PaymentOrderError('invalid-input', "the caller's public key is not readable PEM", {
      field: 'callerPublicKey',
    });
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      // A TCP server that listens has such an address.
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function stop(server: Server, answers: ReturnType<typeof newAnswers>): Promise<void> {
  answers.stop();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
