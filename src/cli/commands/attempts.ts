import type { AttemptRecord } from '../../dispute.ts';
import { attemptsOf } from '../../dispute.ts';
import { command } from '../command.ts';
import type { Context } from '../io.ts';
import { table } from '../output/table.ts';
import { existing, warnOfFaults, withOrders } from '../session.ts';

export const commands = [
  command('attempts <ORDER>', {
    about: 'one line for each call to the gateway',
    run: (context, _flags, orderNo) =>
      withOrders(context, 'read', async (orders) => {
        const { screen, words } = context;
        const found = attemptsOf(await existing(orders, orderNo));
        if (screen.json) screen.document({ attempts: found });
        else if (found.length === 0) screen.lines([words.history.noAttempts]);
        else screen.lines(await attemptLines(context, found));
        return warnOfFaults(context, orders, orderNo);
      }),
  }),
];

function attemptLines(
  { words }: Context,
  found: readonly AttemptRecord[],
): Promise<readonly string[]> {
  const { attemptHeaders: headers } = words.history;
  const { attempt, sent, took: time, requestId, http, code, outcome, rule } = headers;
  const took = (ms: number | null) => (ms === null ? '–' : words.duration(ms));
  return table([
    [attempt, sent, time, requestId, http, code, outcome, rule],
    ...found.map(({ attempt: number, evidence, outcome: answer }) => [
      String(number),
      evidence?.sentAt ?? '–',
      took(evidence?.durationMs ?? null),
      evidence?.requestId ?? '–',
      String(evidence?.httpStatus ?? '–'),
      evidence?.responseCode ?? '–',
      words.answers[answer],
      evidence?.rule ?? '–',
    ]),
  ]);
}
