import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { RecordedEvent } from '../../src/event-store/event-store.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { cancelParams } from '../../src/gateway/wire.ts';
import type { Translate } from '../../src/inbox/types.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { instantOf } from '../../src/runtime.ts';
import type { Runtime } from '../../src/runtime.ts';
import { scriptedGateway } from '../../src/testing/scripted-gateway.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { sha256 } from '../../src/text.ts';

const orderNo = 'O20201109150635695000001';
const appId = 'a1b2c3d4e5f60718';

/** What people and channels wrote into a real order, with the phone number that is in all of it. */
export function textsOf(phone: string) {
  return {
    reason: `买家来电 ${phone} 要求取消`,
    customer: phone,
    note: `${phone} called again`,
    message: `余额不足 ${phone}`,
    declinedNo: `D-${phone}`,
    responseMsg: `受理中 ${phone}`,
    vouchedBy: `clerk ${phone}`,
    clerk: `clerk-${phone}`,
    acknowledged: `told ${phone}`,
    noticeBody: JSON.stringify({ paid: 'T1', order: orderNo, msg: `付款人 ${phone}` }),
  };
}

/** The body of a request as the gateway sends it; a guesser knows all of it but the reason. */
export function requestBody(
  reason: string | undefined,
  { nonce, timestamp }: { readonly nonce: string; readonly timestamp: number },
): string {
  const params = cancelParams({ orderNo, processBillNo: 'F20210222151600564862', reason });
  const fields = { appId, nonce, timestamp, apiCode: 'payment.order.cancel' };
  return JSON.stringify({ ...fields, sign: 'c2lnbmVk', params });
}

/**
 * A history like real ones: a decline, a cancel whose outcome is unknown, a question, a refusal, a
 * confirmation, a payment by a notice that contradicts it, and an operator who looked at it. It
 * holds every kind of value that may have to be withheld. The same number gives the same events.
 */
export async function aRealOrder(phone = '13800130042'): Promise<readonly RecordedEvent[]> {
  const texts = textsOf(phone);
  const runtime = simulatedRuntime({ seed: 18, nowMs: Date.UTC(2026, 10, 23, 2, 0, 0) });
  const store = openMemoryStore(runtime);
  const gateway = {
    ...scriptedGateway(
      store,
      async (call, { reason }) => {
        const kinds = ['outcome-unknown', 'refused', 'confirmed'] as const;
        await runtime.advance(1_250);
        return { kind: kinds[call - 1] ?? 'confirmed', ...evidenceOf(runtime, reason, texts) };
      },
      async () => {
        await runtime.advance(310);
        const money = { amount: '128.00', currency: 'CNY', payChannel: 'wx_pub' };
        return { status: 'pending', ...evidenceOf(runtime, undefined, texts), ...money };
      },
    ),
    identity: appId,
  };
  await using orders = await openPaymentOrders({ store, gateway, runtime });
  const customer = { kind: 'customer', id: texts.customer };
  const operator = { kind: 'operator', id: texts.clerk };
  const amount = { amountMinor: 12_800, currency: 'CNY' };
  const bill = { orderNo, processBillNo: 'F20210222151600564862' };
  await orders.create({ ...bill, ...amount, commandId: 'create-1', actor: customer });
  await runtime.advance(2_000);
  await orders.startPayment(orderNo);
  await runtime.advance(61_000);
  const { declinedNo, message, reason } = texts;
  const occurredAt = instantOf(runtime.now());
  // Two declines: one has a number, the other only what it says.
  await orders.recordPaymentDeclined(orderNo, { code: 'balance', message, occurredAt });
  await orders.recordPaymentDeclined(orderNo, { transactionNo: declinedNo, occurredAt });
  await runtime.advance(61_000);
  await orders.cancel(orderNo, { reason, actor: customer, commandId: 'cancel-1' });
  await runtime.advance(5_000);
  await orders.ask(orderNo);
  await runtime.advance(5_000);
  await orders.retryCancel(orderNo, { note: texts.note, actor: operator, commandId: 'retry-1' });
  await runtime.advance(5_000);
  await orders.retryCancel(orderNo, { note: texts.note, actor: operator });
  await runtime.advance(61_000);
  const { noticeBody: body, vouchedBy } = texts;
  const notice = await orders.inbox({ translate }).receive({ body, source: 'platform', vouchedBy });
  if (notice.status !== 'applied') throw new Error(`the notice is ${notice.status}`);
  await runtime.advance(61_000);
  await orders.acknowledgeAnomaly(orderNo, {
    ...{ number: 1, by: texts.clerk, note: texts.acknowledged, actor: operator },
  });
  return await Array.fromAsync(store.read(`paymentOrder-${orderNo}`));
}

const translate: Translate = () => ({
  ...{ kind: 'fact', orderNo, type: 'PaymentSucceeded' },
  fact: { transactionNo: 'T1', amountMinor: 12_800, currency: 'CNY' },
});

function evidenceOf(
  runtime: Runtime,
  reason: string | undefined,
  { responseMsg }: ReturnType<typeof textsOf>,
): Omit<CancelOutcome, 'kind'> {
  const [nonce, timestamp] = [runtime.randomHex(16), runtime.now() - 2_000];
  const requestId = runtime.randomHex(8);
  const answer = JSON.stringify({ requestId, responseCode: 'PROCESSING', responseMsg });
  return {
    ...{ rule: 'scripted', sentAt: instantOf(runtime.now()), durationMs: 310, httpStatus: 200 },
    ...{ requestId, responseCode: 'PROCESSING', responseMsg, nonce, timestamp },
    requestSha256: sha256(requestBody(reason, { nonce, timestamp })),
    answerSha256: sha256(answer),
  };
}
