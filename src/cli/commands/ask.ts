import type { AskReceipt } from '../../index.ts';
import { command } from '../command.ts';
import type { Context } from '../io.ts';
import { exitCodes } from '../output/failure.ts';
import { nextCommands, nextDecisions, typed } from '../output/next-commands.ts';
import { talkOfAttention } from '../output/receipts.ts';
import { withOrders } from '../session.ts';

export const commands = [
  command('ask <ORDER>', {
    about: 'ask the platform how the order stands, and record the answer',
    help: `
A question changes nothing at the platform, so it may be asked in every state and again. An answer
that says how the order ended ends a doubt. Exit code 1: nothing was learned (unknown, unavailable).
The record names who asked if you give --actor.`,
    purpose: 'call',
    run: (context, _flags, orderNo) =>
      withOrders(context, async (orders, signal) => {
        const { actor, correlationId } = context.settings;
        // A signal does not end it: the answer is awaited and recorded first.
        const receipt = await orders.ask(orderNo, { actor, correlationId });
        if (!signal.aborted) return printAnswer(context, receipt);
        for (const line of answerLines(context, receipt)) context.screen.talk(line);
        throw signal.reason;
      }),
  }),
];

function printAnswer(context: Context, receipt: AskReceipt): number {
  const { screen, words } = context;
  const { answer, order } = receipt;
  const isLearned = answer.status !== 'unknown' && answer.status !== 'unavailable';
  const exitCode = isLearned ? exitCodes.ok : exitCodes.runtime;
  if (screen.json) {
    screen.document(receipt);
    return exitCode;
  }
  screen.lines(answerLines(context, receipt));
  const notes: Readonly<Record<string, string>> = words.stateNotes;
  for (const note of [proofIn(context, receipt), notes[order.stateDetail]]) {
    if (note !== undefined) screen.talk(note);
  }
  talkOfAttention(context, order);
  screen.talk(words.next);
  // What was just answered is not asked again at once.
  const isAnswered = isLearned && order.cancel?.inDoubt !== true;
  const next = isAnswered ? nextDecisions : nextCommands;
  for (const line of [typed(context, `show ${order.orderNo}`), ...next(context, order)]) {
    screen.talk(`  ${line}`);
  }
  return exitCode;
}

/** What was answered, and what became of it. */
function answerLines({ screen, words }: Context, receipt: AskReceipt): readonly string[] {
  const { kind, answer, order, revision } = receipt;
  const { status, rule } = answer;
  const line = words.asked[kind](order.orderNo, words.state(order.stateDetail), revision);
  return [
    words.asked.answer(status, rule, words.asked.meanings[status]),
    kind === 'recorded' ? screen.paint('green', line) : line,
  ];
}

/** Whether `pending` proves that the attempts in doubt did not run. */
function proofIn({ words }: Context, { answer, order }: AskReceipt): string | undefined {
  if (answer.status !== 'pending' || order.cancel === null) return undefined;
  const { attempts, inDoubt } = order.cancel;
  if (inDoubt) return answer.conclusive ? undefined : words.asked.tooEarly;
  const isProven = attempts.some((attempt) => attempt.answer === 'not-seen');
  return isProven ? words.asked.didNotRun : undefined;
}
