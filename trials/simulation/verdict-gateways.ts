import type { Account } from './accounts.ts';
import { isAccount } from './accounts.ts';
import { entering } from './checker.ts';
import type { Row } from './log.ts';
import { textOf } from './log.ts';
import { isOld } from './old-order.ts';
import type { Question } from './questions.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';

/** Where each account is named before an order records it. */
const claimsStream = 'paymentOrderGateways';

/** I21: nobody calls for an order of another account, nor asks about it. */
export function judgeGateways(sim: Sim, orderNo: string, rows: readonly Row[]): void {
  const { checker } = sim;
  const violate = (what: string) => {
    checker.violate('I21', `${orderNo} ${what}`);
  };
  const [first] = rows;
  if (first === undefined) return;
  const problem = creationProblem(sim, orderNo, first);
  if (problem !== null) violate(problem);
  const recorded = accountOf(rows);
  for (const row of rows) {
    const named = gatewayIn(row);
    if (named !== null && !isClaimed(sim, named, row)) violate(`@${row.revision} is not claimed`);
    if (!entering.has(row.type) || isOld(row)) continue;
    if (recorded === null || !isAccount(recorded.account, asAccount(named))) {
      violate(`@${row.revision} begins an attempt of ${shown(named)}`);
    }
  }
  if (recorded !== null && recorded.revision > 0) judgeAdoption(sim, orderNo, first, recorded);
  judgeCalls(sim, orderNo, rows, recorded);
  judgeActors(sim, orderNo, rows, recorded);
}

type Recorded = { readonly account: Account; readonly revision: number };
type Named = { readonly name: string; readonly appId: string | null };

/** Whose order it is, and which event says so: its first, or the first attempt. */
export function accountOf(rows: readonly Row[]): Recorded | null {
  for (const row of rows) {
    if (row.revision > 0 && !entering.has(row.type)) continue;
    const named = gatewayIn(row);
    if (typeof named?.appId === 'string') {
      return { account: asAccount(named), revision: row.revision };
    }
  }
  return null;
}

function gatewayIn({ data }: Row): Named | null {
  const { gateway } = data;
  if (typeof gateway !== 'object' || gateway === null || Array.isArray(gateway)) return null;
  const { appId } = gateway as { readonly appId?: unknown };
  const name = textOf((gateway as Row['data'])['name']);
  return { name, appId: typeof appId === 'string' ? appId : null };
}

function asAccount(named: Named | null): Account {
  return { name: named?.name ?? '', appId: named?.appId ?? '' };
}

function shown(named: Named | null): string {
  return named === null ? 'nobody' : `${named.name} ${named.appId ?? ''}`;
}

/** What the first event records is what its creator knew. */
function creationProblem({ accounts }: Sim, orderNo: string, first: Row): string | null {
  const belonging = accounts.belonging(orderNo);
  const named = gatewayIn(first);
  const isRight =
    belonging.kind === 'nobody'
      ? named === null
      : belonging.kind === 'name'
        ? named?.name === belonging.name && named.appId === null
        : isAccount(belonging.account, asAccount(named));
  return isRight ? null : `is created as one of ${shown(named)}`;
}

function isClaimed({ log }: Sim, { name, appId }: Named, { position }: Row): boolean {
  return log
    .stream(claimsStream)
    .some(
      ({ data, position: claimedAt }) =>
        data['name'] === name &&
        (data['appId'] ?? null) === appId &&
        Number(claimedAt) < Number(position),
    );
}

/** No account is claimed twice. */
export function judgeClaims({ checker }: Sim, rows: readonly Row[]): void {
  const seen = new Set<string>();
  for (const { data, revision } of rows) {
    const claim = JSON.stringify([data['name'], data['appId']]);
    if (seen.has(claim)) checker.violate('I21', `claim ${revision} is made again`);
    seen.add(claim);
  }
}

/** Who was not told to adopt does so only where it is alone: its claim is before every other's. */
function judgeAdoption(
  sim: Sim,
  orderNo: string,
  first: Row,
  { account, revision }: Recorded,
): void {
  const isTold = sim.accounts.isTold(account);
  const ofName = gatewayIn(first);
  count(sim.seen, 'adopted');
  count(sim.seen, ofName === null ? 'adopted without a name' : 'adopted by its name');
  if (isOld(first)) count(sim.seen, 'adopted by recovery');
  count(sim.seen, isTold ? 'adopted by who was told to' : 'adopted by who was alone');
  if (ofName !== null && ofName.name !== account.name) {
    sim.checker.violate('I21', `${orderNo}@${revision} is an attempt of another name`);
  }
  if (isTold || isFirst(sim, account, ofName)) return;
  sim.checker.violate('I21', `${orderNo} is adopted by ${account.appId}, which is not alone`);
}

function isFirst({ log }: Sim, { name, appId }: Account, ofName: Named | null): boolean {
  for (const { data } of log.stream(claimsStream)) {
    const isOfAnother = data['name'] !== name;
    if (isOfAnother && ofName !== null) continue;
    if (isOfAnother) return false;
    if (data['appId'] !== undefined) return data['appId'] === appId;
  }
  return false;
}

/** Each request and question was signed with the keys of the order's account. */
function judgeCalls(
  sim: Sim,
  orderNo: string,
  rows: readonly Row[],
  recorded: Recorded | null,
): void {
  const { checker, seen } = sim;
  for (const send of checker.sends) {
    if (send.orderNo !== orderNo || isAccount(recorded?.account ?? null, send.account)) continue;
    const what = `${send.life.name} calls for ${orderNo} as ${send.account.appId}`;
    checker.violate('I21', what);
  }
  for (const question of checker.questions) {
    if (question.orderNo !== orderNo || isAccount(recorded?.account ?? null, question.account)) {
      continue;
    }
    if (mayAdopt(sim, question, rows, recorded)) count(seen, 'asked before somebody adopted');
    else checker.violate('I21', `${question.life.name} asks as ${question.account.appId}`);
  }
}

/** Before its first attempt, each process that adopts may ask about an order that names nobody. */
function mayAdopt(
  sim: Sim,
  { account, shownRevision }: Question,
  [first]: readonly Row[],
  recorded: Recorded | null,
): boolean {
  if (first === undefined || (recorded !== null && shownRevision >= recorded.revision))
    return false;
  const ofName = gatewayIn(first);
  if (ofName !== null && ofName.name !== account.name) return false;
  return sim.accounts.isTold(account) || isFirst(sim, account, ofName);
}

/** The record names who was called. */
function judgeActors(
  { checker }: Sim,
  orderNo: string,
  rows: readonly Row[],
  recorded: Recorded | null,
): void {
  for (const { metadata, revision } of rows) {
    const { actor, source } = metadata;
    if (source !== 'gateway') continue;
    const expected = `${recorded?.account.name ?? ''}/payment.order.cancel`;
    if (typeof actor === 'object' && JSON.stringify(actor).includes(JSON.stringify(expected))) {
      continue;
    }
    checker.violate('I21', `${orderNo}@${revision} is said to come of ${JSON.stringify(actor)}`);
  }
}
