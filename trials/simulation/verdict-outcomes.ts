import type { Row } from './log.ts';
import { textOf } from './log.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';
import { entering } from './checker.ts';

/** So many calls of one order in peace its attempts allow; one more would be a loop. */
const callsInPeaceMax = 12;

/** I6, I8 and I13: compares the recorded outcomes with what the platform did with the calls. */
export function judgeOutcomes(sim: Sim, orderNo: string, rows: readonly Row[]): void {
  const { checker, seen } = sim;
  const outcomes = rows.filter(({ data }) => data['attempt'] !== undefined);
  for (const { type, data, revision } of outcomes) {
    const executions = checker.executions.filter(({ nonce }) => nonce === data['nonce']);
    const wasAnswered = (result: 'true' | 'false') =>
      executions.some((execution) => execution.result === result);
    const isTrue =
      (type !== 'CancelConfirmed' || wasAnswered('true')) &&
      (type !== 'CancelRefused' || wasAnswered('false')) &&
      (type !== 'CancelNotExecuted' || executions.length === 0) &&
      (type !== 'CancelBlocked' || executions.length === 0);
    if (!isTrue) checker.violate('I8', `${orderNo}@${revision} ${type} is not what happened`);
    const isSpent = type === 'CancelNotExecuted' || type === 'CancelOutcomeUnknown';
    if (isSpent && data['retryInMs'] === null) count(seen, 'attempt limit reached');
    count(seen, `rule ${textOf(data['rule'])}`);
  }
  const sends = checker.sends.filter((send) => send.orderNo === orderNo);
  // A request that was sent but recorded as not sent shows as one request too many.
  const unsent = outcomes.filter(
    ({ type, data }) => type === 'CancelNotExecuted' && data['nonce'] === undefined,
  );
  const entries = rows.filter(({ type }) => entering.has(type));
  if (sends.length > entries.length - new Set(unsent.map(({ data }) => data['attempt'])).size) {
    checker.violate('I8', `${orderNo}: something was sent that was recorded as not sent`);
  }
  for (const { attempt } of sends) {
    const isKnown = outcomes.some(({ data }) => data['attempt'] === attempt);
    if (!isKnown) checker.violate('I6', `attempt ${attempt} of ${orderNo} has no outcome`);
  }
  for (const { nonce, life, attempt, ended } of sends) {
    const isRecorded = outcomes.some(({ data }) => data['nonce'] === nonce);
    const couldRecord = ended === 'answered' && !life.hasCrashed && !sim.isOutageLong;
    if (couldRecord && !isRecorded) {
      checker.violate('I6', `the answer to attempt ${attempt} of ${orderNo} was dropped`);
    }
  }
  const inPeace = sends.filter(({ isInPeace }) => isInPeace).length;
  if (inPeace > callsInPeaceMax) checker.violate('I13', `${orderNo}: ${inPeace} calls in peace`);
}
