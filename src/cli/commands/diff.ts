import type { RecordedStep } from '../../index.ts';
import { changesBetween, withoutEvents } from '../../report/changes.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { revisionRange, UsageError } from '../input/arguments.ts';
import type { Context } from '../io.ts';
import { described, eventLines } from '../output/event-lines.ts';
import { table } from '../output/table.ts';
import { existing, readOrder } from '../session.ts';

type Change = { readonly field: string; readonly before: unknown; readonly after: unknown };

export const commands = [
  command('diff <ORDER> <A..B>', {
    about: 'how the order changed from revision A to revision B, and the events between',
    run: (context, _flags, orderNo, range) => {
      const [from, to] = revisionRange(range);
      const { screen, words } = context;
      return readOrder(context, orderNo, async (orders) => {
        const events = await existing(orders, orderNo);
        const steps = await Array.fromAsync(orders.recordedSteps(orderNo));
        const changes = changesOf(flat(stepAt(steps, from)), flat(stepAt(steps, to)));
        const between = described(context, events).filter(
          ({ event: { revision } }) =>
            revision > Math.min(from, to) && revision <= Math.max(from, to),
        );
        await screen.answer(
          { from, to, changes, events: between.map(({ event }) => event) },
          async () => [
            ...(await changeLines(context, changes)),
            '',
            words.history.between(between.length),
            ...(await eventLines(context, between)),
          ],
        );
      });
    },
  }),
];

/** The state and the facts of an order, by dotted paths. */
function flat({ to, known }: RecordedStep): Readonly<Record<string, unknown>> {
  const fields: Record<string, unknown> = { state: to };
  const add = (path: string, value: unknown) => {
    if (typeof value !== 'object' || value === null) fields[path] = value;
    else for (const [key, inner] of Object.entries(value)) add(`${path}.${key}`, inner);
  };
  for (const [key, value] of Object.entries(withoutEvents(known))) add(key, value);
  return fields;
}

function changesOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly Change[] {
  return changesBetween(before, after).map(([path, value = null]) => {
    const field = path.join('.');
    return { field, before: before[field] ?? null, after: value };
  });
}

async function changeLines(
  { screen, words }: Context,
  changes: readonly Change[],
): Promise<readonly string[]> {
  if (changes.length === 0) return [words.history.nothingChanged];
  const shown = (value: unknown) => (value === null ? '–' : escapeForTerminal(textOf(value)));
  return table(
    [
      words.history.diffHeaders,
      ...changes.map((change) => [
        escapeForTerminal(change.field),
        shown(change.before),
        shown(change.after),
      ]),
    ],
    screen.columns,
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** @throws {UsageError} The history has no such revision. */
function stepAt(steps: readonly RecordedStep[], revision: number): RecordedStep {
  const step = steps.find((one) => one.revision === revision);
  if (step !== undefined) return step;
  const last = steps.at(-1)?.revision ?? -1;
  throw new UsageError(`there is no revision ${revision}; the history ends at ${last}`);
}
