import type { Plan, Strike } from '../simulation/plan.ts';
import type { Certain } from '../simulation/sim.ts';
import type { InboxOutcome } from './inbox-run.ts';
import { simulateInbox } from './inbox-run.ts';
import type { Care, NoticeKind, SentNotice } from './notices.ts';
import { noticeOf } from './notices.ts';
import type { InboxStep } from './plan.ts';

/** A story of one notice with nothing left to chance. */
export type InboxScenario = {
  readonly name: string;
  readonly workers: number;
  readonly steps: readonly InboxStep[];
  readonly certain?: Certain;
  /** False where a notice and its order must find each other without recovery. Default true. */
  readonly recovers?: boolean;
};

const orderNo = 'O1';

const notice = (kind: NoticeKind, care: Care = null): SentNotice =>
  noticeOf({ kind, orderNo, factNo: 'N1', type: 'PaymentSucceeded' }, care);
const create = (atMs: number): InboxStep => ({ atMs, act: 'create', orderNo });
const send = (atMs: number, sent: SentNotice, by: 'channel' | 'stranger' = 'channel') =>
  ({ atMs, act: 'send', notice: sent, by }) as const;

const [vouched, early, strangerFirst] = [
  notice('vouched'),
  notice('early'),
  notice('strangerFirst'),
];
const cared = notice('unvouched', 'vouches');

export const inboxScenarios: readonly InboxScenario[] = [
  { name: 'of an order', workers: 1, steps: [create(100), send(300, vouched)] },
  {
    name: 'before its order',
    workers: 1,
    recovers: false,
    steps: [send(100, vouched), create(2_000)],
  },
  {
    name: 'while its order is created elsewhere',
    workers: 2,
    recovers: false,
    steps: [send(100, vouched), create(104)],
  },
  {
    name: 'twice at once',
    workers: 2,
    steps: [create(100), send(300, vouched), send(300, vouched)],
  },
  {
    name: 'posted by a stranger first',
    workers: 1,
    steps: [create(100), send(300, strangerFirst, 'stranger'), send(400, strangerFirst)],
  },
  {
    name: 'vouched for by an operator',
    workers: 1,
    steps: [create(100), send(300, cared, 'stranger'), { atMs: 1_000, act: 'care', notice: cared }],
  },
  {
    name: 'understood later',
    workers: 1,
    steps: [create(100), send(300, early)],
  },
  {
    name: 'with answers of the store lost',
    workers: 1,
    certain: { lostAck: 4 },
    steps: [create(100), send(5_000, vouched)],
  },
];

/** The order is created at every moment while its notice is on its way, and nobody recovers. */
export const meetings: readonly InboxScenario[] = Array.from({ length: 40 }, (_, afterMs) => ({
  name: `${afterMs} ms before its order`,
  workers: 2,
  recovers: false,
  steps: [send(100, vouched), create(100 + afterMs)],
}));

export function playInbox(
  { workers, steps, certain = {}, recovers }: InboxScenario,
  strikes: readonly Strike[],
  onStep?: (line: string) => void,
): Promise<InboxOutcome> {
  // The names of this record's fields are faults.
  const faults = Object.keys(certain) as Plan['faults'];
  const plan: Plan = { seed: 1, workers, orders: 1, faults, strikes };
  return simulateInbox(plan, { steps, certain, recovers, onStep });
}
