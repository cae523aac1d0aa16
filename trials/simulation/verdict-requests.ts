import type { Receipt } from '../../src/order/types.ts';
import type { DeclaredOrder } from '../../src/testing/declared-target.ts';
import type { RequestLog, Request } from './client.ts';
import type { Row } from './log.ts';
import { retractedIn } from './retractions.ts';
import type { Sim } from './sim.ts';
import { count } from './seen.ts';

/** With these codes, nothing was stored. */
const nothingStored = new Set([
  'store-unavailable',
  'too-much-contention',
  'order-not-found',
  'store-closed',
  'no-gateway',
  'nobody',
]);

/** I1, I9 and I17: compares what each caller got with what is stored. */
export function judgeRequests(
  sim: Sim,
  rows: readonly Row[],
  states: readonly DeclaredOrder[],
  requestLogs: readonly RequestLog[],
): void {
  const { checker } = sim;
  for (const { request, receipts, errors } of requestLogs) {
    const stored = rows.filter((row) => isOf(row, request));
    const name = `${request.name} ${request.commandId ?? request.factId ?? ''} of ${request.orderNo}`;
    for (const receipt of receipts) {
      const problem =
        headProblem(receipt, rows, states) ??
        storedProblem(receipt, request, stored) ??
        retractionProblem(sim, receipt, request, stored, rows);
      if (problem !== null) checker.violate('I1', `${name} was ${receipt.kind}, but ${problem}`);
    }
    const changed = changedAnswer(receipts);
    if (changed !== null) checker.violate('I9', `${name} ${changed}`);
    const isFact = request.commandId === undefined;
    if (isFact && receipts.length === 0) checker.violate('I13', `${name} was never recorded`);
    const isForgotten = receipts.length === 0 && errors.every((code) => nothingStored.has(code));
    if (isForgotten && stored.length > 0) {
      checker.violate('I17', `${name} is stored, though the caller only got ${errors.join()}`);
    }
  }
}

/** What was done once is not done again; any other answer stays as it was, for ever. */
function changedAnswer(receipts: readonly Receipt[]): string | null {
  const [first, ...later] = receipts.map((receipt) =>
    receipt.kind === 'rejected' ? `rejected ${receipt.code}` : receipt.kind,
  );
  const expected = first === 'accepted' ? 'duplicate' : first;
  const other = later.find((answer) => answer !== expected);
  return other === undefined ? null : `was answered ${first ?? ''}, and later ${other}`;
}

function isOf({ type, data, metadata }: Row, request: Request): boolean {
  if (request.commandId !== undefined) return metadata['commandId'] === request.commandId;
  return data['factId'] === request.factId && /^(Payment|Closed)/.test(type);
}

/** The receipt's witness is in the stream, and its state is that of the tables. */
function headProblem(
  { revision, hash, order }: Receipt,
  rows: readonly Row[],
  states: readonly DeclaredOrder[],
): string | null {
  if (rows[revision]?.metadata['hash'] !== hash) return `revision ${revision} is another event`;
  const state = states[revision]?.state;
  return state === order.stateDetail
    ? null
    : `it showed ${order.stateDetail}, not ${String(state)}`;
}

/** A repeat of a fact that was taken back says so, and one of a fact that counts does not. */
function retractionProblem(
  { seen }: Sim,
  receipt: Receipt,
  { commandId }: Request,
  stored: readonly Row[],
  rows: readonly Row[],
): string | null {
  if (commandId !== undefined || receipt.kind !== 'duplicate') return null;
  const retracted = retractedIn(rows.slice(0, receipt.revision + 1));
  const isRetracted = stored.some(({ revision }) => retracted.has(revision));
  if (isRetracted) count(seen, 'repeat of a retracted fact');
  if (isRetracted === (receipt.retracted === true)) return null;
  return isRetracted ? 'it did not say that it was retracted' : 'it was not retracted';
}

function storedProblem(
  receipt: Receipt,
  { commandId }: Request,
  [first]: readonly Row[],
): string | null {
  const { kind, revision } = receipt;
  if (first === undefined) return 'nothing is stored';
  if (first.revision > revision) return 'it is stored after the reported revision';
  const isRejection = first.type === 'CommandRejected';
  switch (kind) {
    case 'accepted':
      return isRejection ? 'a rejection is stored' : null;
    case 'duplicate':
      return null;
    case 'rejected':
      if (commandId === undefined) return 'a fact is never rejected';
      if (!isRejection) return `${first.type} is stored`;
      return first.data['code'] === receipt.code ? null : 'another reason is stored';
  }
}
