import type { DeclaredOrder } from '../../src/testing/declared-target.ts';
import { entering } from './checker.ts';
import { epochMs } from './clock.ts';
import type { FaultName } from './faults.ts';
import type { Row } from './log.ts';
import { textOf } from './log.ts';
import { conclusiveAfterMs } from './questions.ts';
import type { Question } from './questions.ts';
import { retryPolicyOf } from './retry-policy.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';

const inDoubt = 'cancelling.inDoubt';
const needsReview = 'cancelling.needsReview';

/** So often an order is asked about in peace by each process; once more would be a loop. */
const questionsInPeaceMax = 12;

/** I6, I8, I13 and I19: compares the recorded reports with what was asked and answered. */
export function judgeQuestions(
  sim: Sim,
  orderNo: string,
  rows: readonly Row[],
  states: readonly DeclaredOrder[],
): void {
  const { checker, plan } = sim;
  const questions = checker.questions.filter((question) => question.orderNo === orderNo);
  for (const row of rows) {
    countDoubts(sim, row, states);
    if (isBlindProbe(sim, row, rows, states)) {
      checker.violate('I19', `${orderNo}@${row.revision} probes, and could have asked`);
    }
    if (row.type !== 'StatusReported') continue;
    const problem = answerProblem(sim, row, rows);
    if (problem !== null) checker.violate('I19', `${orderNo}@${row.revision} ${problem}`);
    const early = conclusionProblem(sim, row, rows);
    if (early !== null) checker.violate('I6', `${orderNo}@${row.revision} ${early}`);
  }
  judgeRecorded(sim, orderNo, states, questions);
  // One more lasts until pending can prove something, also after an answer that came late.
  const waits = retryPolicyOf(sim.canBeAsked).unknownMs.length + 2;
  if (states.some(({ state, known }) => state === inDoubt && known.questions > waits)) {
    checker.violate('I13', `${orderNo}: more than ${waits} questions of one budget`);
  }
  const inPeace = questions.filter(({ isInPeace }) => isInPeace).length;
  if (inPeace > questionsInPeaceMax * plan.workers) {
    checker.violate('I13', `${orderNo}: ${inPeace} questions in peace`);
  }
  judgeReview(sim, rows, states, questions);
}

function countDoubts({ seen }: Sim, row: Row, states: readonly DeclaredOrder[]): void {
  const { type, data, revision } = row;
  const [before, after] = [states[revision - 1], states[revision]];
  const [was, is] = [before, after].map(
    (order) => order?.known.answers.includes('unknown') === true,
  );
  if (type === 'CancelRefused' && !was && is) count(seen, 'a doubt that came back');
  if (type !== 'StatusReported') return;
  const { status, conclusive } = data;
  const when = conclusive === true ? 'conclusive' : 'not conclusive';
  count(seen, `reported ${textOf(status)}${status === 'pending' ? `, ${when}` : ''}`);
  count(seen, `reported in ${before?.state ?? ''}`);
  if (was && !is) count(seen, `a doubt ended by ${textOf(status)}`);
}

/** In doubt another cancel is made by itself only in a wait in which the platform may not be asked. */
function isBlindProbe(
  { canBeAsked, checker }: Sim,
  { type, by, revision }: Row,
  rows: readonly Row[],
  states: readonly DeclaredOrder[],
): boolean {
  if (!canBeAsked || type !== 'CancelRetryDue' || states[revision - 1]?.state !== inDoubt) {
    return false;
  }
  // Somebody else may have recorded that, and the wait went on.
  const waitFrom = states.slice(0, revision).findLastIndex(({ state }) => state !== inDoubt) + 1;
  return !checker.questions.some(
    ({ life, ended, askedAtMs, orderNo }) =>
      ended === 'unavailable' &&
      life.name === by &&
      `paymentOrder-${orderNo}` === rows[0]?.stream &&
      askedAtMs >= (rows[waitFrom]?.atMs ?? Infinity),
  );
}

const decidesNothing = new Set(['CommandRejected', 'AnomalyAcknowledged']);

/** A report is the answer to one question about this order, which was asked by who recorded it. */
function answerProblem({ checker }: Sim, row: Row, rows: readonly Row[]): string | null {
  const { by, data, revision } = row;
  const { requestId, status, attempts, headRevision } = data;
  const ofAnswer = (one: Row) => one.type === 'StatusReported' && one.by === by;
  const asked = checker.questions.filter(
    (question) => question.life.name === by && `paymentOrder-${question.orderNo}` === row.stream,
  );
  if (rows.filter(ofAnswer).length > asked.length) return 'reports more than was asked';
  const head = Number(headRevision);
  const made = rows.slice(0, head + 1).filter(({ type }) => entering.has(type)).length;
  if (head >= revision) return 'speaks of what came after it';
  if (attempts !== made) return `speaks of ${textOf(attempts)} attempts, not of ${made}`;
  const since = rows.slice(head + 1, revision).some(({ type }) => !decidesNothing.has(type));
  if (since && !isEnd(status)) return 'settles nothing, and something else was first';
  if (requestId === undefined) return status === 'unknown' ? null : 'reports what nobody said';
  if (rows.filter((one) => one.data['requestId'] === requestId && ofAnswer(one)).length > 1) {
    return 'is reported twice';
  }
  const question = asked.find((one) => one.requestId === requestId);
  if (question === undefined) return 'reports the answer about another order';
  if (head > question.headRevision) return 'speaks of what came after the question';
  const { said } = question;
  const learned = /^un(known|available)$/.test(textOf(status)) ? null : status;
  return learned === said ? null : `reports ${textOf(status)}, not ${said ?? 'nothing'}`;
}

/** `pending` ends a doubt only when the attempts can no longer take effect. */
function conclusionProblem(sim: Sim, { data, atMs }: Row, rows: readonly Row[]): string | null {
  const { status, conclusive, attempts, headRevision, requestId } = data;
  if (status !== 'pending' || conclusive !== true) return null;
  const { checker, plan } = sim;
  const known = rows.slice(0, Number(headRevision) + 1);
  const isOfAttempt = ({ type, data: of }: Row) =>
    entering.has(type) || of['attempt'] !== undefined;
  const question = checker.questions.find((one) => one.requestId === requestId);
  const askedAtMs = question?.askedAtMs ?? atMs;
  const touchedMs = Math.max(...known.filter(isOfAttempt).map(recordedAtMs));
  if (!checker.promises.clocksAreRight) return null;
  if (askedAtMs < touchedMs + conclusiveAfterMs) return 'concludes too early';
  const late = checker.executions.find(({ nonce, atMs: executedAtMs }) => {
    const send = checker.sends.find((sent) => sent.nonce === nonce);
    const isOfThese =
      send?.orderNo === question?.orderNo && (send?.attempt ?? Infinity) <= Number(attempts);
    return isOfThese && executedAtMs > askedAtMs;
  });
  const isAsAssumed = !plan.faults.includes('laterThanAssumed');
  return late !== undefined && isAsAssumed ? 'concludes, and an attempt takes effect later' : null;
}

function recordedAtMs({ metadata }: Row): number {
  return Date.parse(textOf(metadata['recordedAt'])) - epochMs;
}

const ends = { succeeded: 'paid', canceled: 'closed', failed: 'failed' } as const;

function isEnd(status: unknown): status is keyof typeof ends {
  return typeof status === 'string' && Object.hasOwn(ends, status);
}

/** I6: what the platform said of an end is known afterwards, or could not be stored. */
function judgeRecorded(
  { checker, plan }: Sim,
  orderNo: string,
  states: readonly DeclaredOrder[],
  questions: readonly Question[],
): void {
  if (plan.faults.some((fault) => storeFaults.has(fault))) return;
  for (const { ended, said, requestId, life } of questions) {
    if (!isEnd(ended) || ended !== said || life.hasCrashed) continue;
    if (states.some(({ known }) => known[ends[ended]])) continue;
    checker.violate('I6', `the answer ${requestId} about ${orderNo} was dropped`);
  }
}

/** What keeps a process from recording an answer. It may ask again. */
const storeFaults: ReadonlySet<FaultName> = new Set([
  'lostRequest',
  'lostAck',
  'delayedApply',
  'storeOutage',
  'staleRead',
  'slowStore',
]);

/** I19: where the platform answers, nobody must look at an order for a doubt alone. */
function judgeReview(
  { checker, seen, canBeAsked, plan }: Sim,
  rows: readonly Row[],
  states: readonly DeclaredOrder[],
  questions: readonly Question[],
): void {
  // What a clock far ahead recorded never seems long ago: a person decides.
  const clocksJump = plan.strikes.some(({ what }) => what !== 'crash');
  for (const [revision, { type, stream, atMs }] of rows.entries()) {
    const [before, after] = [states[revision - 1], states[revision]];
    if (after?.state !== needsReview || before?.state === needsReview) continue;
    const isInDoubt = after.known.answers.includes('unknown');
    if (!isInDoubt || !/^(StatusReported|CancelOutcomeUnknown|CancelRefused)$/.test(type)) continue;
    count(seen, canBeAsked ? 'review of a doubt, unanswered' : 'review of a doubt, nobody to ask');
    if (!canBeAsked || clocksJump) continue;
    const budget = rows.slice(0, revision).findLast((row) => /Requested$/.test(row.type));
    const isUnanswered = ({ askedAtMs, ended }: Question) =>
      askedAtMs >= (budget?.atMs ?? 0) &&
      askedAtMs <= atMs &&
      (ended === null || /^(un|threw)/.test(ended));
    if (questions.some(isUnanswered)) continue;
    const what = 'needs review for a doubt alone, and the platform answers';
    checker.violate('I19', `${stream}@${revision} ${what}`);
  }
}
