/**
 * Asks the platform about orders that stay open: perhaps the payer paid, or the platform closed the
 * order, and no notice came. When an order is due is folded of its events, so what one process asked
 * and recorded spares the others the same question.
 */

import { PaymentOrderError } from '../errors.ts';
import { streamOf } from '../history/event.ts';
import { loadOrder } from '../history/load.ts';
import type { OrderHistory } from '../history/load.ts';
import { ask, isAskable } from '../order/question.ts';
import type { AskableGateway } from '../order/question.ts';
import type { OrderDependencies } from '../order/transact.ts';
import type { BackoffRule } from '../runtime.ts';
import { millisecondsOf } from '../runtime.ts';
import { attendEach } from './worker.ts';
import type { Duty, Next } from './worker.ts';
import { followedOpen } from './followed.ts';
import type { Pace } from './pace.ts';

export type QuestionDependencies = OrderDependencies & {
  /** An order is asked about so long after its newest event, ms. */
  readonly askAfterMs: number;
  /** Of all questions of the process. */
  readonly pace: Pace;
  /** Once it aborts, nothing new is begun; what was begun goes on. */
  readonly signal: AbortSignal;
};

/**
 * Each wait is longer by a random part of this, ms. So processes that follow the same store do not
 * all ask at the same moment, and a start does not read every open order at once.
 */
const spreadMs = 60_000;

/** No wait is longer. It is also the wait after the platform said that it may not be asked. */
const waitMsMax = 86_400_000;

/** After a failure. The question may have been asked, so it is slow. */
const questionBackoff: BackoffRule = { firstMs: 60_000, maxMs: 3_600_000, jitter: 0 };

const actor = { kind: 'timer', id: 'recovery' } as const;

/** While one is asked about, another is read. */
const ofQuestions = { followed: followedOpen, atOnceMax: 2 };

/** Asks about each of these open orders that is due now, once. Returns how many questions were asked. */
export async function askOnce(
  dependencies: QuestionDependencies,
  open: ReadonlySet<string>,
): Promise<number> {
  let asked = 0;
  const asking = () => {
    asked += 1;
  };
  await attendEach(dependencies, open, ofQuestions, async (orderNo) => {
    await askIfDue(dependencies, orderNo, asking);
  });
  return asked;
}

/** Asks about each open order when it is due. */
export function questionDuty(dependencies: QuestionDependencies): Duty {
  const { runtime, askAfterMs } = dependencies;
  const after = (waitMs: number): Next => ({ waitMs: waitMs + runtime.random() * spreadMs });
  return {
    ...ofQuestions,
    backoff: questionBackoff,
    whenFound: () => after(0),
    whenSeen: () => after(askAfterMs),
    isByWallClock: false,
    attend: async (orderNo) => {
      const waitMs = await askIfDue(dependencies, orderNo);
      return waitMs === null ? 'never' : after(waitMs);
    },
  };
}

/** The wait until it is due again, ms; null where there is nothing more to ask. */
async function askIfDue(
  dependencies: QuestionDependencies,
  orderNo: string,
  asking: () => void = () => undefined,
): Promise<number | null> {
  const standing = await standingOf(dependencies, orderNo);
  if (standing === null || standing.dueInMs > 0) return standing?.dueInMs ?? null;
  return dependencies.pace.take(async () => {
    // Its turn may have been long in coming.
    const now = await standingOf(dependencies, orderNo);
    if (now === null || now.dueInMs > 0) return now?.dueInMs ?? null;
    asking();
    return askNow(dependencies, now);
  });
}

async function askNow(
  dependencies: QuestionDependencies,
  { order, gateway, questions }: Standing,
): Promise<number | null> {
  const { head } = order;
  const context = { actor, $correlationId: head.metadata.$correlationId, $causationId: head.id };
  const question = { context, isWaitedFor: true };
  const asked = await ask(dependencies, gateway, order, question);
  if (!followedOpen.mayWait(asked.order.fold.state)) return null;
  // By what is known and not by what is recorded: a stream may have no room.
  return waitAfter(dependencies, questions + 1, asked.answer.status);
}

type Standing = {
  readonly order: OrderHistory;
  readonly gateway: AskableGateway;
  /** How many were asked since something else was learnt. */
  readonly questions: number;
  /** Negative where its time has passed, ms. */
  readonly dueInMs: number;
};

/** Null where the order is not open, is not ours to ask about, or nothing new is to be begun. */
async function standingOf(
  dependencies: QuestionDependencies,
  orderNo: string,
): Promise<Standing | null> {
  const { store, compiled, gateways, runtime, signal } = dependencies;
  const order = await loadOrder(store, compiled, orderNo);
  if (order === null) {
    const stream = streamOf(orderNo);
    const message = `stream ${stream}: recovery knows this order, but the store does not show it`;
    throw new PaymentOrderError('store-unavailable', message, { stream });
  }
  if (signal.aborted || !followedOpen.mayWait(order.fold.state)) return null;
  const gateway = await gateways.of(order.known);
  if (!isAskable(gateway)) return null;
  const { history } = order.known;
  const last = history.at(-1);
  const questions =
    history.length - 1 - history.findLastIndex(({ type }) => type !== 'StatusReported');
  const status = last?.type === 'StatusReported' ? last.status : undefined;
  const waitMs = waitAfter(dependencies, questions, status);
  const dueInMs = millisecondsOf(order.head.metadata.recordedAt) + waitMs - runtime.now();
  // A clock far ahead of ours recorded it: by ours its time would not come.
  return { order, gateway, questions, dueInMs: dueInMs > 2 * waitMs ? 0 : dueInMs };
}

function waitAfter(
  { askAfterMs }: QuestionDependencies,
  questions: number,
  status: string | undefined,
): number {
  return status === 'unavailable' ? waitMsMax : Math.min(askAfterMs * 2 ** questions, waitMsMax);
}
