import type { CommandType, Explanation, RecordedStep } from '../../index.ts';
import { orderNotFound } from '../../order/decide.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { oneOf } from '../input/arguments.ts';
import type { Context } from '../io.ts';
import { allowedCommands, typedAs } from '../output/next-commands.ts';
import { readOrder } from '../session.ts';

const commandOf = new Map(
  // The keys of the table are the types of the commands.
  (Object.keys(typedAs) as CommandType[]).map((type) => [typedAs[type][0], type]),
);

export const commands = [
  command('explain <ORDER> <COMMAND>', {
    about: 'whether a command would be accepted now, why not, and what would be',
    run: (context, _flags, orderNo, given) => {
      const name = oneOf(given, [...commandOf.keys()], 'COMMAND');
      return readOrder(context, orderNo, async (orders) => {
        const answer = await orders.explain(orderNo, commandOf.get(name) ?? 'RequestCancel');
        if (answer === null) throw orderNotFound(orderNo);
        const since = await sinceWhen(orders.recordedSteps(orderNo));
        await context.screen.answer({ ...answer, since }, () =>
          explanationLines(context, name, answer, since),
        );
      });
    },
  }),
];

function explanationLines(
  context: Context,
  name: string,
  { answer, code, order }: Explanation,
  since: Since | null,
): readonly string[] {
  const { rejections, history } = context.words;
  const { mayNow, repeatsNow, mayNotNow, allowedNow, nothingAllowed } = history;
  const mayNot = answer === 'duplicate' ? repeatsNow : mayNotNow;
  return [
    code === null ? mayNow(name) : mayNot(name, `${rejections[code]} (${code})`),
    ...(since === null ? [] : [sinceLine(context, since)]),
    order.allowed.length === 0 ? nothingAllowed : allowedNow,
    ...allowedCommands(context, order).map((line) => `  ${line}`),
  ];
}

type Since = Pick<RecordedStep, 'revision' | 'type' | 'recordedAt' | 'to'>;

/** The event that led into the order's present state. */
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
