import { deepEqual, equal, ok } from 'node:assert/strict';
import { parseOutcome } from '../../machines/payment-order.events.ts';
import type { CancelGateway, CancelOutcome, CancelRequest } from '../gateway/cancel-gateway.ts';
import { systemRuntime } from '../runtime.ts';
import type { ContractCase, ContractOptions } from './contract-case.ts';
import { contractOf } from './contract-case.ts';

/**
 * What the other side does with the next requests.
 *
 * - `confirms`, `refuses`: it answers that the order is cancelled, or is not by this call.
 * - `hangs`: it takes the request and never answers. `hangs-up`: it takes it and breaks off.
 * - `talks-nonsense`: it answers what is no answer of the protocol.
 * - `is-away`: nothing can be sent to it.
 */
export type OtherSide =
  'confirms' | 'refuses' | 'hangs' | 'hangs-up' | 'talks-nonsense' | 'is-away';

/** A gateway under test, with the other side in the test's hands. */
export type OpenedGateway = {
  /** Best with an `attemptMs` of a second or less: one case waits for all of it. */
  readonly gateway: CancelGateway;
  /** Makes the other side behave so from now on. */
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
  ['confirms', 'confirmed', 'takes a confirmation for one'],
  ['refuses', 'refused', 'takes a refusal for one'],
  ['hangs', 'outcome-unknown', 'takes silence for an unknown outcome, within its attemptMs'],
  ['hangs-up', 'outcome-unknown', 'takes a call that breaks off for an unknown outcome'],
  ['talks-nonsense', 'outcome-unknown', 'takes nonsense for an unknown outcome'],
  ['is-away', 'not-executed', 'takes a side that cannot be reached for a call that did not run'],
];

/** What a gateway may take beyond `attemptMs` to say so, ms. */
const allowanceMs = 1_000;

/**
 * What the words of the port `CancelGateway` mean, as cases to be run under any runner. Time is
 * real: the other side may be a socket.
 *
 * @throws TypeError where `cannotKeep` excuses a case that does not exist.
 */
export function gatewayContract(
  name: string,
  open: OpenGateway,
  options: ContractOptions = {},
): readonly ContractCase[] {
  const using = async (run: (opened: OpenedGateway) => Promise<void>) => {
    const opened = await open();
    try {
      await run(opened);
    } finally {
      await opened.cleanup();
    }
  };
  const told = expectations.map(([behaviour, kind, title]) => ({
    name: title,
    run: () => using((opened) => answersAs(opened, behaviour, kind)),
  }));
  const others = Object.entries(promises).map(([title, run]) => ({
    name: title,
    run: () => using(run),
  }));
  return contractOf(name, [...told, ...others], options);
}

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
  ok(requests() <= 1, `one call sent ${requests()} requests; a call is at most one`);
}

const promises: Readonly<Record<string, (opened: OpenedGateway) => Promise<void>>> = {
  'tells how long one attempt may take': ({ gateway }) => {
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
    deepEqual(sentWhenAsked, [0], 'it is to ask once, before anything is sent');
    equal(requests(), 1);
  },
  'sends nothing where it may not': async ({ gateway, otherSide, requests }) => {
    await otherSide('confirms');
    const outcome = await gateway.cancel(request, () => false);
    deepEqual([outcome.kind, outcome.rule], ['not-executed', 'not-sent']);
    equal(requests(), 0);
  },
  'makes a call for an order without a reason': async ({ gateway, otherSide }) => {
    await otherSide('confirms');
    const { orderNo, processBillNo } = request;
    equal((await gateway.cancel({ orderNo, processBillNo }, () => true)).kind, 'confirmed');
  },
  'answers calls made at once, each by itself': async ({ gateway, otherSide, requests }) => {
    await otherSide('refuses');
    const orders = ['O1', 'O2', 'O3'];
    const calls = orders.map((orderNo) => gateway.cancel({ ...request, orderNo }, () => true));
    const outcomes = await Promise.all(calls);
    deepEqual(new Set(outcomes.map(({ kind }) => kind)), new Set(['refused']));
    equal(requests(), orders.length);
  },
  'closes, and closes again without harm': async ({ gateway }) => {
    await gateway.close();
    await gateway.close();
  },
};

/** An outcome whose evidence no event can hold would be recorded as unknown. */
function isStorable(outcome: CancelOutcome): void {
  const { kind, ...evidence } = outcome;
  const given = Object.entries(evidence).filter(([, value]) => value !== undefined);
  const stored = { type: 'CancelRefused', attempt: 1, ...Object.fromEntries(given) };
  const says = `${kind} with ${JSON.stringify(evidence)} cannot be stored`;
  ok(parseOutcome(stored, 1) !== null, says);
}
