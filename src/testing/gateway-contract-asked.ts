import { deepEqual, equal, ok } from 'node:assert/strict';
import { fitOutcome } from '../../machines/payment-order.outcomes.ts';
import type {
  AttemptEvidence,
  BillAnswer,
  BillRequest,
  QueryAnswer,
  QueryRequest,
} from '../gateway/cancel-gateway.ts';
import type { Promises } from './contract-case.ts';
import type { OpenedGateway, OtherSideAsked } from './gateway-contract-support.ts';

const request: QueryRequest = {
  orderNo: 'O20201109150635695000001',
  processBillNo: 'F20210222151600564862',
};

const expectations: readonly (readonly [OtherSideAsked, QueryAnswer['status'], string])[] = [
  ['pending', 'pending', 'reports that an order is pending'],
  ['succeeded', 'succeeded', 'reports that an order is paid'],
  ['failed', 'failed', 'reports that a payment failed'],
  ['canceled', 'canceled', 'reports that an order is closed'],
  ['other-order', 'unknown', "learns nothing from another order's status"],
  ['odd-status', 'unknown', 'learns nothing from a status that is not documented'],
  ['no-data', 'unknown', 'learns nothing from an answer without data'],
  ['forbidden', 'unavailable', 'reports that it may not ask'],
];

const silences = {
  hangs: 'never answers',
  'hangs-up': 'closes the connection',
  'talks-nonsense': 'answers nonsense',
  'is-away': 'cannot be reached',
} as const;

/** What a gateway promises that can be asked about orders. */
export const queryPromises: Promises<OpenedGateway> = {
  ...Object.fromEntries(
    expectations.map(([behaviour, status, title]) => [
      title,
      async (opened: OpenedGateway) => {
        await setAsked(opened, behaviour);
        const answer = await ask(opened);
        equal(answer.status, status, `rule ${answer.rule}`);
        ok(opened.requests() === 1, `one question sent ${opened.requests()} requests, not one`);
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(silences).map(([behaviour, words]) => [
      `learns nothing from a question if the other side ${words}`,
      async (opened: OpenedGateway) => {
        // The keys of the table are behaviours.
        await opened.otherSide(behaviour as keyof typeof silences);
        equal((await ask(opened)).status, 'unknown');
        ok(opened.requests() <= 1, `one question sent ${opened.requests()} requests`);
      },
    ]),
  ),
  'may ask the same question again': async (opened) => {
    await setAsked(opened, 'pending');
    deepEqual([(await ask(opened)).status, (await ask(opened)).status], ['pending', 'pending']);
  },
  'asks about an order without a process bill': async (opened) => {
    await setAsked(opened, 'succeeded');
    const { orderNo } = request;
    equal((await ask(opened, { orderNo })).status, 'succeeded');
  },
};

/** What a gateway promises that can be asked for bills. */
export const billPromises: Promises<OpenedGateway> = {
  'reads a bill, row by row': async (opened) => {
    const answer = await askForBill(opened);
    equal(answer.status, 'read', `rule ${answer.rule}`);
    const { entries } = answer;
    deepEqual(
      entries.map(({ line }) => line),
      entries.map((_, index) => index + 1),
      'line counts the rows from 1',
    );
  },
  'does not take an answer without data for an empty bill': async (opened) => {
    await setAsked(opened, 'no-data');
    equal((await askForBill(opened)).status, 'unknown');
  },
  'reports that it may not ask for bills': async (opened) => {
    await setAsked(opened, 'forbidden');
    equal((await askForBill(opened)).status, 'unavailable');
  },
  'reads no bill if the other side cannot be reached': async (opened) => {
    await opened.otherSide('is-away');
    equal((await askForBill(opened)).status, 'unknown');
  },
};

async function setAsked(opened: OpenedGateway, behaviour: OtherSideAsked): Promise<void> {
  ok(opened.otherSideAsked !== undefined, 'otherSideAsked is needed where a gateway can be asked');
  await opened.otherSideAsked(behaviour);
}

async function ask({ gateway }: OpenedGateway, asked = request): Promise<QueryAnswer> {
  ok(gateway.query !== undefined, 'the gateway has no query');
  const answer = await gateway.query(asked);
  const { amount, currency, payChannel } = answer;
  for (const text of [amount, currency, payChannel]) {
    ok(text === undefined || (text.isWellFormed() && text.length <= 64), 'a text is too long');
  }
  isStorable({ ...answer, ...absent });
  return answer;
}

/** What an answer has beside the evidence of an attempt. */
const absent = {
  status: undefined,
  amount: undefined,
  currency: undefined,
  payChannel: undefined,
};

async function askForBill({ gateway }: OpenedGateway): Promise<BillAnswer> {
  ok(gateway.queryBill !== undefined, 'the gateway has no queryBill');
  const bill: BillRequest = { day: '2021-02-02', type: 'payment' };
  return gateway.queryBill(bill);
}

/** The evidence of a question must fit into an event as that of an attempt does. */
function isStorable(evidence: AttemptEvidence): void {
  const { changed } = fitOutcome('CancelRefused', 1, evidence);
  deepEqual(changed, [], 'these fields of its evidence cannot be stored as they are');
}
