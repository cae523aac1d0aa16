import type { BillDifference } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { moneyText } from '../../timeline/amount.ts';
import type { Context } from '../io.ts';
import { table } from './table.ts';

export function differenceLines(
  { screen, words }: Context,
  differences: readonly BillDifference[],
): Promise<readonly string[]> {
  return table([words.bill.headers, ...differences.map(rowOf(words))], screen.columns);
}

const rowOf =
  ({ bill }: Context['words']) =>
  (difference: BillDifference): readonly string[] => {
    if (difference.kind === 'bad-row') {
      const { line, problem } = difference;
      const note = [bill.row(line), escapeForTerminal(problem)];
      return ['–', bill.badRow, '–', '–', note.join(bill.listComma)];
    }
    if (difference.kind === 'unread') {
      const { day, type, rule } = difference;
      return ['–', bill.unread, '–', '–', bill.unreadPart(day, type, rule)];
    }
    const { orderNo, refundNo, kind, here, there, status, row, recorded } = difference;
    const sums = (money: typeof there) => money.map(moneyText).join(' + ');
    const note = [
      ...(refundNo === null ? [] : [bill.refund(escapeForTerminal(refundNo))]),
      ...(row === null ? [] : [bill.row(row.line)]),
      ...(difference.isOrderKnown ? [] : [bill.orderUnknown]),
      bill.recorded[recorded],
    ];
    return [
      escapeForTerminal(orderNo),
      bill.kinds[kind],
      here === null ? bill.amountUnknown : sums(here) || '–',
      status === 'succeeded' ? sums(there) : bill.statuses[status],
      note.join(bill.listComma),
    ];
  };
