import type { PaymentOrder, Receipt } from '../../index.ts';
import { reasonText } from '../../listing/order-texts.ts';
import type { Context } from '../io.ts';
import { exitCodes } from '../output/failure.ts';
import { systemRuntime } from '../../runtime.ts';
import { nextCommands, typed } from './next-commands.ts';

/** Prints the answer to a command or a fact; gives the exit code. */
export function printReceipt(context: Context, receipt: Receipt, mayCall: boolean): number {
  const { screen, words } = context;
  const { order } = receipt;
  const exitCode = receipt.kind === 'rejected' ? exitCodes.rejected : exitCodes.ok;
  if (screen.json) {
    screen.document(receipt);
    return exitCode;
  }
  const [answer, ...outcome] = mayCall
    ? outcomeLines(context, receipt)
    : [answerLine(context, receipt)];
  screen.lines([painted(context, receipt, answer ?? ''), ...outcome]);
  const notes: Readonly<Record<string, string>> = words.stateNotes;
  const note = notes[order.stateDetail];
  if (note !== undefined) screen.talk(note);
  talkOfAttention(context, order);
  screen.talk(words.next);
  for (const line of nextSteps(context, receipt, mayCall)) screen.talk(`  ${line}`);
  return exitCode;
}

/** Why the order needs a person, where it does. */
export function talkOfAttention(
  { screen, words }: Context,
  { needsAttention }: PaymentOrder,
): void {
  if (needsAttention === null) return;
  screen.talk(words.needsAttention);
  const nowMs = systemRuntime().now();
  for (const reason of needsAttention) screen.talk(`  ${reasonText(words, reason, nowMs)}`);
}

/** The answer to a cancel or a retry, and the gateway's answer to its newest attempt. */
export function outcomeLines(context: Context, receipt: Receipt): readonly string[] {
  const { words } = context;
  const { kind, order } = receipt;
  const answer = kind === 'rejected' ? undefined : newestAnswer(order);
  const outcome =
    answer === 'refused' && (order.closed || order.cancel?.inDoubt === true)
      ? words.outcomes[order.closed ? 'refusedClosed' : 'refusedInDoubt']
      : answer === 'refused' || answer === 'confirmed'
        ? words.outcomes[answer]
        : null;
  return [answerLine(context, receipt), ...(outcome === null ? [] : [outcome])];
}

function answerLine({ words }: Context, receipt: Receipt): string {
  const { order, revision } = receipt;
  const state = words.state(order.stateDetail);
  if (receipt.kind === 'rejected') {
    return words.rejected(order.orderNo, words.rejections[receipt.code], state);
  }
  const answer = receipt.retracted === true ? 'retracted' : receipt.kind;
  return words.answered[answer](order.orderNo, state, revision);
}

function painted({ screen }: Context, { kind }: Receipt, line: string): string {
  if (kind === 'duplicate') return line;
  return screen.paint(kind === 'rejected' ? 'red' : 'green', line);
}

function nextSteps(context: Context, receipt: Receipt, mayCall: boolean): readonly string[] {
  const { order, kind } = receipt;
  const show = typed(context, `show ${order.orderNo}`);
  const wasRefused = mayCall && kind !== 'rejected' && newestAnswer(order) === 'refused';
  if (!wasRefused || order.closed) return [show, ...nextCommands(context, order)];
  // If the payment has arrived, another cancel is refused again: its notice comes first.
  const paid = typed(context, `paid ${order.orderNo} --transaction-no NO  # when its notice comes`);
  const asksAgain = new Set(['RequestCancel', 'RetryCancel']);
  const commands = (isAgain: boolean) => {
    const allowed = order.allowed.filter((command) => asksAgain.has(command) === isAgain);
    return nextCommands(context, { ...order, allowed });
  };
  return [show, paid, ...commands(false), ...commands(true)];
}

function newestAnswer({ cancel }: PaymentOrder) {
  return cancel?.attempts.at(-1)?.answer;
}
