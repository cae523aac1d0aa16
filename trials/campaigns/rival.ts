import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { createInterface } from 'node:readline';
import { PaymentOrderError } from '../../src/errors.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { sandboxKeys } from '../../src/sandbox/index.ts';

/** The argument of a rival process. */
export type RivalOptions = { readonly url: string; readonly appId: string; readonly keys: string };

/** Steps that a rival takes one after the other. */
export type Request = {
  readonly steps: readonly ('open' | 'create' | 'cancel' | 'close')[];
  readonly path: string;
  readonly orderNo: string;
  readonly commandId?: string;
  readonly actor?: { readonly kind: string; readonly id: string };
};

export type Answer =
  | { readonly ok: false; readonly what: string }
  | { readonly ok: true; readonly receipt: RivalReceipt | null };

export type RivalReceipt = {
  readonly kind: string;
  readonly revision: number;
  readonly hash: string;
};

// One of several processes on one file. It lives for many rounds, each with a new file.
const rivalOptions = JSON.parse(process.argv[2] ?? '') as RivalOptions;
const { privateKey } = sandboxKeys(rivalOptions.keys);
let orders: PaymentOrders | null = null;

for await (const line of createInterface({ input: process.stdin })) {
  // `rivals.ts` wrote it.
  const answer = await answered(JSON.parse(line) as Request);
  writeSync(1, `${JSON.stringify(answer)}\n`);
}

async function answered(request: Request): Promise<Answer> {
  try {
    let receipt: RivalReceipt | null = null;
    for (const step of request.steps) receipt = (await taken(step, request)) ?? receipt;
    return { ok: true, receipt };
  } catch (error) {
    const code = error instanceof PaymentOrderError ? error.code : 'unnamed';
    return { ok: false, what: `${code}: ${error instanceof Error ? error.message : 'no error'}` };
  }
}

async function taken(
  step: Request['steps'][number],
  { path, orderNo, commandId, actor }: Request,
): Promise<RivalReceipt | null> {
  if (step === 'open') {
    const { url, appId } = rivalOptions;
    orders = await openPaymentOrders({
      store: `sqlite:${path}`,
      gateway: { url, appId, privateKey },
    });
    return null;
  }
  if (orders === null) throw new Error(`'${step}' before 'open'`);
  if (step === 'close') {
    await orders.close();
    orders = null;
    flushCompileCache();
    return null;
  }
  const options = {
    ...(commandId === undefined ? {} : { commandId }),
    ...(actor === undefined ? {} : { actor }),
  };
  const { kind, revision, hash } =
    step === 'create'
      ? await orders.create({ orderNo, processBillNo: 'F1', ...options })
      : await orders.cancel(orderNo, { reason: '临时决定关单取消支付', ...options });
  return { kind, revision, hash };
}
