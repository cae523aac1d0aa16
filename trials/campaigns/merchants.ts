import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openPaymentOrders } from '../../src/open.ts';
import type { Answer, Request } from './rival.ts';
import type { RivalGroup } from './rivals.ts';

/** Who creates the order: a process of a merchant, or one without a gateway. */
export const creators = ['first', 'second', 'nobody'] as const;

/** So many processes of each merchant cancel at once. */
const ofEach = 4;

/**
 * I21 with real processes and keys: processes of two merchants cancel one order of one file at once.
 * Only the order's merchant calls. One that records nobody is adopted by one of them.
 */
export async function cancelByTwoMerchants(
  groups: readonly [RivalGroup, RivalGroup],
  creator: (typeof creators)[number],
  round: number,
): Promise<{ readonly violations: readonly string[]; readonly refused: number }> {
  const [first, second] = groups;
  const orderNo = `M${round}`;
  const path = join(first.directory, `${orderNo}.db`);
  const request = (...steps: Request['steps']): Request => ({ steps, path, orderNo });
  const contestants = groups.flatMap(({ rivals }) => rivals.slice(0, ofEach));
  if (creator === 'nobody') await createdByNobody(path, orderNo);
  else {
    const { rivals } = creator === 'first' ? first : second;
    await rivals[0]?.ask(request('open', 'create', 'close'));
  }
  const all = (...steps: Request['steps']) =>
    Promise.all(contestants.map((rival) => rival.ask(request(...steps))));
  const answers = await all('open', 'cancel');
  const closings = await all('close');
  const violations = [
    ...callsJudged(groups, creator, orderNo),
    ...answersJudged(answers, creator, orderNo),
    ...closings.flatMap((answer) => (answer.ok ? [] : [`answer ${orderNo}: ${answer.what}`])),
  ];
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  return { violations, refused: answers.filter(isRefused).length };
}

async function createdByNobody(path: string, orderNo: string): Promise<void> {
  await using orders = await openPaymentOrders({ store: `sqlite:${path}` });
  await orders.create({ orderNo, processBillNo: 'F1' });
}

function callsJudged(
  groups: readonly RivalGroup[],
  creator: (typeof creators)[number],
  orderNo: string,
): readonly string[] {
  const [first = 0, second = 0] = groups.map((group) => group.calls(orderNo));
  const isRight =
    first + second === 1 && (creator === 'nobody' || (creator === 'first') === (first === 1));
  return isRight ? [] : [`I21 ${orderNo} of ${creator}: ${first} and ${second} calls`];
}

/** Nobody is told that a cancel of another merchant's order was begun. */
function answersJudged(
  answers: readonly Answer[],
  creator: (typeof creators)[number],
  orderNo: string,
): readonly string[] {
  const strange = answers.filter((answer) => !answer.ok && !isRefused(answer));
  const accepted = answers.findIndex((answer) => answer.ok && answer.receipt?.kind === 'accepted');
  const by = accepted < ofEach ? 'first' : 'second';
  const isRight = accepted >= 0 && (creator === 'nobody' || creator === by);
  return [
    ...strange.map((answer) => `answer ${orderNo}: ${answer.ok ? '' : answer.what}`),
    ...(isRight ? [] : [`I21 ${orderNo} of ${creator} was cancelled by ${by}`]),
  ];
}

function isRefused(answer: Answer): boolean {
  return !answer.ok && answer.what.startsWith('no-gateway:');
}
