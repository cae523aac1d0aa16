import { deepEqual, equal, ok } from 'node:assert/strict';
import { fitOutcome } from '../../machines/payment-order.outcomes.ts';
import type { CancelGateway, CancelOutcome, CancelRequest } from '../gateway/cancel-gateway.ts';
import { systemRuntime } from '../runtime.ts';
import type { ContractCase, ContractOptions, Promises } from './contract-case.ts';
import { contractOf } from './contract-case.ts';

/**
 * How the other side treats the next requests.
 *
 * - `confirms`, `refuses`: answers that the order was, or was not, cancelled.
 * - `confirms-oddly`: the same as `confirms`, but its other words (a request id, a message) are
 *   longer than an event can hold, or of another type than usual.
 * - `hangs`: takes the request and never answers.
 * - `hangs-up`: takes the request and closes the connection.
 * - `talks-nonsense`: answers something that the protocol does not know.
 * - `is-away`: cannot be reached.
 */
export type OtherSide =
  'confirms' | 'confirms-oddly' | 'refuses' | 'hangs' | 'hangs-up' | 'talks-nonsense' | 'is-away';

/** A gateway under test, with control over the other side. */
export type OpenedGateway = {
  /** One case waits for all of `attemptMs`, so a second or less is best. */
  readonly gateway: CancelGateway;
  /** Sets the other side's behaviour from now on. */
  readonly otherSide: (behaviour: OtherSide) => void | Promise<void>;
  /** How many requests have reached the other side. */
  readonly requests: () => number;
  readonly cleanup: () => Promise<void>;
};

export type OpenGateway = () => Promise<OpenedGateway>;

const request: CancelRequest = {
  orderNo: 'O20201109150635695000001',
  processBillNo: 'F20210222151600564862',
  reason: '临时决定关单取消支付',
};

const expectations: readonly (readonly [OtherSide, CancelOutcome['kind'], string])[] = [
  ['confirms', 'confirmed', 'reports a confirmation'],
  ['confirms-oddly', 'confirmed', 'reports a confirmation with evidence that fits, in any words'],
  ['refuses', 'refused', 'reports a refusal'],
  [
    'hangs',
    'outcome-unknown',
    'reports an unknown outcome if no answer comes, after its attemptMs',
  ],
  ['hangs-up', 'outcome-unknown', 'reports an unknown outcome if the connection is closed'],
  ['talks-nonsense', 'outcome-unknown', 'reports an unknown outcome if the answer is nonsense'],
  [
    'is-away',
    'not-executed',
    'reports that the call did not run if the other side cannot be reached',
  ],
];

/** How long a gateway may take beyond `attemptMs` to report, ms; generous, for busy machines. */
const allowanceMs = 10_000;

/**
 * The contract of the port `CancelGateway`, as cases for any test runner. Time is real, because the
 * other side may be a socket.
 *
 * @throws TypeError if `cannotKeep` names a case that does not exist.
 */
export function gatewayContract(
  name: string,
  open: OpenGateway,
  options: ContractOptions = {},
): readonly ContractCase[] {
  return contractOf(name, open, { ...answers, ...promises }, options);
}

const answers: Promises<OpenedGateway> = Object.fromEntries(
  expectations.map(([behaviour, kind, title]) => [
    title,
    (opened: OpenedGateway) => answersAs(opened, behaviour, kind),
  ]),
);

const promises: Promises<OpenedGateway> = {
  'states how long one attempt may take': ({ gateway }) => {
    const { attemptMs } = gateway;
    ok(Number.isSafeInteger(attemptMs) && attemptMs > 0, `attemptMs is ${attemptMs}`);
    return Promise.resolve();
  },
  'asks once whether it may send, and then sends': async ({ gateway, otherSide, requests }) => {
    await otherSide('confirms');
    const sentWhenAsked: number[] = [];
    await gateway.cancel(request, () => {
      sentWhenAsked.push(requests());
      return true;
    });
    deepEqual(sentWhenAsked, [0], 'it must ask once, before anything is sent');
    equal(requests(), 1);
  },
  'sends nothing if it may not': async ({ gateway, otherSide, requests }) => {
    await otherSide('confirms');
    const outcome = await gateway.cancel(request, () => false);
    deepEqual([outcome.kind, outcome.rule], ['not-executed', 'not-sent']);
    equal(requests(), 0);
  },
  'sends a call for an order without a reason': async ({ gateway, otherSide }) => {
    await otherSide('confirms');
    const { orderNo, processBillNo } = request;
    equal((await gateway.cancel({ orderNo, processBillNo }, () => true)).kind, 'confirmed');
  },
  'answers simultaneous calls independently': async ({ gateway, otherSide, requests }) => {
    await otherSide('refuses');
    const orders = ['O1', 'O2', 'O3'];
    const calls = orders.map((orderNo) => gateway.cancel({ ...request, orderNo }, () => true));
    const outcomes = await Promise.all(calls);
    deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['refused']));
    equal(requests(), orders.length);
  },
  'can be closed twice': async ({ gateway }) => {
    await gateway.close();
    await gateway.close();
  },
};

async function answersAs(
  { gateway, otherSide, requests }: OpenedGateway,
  behaviour: OtherSide,
  kind: CancelOutcome['kind'],
): Promise<void> {
  await otherSide(behaviour);
  const runtime = systemRuntime();
  const startedMs = runtime.monotonicMs();
  const outcome = await gateway.cancel(request, () => true);
  const tookMs = runtime.monotonicMs() - startedMs;
  equal(outcome.kind, kind, `rule ${outcome.rule}`);
  isStorable(outcome);
  ok(tookMs <= gateway.attemptMs + allowanceMs, `it took ${tookMs} ms of ${gateway.attemptMs}`);
  ok(requests() <= 1, `one call sent ${requests()} requests, but may send at most one`);
}

/** Evidence that no event can hold would be changed or left out. */
function isStorable(outcome: CancelOutcome): void {
  const { changed } = fitOutcome('CancelRefused', 1, outcome);
  deepEqual(
    changed,
    [],
    `${outcome.kind}: these fields of its evidence cannot be stored as they are`,
  );
}
