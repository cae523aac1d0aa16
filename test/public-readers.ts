import * as dispute from '../src/dispute.ts';
import * as gateway from '../src/gateway/index.ts';
import * as index from '../src/index.ts';
import type { PaymentOrders } from '../src/payment-orders.ts';
import { jsonObject } from '../src/platform-notices/index.ts';
import * as sandbox from '../src/sandbox/index.ts';

/** Every public function that is given something else, and each of its places. */
export const readers: readonly (readonly [string, (given: never) => unknown])[] = [
  ['renderReport', (given) => dispute.renderReport(given)],
  ['timelineOf', (given) => [...dispute.timelineOf(given)]],
  ['attemptsOf', (given) => dispute.attemptsOf(given)],
  [
    'bundleOf',
    (given) =>
      dispute.bundleOf(given, {
        ...{ exporter: 'a', exportedAt: '2026-11-29T10:00:00Z', faults: [] },
        module: { name: 'm', version: '1' },
      }),
  ],
  ['verifyBundle', (given) => dispute.verifyBundle(given, { moduleVersion: '1' })],
  ['verifyHistories', (given) => index.verifyHistories({}, given)],
  ['verifyHistories, its machine', (given) => index.verifyHistories(given, [])],
  ['parseGatewayUrl', (given) => gateway.parseGatewayUrl(given)],
  ['loadPrivateKey', (given) => gateway.loadPrivateKey(given)],
  ['readPrivateKeyFile', (given) => gateway.readPrivateKeyFile(given)],
  ['jsonObject', (given) => jsonObject(given)],
  ['parseFaultPlan', (given) => sandbox.parseFaultPlan(given)],
  ['parseFaults', (given) => sandbox.parseFaults(given)],
  ['parseNoticeSteps', (given) => sandbox.parseNoticeSteps(given)],
  ['sandboxKeys', (given) => sandbox.sandboxKeys(typeof given === 'string' ? (7 as never) : given)],
  ['readBundle', (given) => dispute.readBundle(given)],
  ['upcastEvent', (given) => index.upcastEvent(given)],
  ['foldOrder', (given) => index.foldOrder(null, given)],
  [
    'foldOrder, its row',
    (given) =>
      withOrder(async (orders) => {
        for (const event of await orders.history('O1')) index.foldOrder(given, event);
      }),
  ],
  ['attention', (given) => index.attention(given, 0)],
  [
    'attention, its time',
    (given) =>
      withOrder(async (orders) => {
        const order = await orders.get('O1');
        if (order !== null) index.attention(order, given);
      }),
  ],
  [
    'attention, its thresholds',
    (given) =>
      withOrder(async (orders) => {
        const order = await orders.get('O1');
        if (order !== null) index.attention(order, 0, given);
      }),
  ],
  ['minorUnits', (given) => index.minorUnits(given, 'CNY')],
  ['minorUnits, its currency', (given) => index.minorUnits('1', given)],
  ['instantIn', (given) => index.instantIn(given, 'UTC')],
  ['instantIn, its zone', (given) => index.instantIn('20210303155105', given)],
  ['explain', (given) => withOrder((orders) => orders.explain('O1', given))],
  ['explain, its order', (given) => withOrder((orders) => orders.explain(given, 'StartPayment'))],
  ['preview', (given) => withOrder((orders) => orders.preview('O1', 'RequestCancel', given))],
  ['preview, its type', (given) => withOrder((orders) => orders.preview('O1', given, given))],
  ['previewAll', (given) => withOrder((orders) => orders.previewAll('O1', given))],
  [
    'previewAll, its order',
    (given) =>
      withOrder((orders) => orders.previewAll(given, [{ type: 'StartPayment', payload: {} }])),
  ],
  ['create', (given) => withOrder((orders) => orders.create(given))],
  ['startPayment', (given) => withOrder((orders) => orders.startPayment('O1', given))],
  ['startPayment, its order', (given) => withOrder((orders) => orders.startPayment(given))],
  [
    'cancel, the revision that was seen',
    (given) => withOrder((orders) => orders.cancel('O1', { ifRevision: given })),
  ],
  ['cancel', (given) => withOrder((orders) => orders.cancel('O1', given))],
  ['retryCancel', (given) => withOrder((orders) => orders.retryCancel('O1', given))],
  ['abandonCancel', (given) => withOrder((orders) => orders.abandonCancel('O1', given))],
  ['resolveCancel', (given) => withOrder((orders) => orders.resolveCancel('O1', given))],
  ['acknowledgeAnomaly', (given) => withOrder((orders) => orders.acknowledgeAnomaly('O1', given))],
  [
    'recordPaymentSucceeded',
    (given) => withOrder((orders) => orders.recordPaymentSucceeded('O1', given)),
  ],
  [
    'recordPaymentFailed',
    (given) => withOrder((orders) => orders.recordPaymentFailed('O1', given)),
  ],
  [
    'recordPaymentDeclined',
    (given) => withOrder((orders) => orders.recordPaymentDeclined('O1', given)),
  ],
  [
    'recordPaymentRefunded',
    (given) => withOrder((orders) => orders.recordPaymentRefunded('O1', given)),
  ],
  ['retractFact', (given) => withOrder((orders) => orders.retractFact('O1', given))],
  [
    'recordClosedAtGateway',
    (given) => withOrder((orders) => orders.recordClosedAtGateway('O1', given)),
  ],
  ['get', (given) => withOrder((orders) => orders.get(given))],
  ['getAsOf', (given) => withOrder((orders) => orders.getAsOf('O1', given))],
  ['history', (given) => withOrder((orders) => orders.history(given))],
  ['recordedEvents', (given) => withOrder((orders) => orders.recordedEvents(given))],
  ['recordedSteps', (given) => withOrder((orders) => Array.fromAsync(orders.recordedSteps(given)))],
  ['replay, its order', (given) => withOrder((orders) => orders.replay(given))],
  ['verify, its order', (given) => withOrder((orders) => orders.verify(given))],
  ['verify, its witness', (given) => withOrder((orders) => orders.verify('O1', given))],
  ['backup', (given) => withOrder((orders) => orders.backup(given))],
  ['proof, its order', (given) => withOrder((orders) => orders.transparencyLog().proof(given))],
  ['consistency', (given) => withOrder((orders) => orders.transparencyLog().consistency(given, 1))],
  [
    'consistency, its newer',
    (given) => withOrder((orders) => orders.transparencyLog().consistency(0, given)),
  ],
  ['receive', (given) => withOrder((orders) => orders.inbox().receive(given))],
  ['receive, its body', (given) => withOrder((orders) => orders.inbox().receive({ body: given }))],
  ['noticeIds', (given) => withOrder((orders) => Array.fromAsync(orders.inbox().noticeIds(given)))],
  ['get, its notice', (given) => withOrder((orders) => orders.inbox().get(given))],
  ['retry, its notice', (given) => withOrder((orders) => orders.inbox().retry(given, { by: 'u' }))],
  ['discard', (given) => withOrder((orders) => orders.inbox().discard('0'.repeat(64), given))],
];

/** With one order, in memory. */
async function withOrder(use: (orders: PaymentOrders) => Promise<unknown>): Promise<void> {
  await using orders = await index.openPaymentOrders({ store: 'memory:' });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
  await use(orders);
}
