import type { AttemptRecord } from '../../dispute.ts';
import { attemptsOf } from '../../dispute.ts';
import { command } from '../command.ts';
import type { Context } from '../io.ts';
import { table } from '../output/table.ts';
import { existing, readOrder } from '../session.ts';

export const commands = [
  command('attempts <ORDER>', {
    about: 'one line for each attempt of a cancel at the gateway',
    run: (context, _flags, orderNo) =>
      readOrder(context, orderNo, async (orders) => {
        const attempts = attemptsOf(await existing(orders, orderNo));
        await context.screen.answer({ attempts }, () => attemptLines(context, attempts));
      }),
  }),
];

function attemptLines(
  { screen, words }: Context,
  attempts: readonly AttemptRecord[],
): readonly string[] | Promise<readonly string[]> {
  if (attempts.length === 0) return [words.history.noAttempts];
  const took = (ms: number | null) => (ms === null ? '–' : words.duration(ms));
  return table(
    [
      words.history.attemptHeaders,
      ...attempts.map(({ attempt, evidence, outcome }) => [
        String(attempt),
        evidence?.sentAt ?? '–',
        took(evidence?.durationMs ?? null),
        evidence?.requestId ?? '–',
        String(evidence?.httpStatus ?? '–'),
        evidence?.responseCode ?? '–',
        words.answers[outcome],
        evidence?.rule ?? '–',
      ]),
    ],
    screen.columns,
  );
}
