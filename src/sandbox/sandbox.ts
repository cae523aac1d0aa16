import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { invalidInput } from '../errors.ts';
import { billApiCode } from '../gateway/bill-wire.ts';
import { queryApiCode } from '../gateway/query-wire.ts';
import { cancelApiCode } from '../gateway/wire.ts';
import { parseInput } from '../parse.ts';
import { handleAdmin } from './admin.ts';
import { Answers } from './answers.ts';
import { Nonces, check } from './checks.ts';
import type { Checked, Checks, SandboxCall } from './checks.ts';
import type { Fault } from './faults.ts';
import {
  connectionsMax,
  keepAliveMs,
  requestBytesMax,
  requestsMax,
  timestampWindowMs,
} from './limits.ts';
import { Notices } from './notices.ts';
import type { SandboxNotice } from './notices.ts';
import { optionsSchema, sandboxAppId } from './options.ts';
import type { Sandbox, SandboxOptions, SandboxRequest } from './options.ts';
import { OrderBook } from './orders.ts';
import { performBill, performCancel, performQuery } from './perform.ts';
import { parseNotifyUrl } from './post-notice.ts';

/**
 * Starts a gateway to develop against, on 127.0.0.1: the platform's protocol and checks, and its
 * faults on demand. It knows no money: an order is open until it is closed by a cancel, or paid.
 * An order with a `notifyUrl` has notices posted to it, as the platform does.
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
  const requests: SandboxRequest[] = [];
  const { notices, sent, key } = noticesOf(options);
  const orders = new OrderBook({
    plan: options.faults ?? {},
    unknown: options.orders ?? 'any',
    onPaid: options.onPaid,
    parseNotifyUrl: (text) => parseNotifyUrl(text, options.allowRemoteNotifyUrls === true),
    statusLagMs: options.statusLagMs ?? 0,
    now: () => runtime.now(),
    onNews: (news) => {
      notices.send(news);
    },
  });

  function log(checked: Checked, fault: string): SandboxRequest {
    const entry = describe(checked, { receivedAt: runtime.now(), fault });
    keep(requests, entry);
    options.onRequest?.(entry);
    return entry;
  }

  const checks: Checks = {
    appId,
    callerPublicKey: readPublicKey(options.callerPublicKey),
    timestampWindowMs: options.timestampWindowMs ?? timestampWindowMs,
    nonces: new Nonces(),
    now: () => runtime.now(),
    disabledCalls: new Set(options.disabledCalls ?? []),
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
  const close = () => {
    notices.stop();
    return stop(server, answers);
  };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    appId,
    requests,
    notices: sent,
    get noticePublicKey() {
      return createPublicKey(key()).export({ type: 'spki', format: 'pem' }).toString();
    },
    order: (orderNo) => orders.order(orderNo),
    set: (orderNo, change) => {
      orders.set(orderNo, change);
    },
    planBills: orders.planBills.bind(orders),
    pay: (orderNo) => {
      orders.set(orderNo, { status: 'paid' });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function noticesOf({ runtime, noticePrivateKey, onNotice }: SandboxOptions) {
  const sent: SandboxNotice[] = [];
  let made = noticePrivateKey;
  // Made where it is needed, for it takes a moment.
  const key = (): KeyObject =>
    (made ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  const notices = new Notices({
    runtime,
    key,
    onNotice: (notice) => {
      keep(sent, notice);
      onNotice?.(notice);
    },
  });
  return { notices, sent, key };
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
  const { answers, checks, log, onAnswered } = context;
  const checked = await check(body, checks);
  const { result } = checked;
  if (result.kind === 'rejected') {
    const request = log(checked, 'ok');
    answers.rejected(response, result.responseCode, result.responseMsg);
    onAnswered?.(request, undefined);
    return;
  }
  const { fault, finish } = planned(context, result.call, response);
  const request = log(
    checked,
    fault.name === 'code' ? `code:${fault.responseCode ?? ''}` : fault.name,
  );
  const answer = (): void => {
    const cancelResult = finish();
    onAnswered?.(request, cancelResult);
  };
  if (fault.delayMs === 0) answer();
  else answers.later(fault.delayMs, answer);
}

/** The step of the plan that a call takes, and what then handles it. */
function planned(
  context: SandboxContext,
  call: SandboxCall,
  response: ServerResponse,
): { readonly fault: Fault<string>; readonly finish: () => boolean | undefined } {
  const { orders } = context;
  switch (call.apiCode) {
    case cancelApiCode: {
      const { etc_order_no: orderNo, etc_process_bill_no: processBillNo } = call.params;
      const fault = orders.nextFault(orderNo, processBillNo);
      return { fault, finish: () => performCancel(context, { orderNo, fault }, response) };
    }
    case queryApiCode: {
      const orderNo = call.params.etc_order_no;
      const fault = orders.nextQueryFault(orderNo);
      return {
        fault,
        finish: () => {
          performQuery(context, { orderNo, fault }, response);
          return undefined;
        },
      };
    }
    case billApiCode: {
      const fault = orders.nextBillFault();
      return {
        fault,
        finish: () => {
          performBill(context, { params: call.params, fault }, response);
          return undefined;
        },
      };
    }
  }
}

function describe(
  { envelope, result }: Checked,
  { receivedAt, fault }: { readonly receivedAt: number; readonly fault: string },
): SandboxRequest {
  const params: Readonly<Record<string, string | undefined>> =
    result.kind === 'accepted' ? result.call.params : {};
  return {
    receivedAt,
    nonce: envelope?.nonce,
    timestamp: envelope?.timestamp,
    apiCode: envelope?.apiCode,
    orderNo: params['etc_order_no'],
    processBillNo: params['etc_process_bill_no'],
    reason: params['reason'],
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

/** Adds to a log that holds the newest 1000. */
function keep<T>(log: T[], entry: T): void {
  log.push(entry);
  if (log.length > requestsMax) log.shift();
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
