import type { Receipt } from '../../src/order/types.ts';
import type { DeclaredOrder } from '../../src/testing/declared-target.ts';
import type { Told, Wish } from './client.ts';
import type { Row } from './log.ts';
import type { Sim } from './sim.ts';

/** With one of these, nothing was stored: the caller may forget that it asked. */
const nothingStored = new Set([
  'store-unavailable',
  'too-much-contention',
  'order-not-found',
  'store-closed',
  'nobody',
]);

const rejectionsStoredMax = 100;

/** I1 and I17: what each caller was told, against what is stored. */
export function judgeTold(
  sim: Sim,
  rows: readonly Row[],
  states: readonly DeclaredOrder[],
  told: readonly Told[],
): void {
  const { checker } = sim;
  for (const { wish, receipts, errors } of told) {
    const stored = rows.filter((row) => isOf(row, wish));
    const name = `${wish.name} ${wish.commandId ?? wish.factId ?? ''} of ${wish.orderNo}`;
    for (const receipt of receipts) {
      const problem =
        headProblem(receipt, rows, states) ?? storedProblem(receipt, wish, stored, rows);
      if (problem !== null) checker.violate('I1', `${name} was ${receipt.kind}, but ${problem}`);
    }
    const isFact = wish.commandId === undefined;
    if (isFact && receipts.length === 0) checker.violate('I13', `${name} was never recorded`);
    const isForgotten = receipts.length === 0 && errors.every((code) => nothingStored.has(code));
    if (isForgotten && stored.length > 0) {
      checker.violate('I17', `${name} is stored, though all that was told is ${errors.join()}`);
    }
  }
}

function isOf({ type, data, metadata }: Row, wish: Wish): boolean {
  if (wish.commandId !== undefined) return metadata['commandId'] === wish.commandId;
  return data['factId'] === wish.factId && /^(Payment|Closed)/.test(type);
}

/** The witness that a receipt gives stands in the stream, and its state is that of the tables. */
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

function storedProblem(
  { kind, revision }: Receipt,
  { name, commandId, isNamed }: Wish,
  stored: readonly Row[],
  rows: readonly Row[],
): string | null {
  const [first] = stored;
  const isRejection = first?.type === 'CommandRejected';
  switch (kind) {
    case 'accepted':
      if (first === undefined) return 'nothing is stored';
      if (isRejection) return 'a rejection is stored';
      return first.revision <= revision ? null : 'it is stored behind the revision told';
    case 'duplicate': {
      const needsNoRow = name.startsWith('cancel') || name === 'create';
      return first === undefined && !needsNoRow ? 'no such event is stored' : null;
    }
    case 'rejected': {
      if (commandId === undefined) return 'a fact is never rejected';
      if (first !== undefined && !isRejection) return `${first.type} is stored`;
      if (first !== undefined && isNamed !== true) return 'it named nobody and is stored';
      const rejections = rows.filter(({ type }) => type === 'CommandRejected').length;
      const isMissing = first === undefined && isNamed === true;
      return isMissing && rejections < rejectionsStoredMax ? 'the rejection is not stored' : null;
    }
  }
}
