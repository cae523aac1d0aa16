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
  const took = (ms: number | null) => (ms === null ? '–' : words.duration(ms));
  return table([
    words.history.attemptHeaders,
    ...found.map(({ attempt, evidence, outcome }) => [
      String(attempt),
      evidence?.sentAt ?? '–',
      took(evidence?.durationMs ?? null),
      evidence?.requestId ?? '–',
      String(evidence?.httpStatus ?? '–'),
      evidence?.responseCode ?? '–',
      words.answers[outcome],
      evidence?.rule ?? '–',
    ]),
  ]);
}
