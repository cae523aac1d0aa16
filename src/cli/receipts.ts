import type { Receipt } from '../index.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { nextCommands, typed } from './next-commands.ts';

/** Prints the answer to a command or a fact; a rejection is an answer too. */
export function printReceipt(context: Context, receipt: Receipt): number {
  const { screen, words } = context;
  const { order, revision } = receipt;
  const exitCode = receipt.kind === 'rejected' ? exitCodes.rejected : exitCodes.ok;
  if (screen.json) {
    screen.document(receipt);
    return exitCode;
  }
  const state = words.state(order.stateDetail);
  if (receipt.kind === 'rejected') {
    const why = words.rejections[receipt.code];
    screen.lines([screen.paint('red', words.rejected(order.orderNo, why, state))]);
  } else {
    const said = words.answered[receipt.kind](order.orderNo, state, revision);
    screen.lines([receipt.kind === 'accepted' ? screen.paint('green', said) : said]);
  }
  const note = words.stateNotes[order.stateDetail];
  if (note !== undefined) screen.talk(note);
  if (order.needsAttention) screen.talk(words.needsAttention);
  const next = [typed(context, `show ${order.orderNo}`), ...nextCommands(context, order)];
  screen.talk(`${words.next}:`);
  for (const line of next) screen.talk(`  ${line}`);
  return exitCode;
}
