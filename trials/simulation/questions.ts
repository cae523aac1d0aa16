import type { QueryAnswer, QueryRequest } from '../../src/gateway/cancel-gateway.ts';
import { classifyQuery } from '../../src/gateway/query-classification.ts';
import type { SeenQuery } from '../../src/gateway/query-classification.ts';
import { reportOf } from '../../src/gateway/query-wire.ts';
import type { Account } from './accounts.ts';
import type { Caller } from './checker.ts';
import { attemptMs } from './checker.ts';
import type { Platform, Status } from './platform.ts';
import type { Incarnation } from './process.ts';
import type { Random } from './random.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';

/**
 * What is assumed of the platform that is asked:
 *
 * - Its answer is true, of a moment at most `lagMs` ago. It may give none, or one that cannot be
 *   read or is about another order, for a while or for ever.
 * - A request to cancel takes effect within `conclusiveAfterMs`, or never. The fault
 *   `laterThanAssumed` breaks this: the record may then be wrong about an open order for a while.
 */
export const conclusiveAfterMs = 60_000;

/** Status reports may be so much older than the question, ms. */
const lagMs = [500, 45_000] as const;

/** A question as it was asked, and what the one who asked has learned. */
export type Question = {
  readonly orderNo: string;
  readonly requestId: string;
  readonly life: Incarnation;
  /** Whose keys signed it. */
  readonly account: Account;
  /** The newest event that who asked had been shown. */
  readonly shownRevision: number;
  readonly askedAtMs: number;
  /** The newest event at that time; who asked may have read less. */
  readonly headRevision: number;
  readonly isInPeace: boolean;
  /** What the platform said of this order; null where it said nothing that can be read. */
  said: Status | null;
  /** `threw` stands for nonsense too; null while it waits. */
  ended: QueryAnswer['status'] | 'threw' | null;
};

/** The platform may be asked no more for a while: it says so, or says nothing. */
export type Silence = {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly how: 'unavailable' | 'mute';
};

export function silenceOf(random: Random): Silence {
  const fromMs = random.pick([0, 0, random.between(0, 60_000)]);
  const lastsMs = random.pick([20_000, 100_000, Infinity, Infinity]);
  return { fromMs, untilMs: fromMs + lastsMs, how: random.pick(['unavailable', 'mute']) };
}

export const silenceForEver: Silence = { fromMs: 0, untilMs: Infinity, how: 'unavailable' };

/** Asks once how an order stands. */
export async function ask(
  sim: Sim,
  { life, account }: Caller,
  platform: Platform,
  { orderNo, processBillNo }: QueryRequest,
): Promise<QueryAnswer> {
  const { kernel, checker, random, seen } = sim;
  const rows = sim.log.stream(`paymentOrder-${orderNo}`);
  const known = rows[0]?.data['processBillNo'];
  if (processBillNo !== undefined && processBillNo !== known) {
    checker.violate('I7', `a question about ${orderNo} carries other parameters`);
  }
  const question: Question = {
    orderNo,
    life,
    account,
    shownRevision: checker.shownTo(life, `paymentOrder-${orderNo}`),
    requestId: random('questions').hex(8),
    askedAtMs: kernel.nowMs,
    headRevision: rows.length - 1,
    isInPeace: checker.isInPeace,
    said: null,
    ended: null,
  };
  checker.questions.push(question);
  count(seen, 'asked');
  kernel.note(`ASK about ${orderNo} by ${life.name}`);
  await life.point(`ask about ${orderNo}`);
  life.acts();
  if (sim.strikes('questionThrows', 0.08)) {
    question.ended = 'threw';
    // A custom gateway gives what it pleases.
    if (random('questionThrows').chance(0.5)) return nonsense;
    throw new Error('an error of a custom gateway that was asked');
  }
  const answer = await answered(sim, life, platform, question);
  const hangs = sim.strikes('questionHangs', 0.1);
  if (hangs) await life.pause(random('questionHangs').between(1, 40_000), 'hang');
  question.ended = answer.status;
  return { ...answer, requestId: question.requestId };
}

/** No status, and no evidence either. */
// Only a gateway of somebody else's gives this.
const nonsense = { status: 'CLOSED' } as unknown as QueryAnswer;

async function answered(
  sim: Sim,
  life: Incarnation,
  platform: Platform,
  question: Question,
): Promise<QueryAnswer> {
  const { orderNo } = question;
  const isLost = sim.strikes('questionLost', 0.2) || sim.silence() === 'mute';
  if (isLost) {
    await life.pause(attemptMs, `no answer about ${orderNo}`);
    const seen = { phase: 'sent', failure: 'timeout', reusedConnection: false } as const;
    return classifyQuery(seen);
  }
  await sim.kernel.after(latencyMs(sim), `a question about ${orderNo} arrives`);
  const { seen, found } = look(sim, platform, question);
  await life.pause(latencyMs(sim), `answer about ${orderNo}`);
  return { ...classifyQuery(seen), ...found };
}

type Looked = { readonly seen: SeenQuery; readonly found?: ReturnType<typeof reportOf>['found'] };

/** What the platform shows at this moment. */
function look(sim: Sim, platform: Platform, question: Question): Looked {
  const { random } = sim;
  const { orderNo } = question;
  if (sim.silence() !== null)
    return { seen: { ...envelope, responseCode: '401002', reported: 'data-missing' } };
  const lags = sim.strikes('statusLags', 0.4);
  const status = platform.status(orderNo, lags ? random('statusLags').between(...lagMs) : 0);
  const isPaid = status === 'succeeded';
  const names = isPaid && random('amounts').chance(0.7) ? { pay_amt: '128.00' } : {};
  const data = { etc_order_no: orderNo, status, ...names };
  if (!sim.strikes('garbledStatus', 0.15)) {
    question.said = status;
    return told(data, orderNo);
  }
  return random('garbledStatus').pick<Looked>([
    { seen: { phase: 'answered', httpStatus: 500, body: 'unreadable' } },
    told({ ...data, status: 'CLOSED' }, orderNo),
    told([data], orderNo),
    ...(['succeeded', 'canceled', 'failed'] as const).map((other) =>
      told({ etc_order_no: `X${orderNo}`, status: other }, orderNo),
    ),
  ]);
}

function told(data: unknown, orderNo: string): Looked {
  const { reported, found } = reportOf(data, orderNo);
  return { seen: { ...envelope, responseCode: '000', reported }, found };
}

const envelope = {
  phase: 'answered',
  httpStatus: 200,
  body: 'envelope',
  maybeSentTwice: false,
} as const;

function latencyMs(sim: Sim): number {
  return sim.random('questionLatency').between(5, 300);
}
