import { deepEqual, equal, ok } from 'node:assert/strict';
import { printable } from '../../machines/payment-order.events.ts';
import { fitOutcome } from '../../machines/payment-order.outcomes.ts';
import type { CancelOutcome, CancelRequest } from '../gateway/cancel-gateway.ts';
import { systemRuntime } from '../runtime.ts';
import type { ContractCase, ContractOptions, Promises } from './contract-case.ts';
import { contractOf } from './contract-case.ts';
import { billPromises, queryPromises } from './gateway-contract-asked.ts';
import type { OpenGateway, OpenedGateway, OtherSide } from './gateway-contract-support.ts';

const request: CancelRequest = {
  orderNo: 'O20201109150635695000001',
  processBillNo: 'F20210222151600564862',
  reason: '临时决定关单取消支付',
  attempt: 1,
  correlationId: 'C1',
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

/** The calls that a gateway may have or lack. */
export type GatewayContractOptions = ContractOptions & {
  /** Which of `query` and `queryBill` the gateway has. Default: none. */
  readonly asks?: readonly ('query' | 'queryBill')[] | undefined;
};

/** How long a gateway may take beyond `attemptMs` to report, ms; generous, for busy machines. */
const allowanceMs = 10_000;

/**
 * The contract of the port `CancelGateway`, as cases for any test runner. Time is real, because the
 * other side may be a socket.
 *
 * A gateway that can be asked is tried with questions too: name its calls in `asks`.
 *
 * @throws TypeError if `cannotKeep` names a case that does not exist.
 */
export function gatewayContract(
  name: string,
  open: OpenGateway,
  options: GatewayContractOptions = {},
): readonly ContractCase[] {
  const { asks = [] } = options;
  const promised = {
    ...answers,
    ...promises,
    ...hasTheCallsOf(asks),
    ...(asks.includes('query') ? queryPromises : {}),
    ...(asks.includes('queryBill') ? billPromises : {}),
  };
  return contractOf(name, open, promised, options);
}

/** What can be asked and is not tried would not be known to keep its promises. */
function hasTheCallsOf(asks: readonly string[]): Promises<OpenedGateway> {
  return {
    'can be asked what the contract was told': ({ gateway }) => {
      const has = (['query', 'queryBill'] as const).filter((name) => gateway[name] !== undefined);
      deepEqual(has, [...asks].sort(), 'name the calls in the option asks');
      return Promise.resolve();
    },
  };
}

const answers: Promises<OpenedGateway> = Object.fromEntries(
  expectations.map(([behaviour, kind, title]) => [
    title,
    (opened: OpenedGateway) => answersAs(opened, behaviour, kind),
  ]),
);

const promises: Promises<OpenedGateway> = {
  'says whose account it calls for': ({ gateway }) => {
    ok(printable.safeParse(gateway.identity).success, 'identity must be 1 to 128 characters');
    return Promise.resolve();
  },
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
    const without = { ...request, reason: undefined };
    equal((await gateway.cancel(without, () => true)).kind, 'confirmed');
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
