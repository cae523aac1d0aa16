import type { CommandType, RecordedStep } from '../../index.ts';
import { oneOf } from '../input/arguments.ts';
import { command } from '../command.ts';
import type { Context } from '../io.ts';
import { escapeForTerminal } from '../../text.ts';
import { nextCommands } from '../output/next-commands.ts';
import { orderNotFound } from '../../order/decide.ts';
import { withOrders, warnOfFaults } from '../session.ts';

const commandOf: Readonly<Record<string, CommandType>> = {
  create: 'CreatePaymentOrder',
  start: 'StartPayment',
  cancel: 'RequestCancel',
  retry: 'RetryCancel',
  abandon: 'AbandonCancel',
  resolve: 'ResolveCancel',
  acknowledge: 'AcknowledgeAnomaly',
};

export const commands = [
  command('explain <ORDER> <COMMAND>', {
    about: 'whether a command would be accepted now, why not, and what would be',
    run: (context, _flags, orderNo, name) => explain(context, orderNo, name),
  }),
];

function explain(context: Context, orderNo: string, given: string): Promise<number> {
  const name = oneOf(given, Object.keys(commandOf), 'COMMAND');
  const command = commandOf[name] ?? 'RequestCancel';
  const { screen, words } = context;
  return withOrders(context, 'read', async (orders) => {
    const answer = await orders.explain(orderNo, command);
    if (answer === null) throw orderNotFound(orderNo);
    const { code, order } = answer;
    const since = await sinceWhen(orders.recordedSteps(orderNo));
    if (screen.json) screen.document({ ...answer, since });
    else {
      const why = code === null ? null : `${words.rejections[code]} (${code})`;
      const { mayNow, mayNotNow, allowedNow, nothingAllowed } = words.history;
      screen.lines([
        why === null ? mayNow(name) : mayNotNow(name, why),
        ...(since === null ? [] : [sinceLine(context, since)]),
        order.allowed.length === 0 ? nothingAllowed : allowedNow,
        ...nextCommands(context, order).map((line) => `  ${line}`),
      ]);
    }
    return warnOfFaults(context, orders, orderNo);
  });
}

type Since = Pick<RecordedStep, 'revision' | 'type' | 'recordedAt' | 'to'>;

/** The event that led into the state the order stands in. */
async function sinceWhen(steps: AsyncIterable<RecordedStep>): Promise<Since | null> {
  const entered: Since[] = [];
  for await (const { revision, type, recordedAt, to } of steps) {
    if (entered.at(-1)?.to !== to) entered.push({ revision, type, recordedAt, to });
  }
  return entered.at(-1) ?? null;
}

function sinceLine({ words }: Context, { to, revision, type, recordedAt }: Since): string {
  return words.history.since(
    words.state(escapeForTerminal(to)),
    revision,
    escapeForTerminal(type),
    escapeForTerminal(recordedAt),
  );
}
