import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { orderNoOf } from '../../history/event.ts';
import type { CompatibilityReport, HistoryCheck, PaymentOrders } from '../../index.ts';
import { verifyHistories } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { UsageError } from '../input/arguments.ts';
import { pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodes } from '../output/failure.ts';
import { Progress } from '../output/progress.ts';
import { withOrders } from '../session.ts';

/** Replays every history of the store through a machine that is about to be released. */
export async function gate(context: Context, file: string): Promise<number> {
  const machine = await machineIn(pathAt(context.io.cwd, file));
  return withOrders(context, 'read', async (orders) => {
    const report = await verifyHistories(machine, historiesOf(orders, new Progress(context)));
    const different = report.histories.filter(({ ok }) => !ok);
    const { screen, words } = context;
    const { stranded } = report;
    if (screen.json) {
      screen.document({ orders: report.histories.length, different, stranded });
    } else {
      screen.lines(different.flatMap((check) => checkLines(context, check)));
      screen.lines(
        stranded.map(({ stream, state }) =>
          words.history.stranded(nameOf(stream), escapeForTerminal(state)),
        ),
      );
      const counts = [report.histories.length, different.length, stranded.length] as const;
      screen.talk(words.history.gated(...counts));
    }
    return exitCodeOf(report);
  });
}

/** The machine that a module exports by default, or by the name that this package uses. */
async function machineIn(file: string): Promise<object> {
  let exported: Readonly<Record<string, unknown>>;
  try {
    // A module is an object of its exports, which are checked below.
    exported = (await import(pathToFileURL(resolve(file)).href)) as typeof exported;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it threw something other than an error';
    throw new UsageError(`--machine: the file cannot be loaded: ${escapeForTerminal(why)}`);
  }
  const machine = exported['default'] ?? exported['paymentOrderMachine'];
  if (typeof machine === 'object' && machine !== null) return machine;
  throw new UsageError(
    '--machine: the file must export a machine by default or by the name paymentOrderMachine',
  );
}

async function* historiesOf(orders: PaymentOrders, progress: Progress) {
  for await (const orderNo of orders.orderNumbers()) {
    const events = await orders.recordedEvents(orderNo);
    progress.saw(events.length, 0);
    yield events;
  }
}

function checkLines({ screen, words }: Context, check: HistoryCheck): readonly string[] {
  const { stream, divergence, fault } = check;
  const order = nameOf(stream);
  const { history } = words;
  if (fault !== null)
    return [screen.paint('red', history.replayEnds(order, escapeForTerminal(fault.message)))];
  if (divergence === null) return [];
  const { revision, type, cause, recorded, derived } = divergence;
  const way = (from: string | null, to: string | null) =>
    `${escapeForTerminal(from ?? '–')} → ${to === null ? history.notTaken : escapeForTerminal(to)}`;
  return [
    screen.paint('red', history.diverges(order, revision, escapeForTerminal(type))),
    `  ${history.gateCauses[cause]}: ${way(recorded.from, recorded.to)} | ${way(derived.from, derived.to)}`,
  ];
}

function nameOf(stream: string): string {
  return escapeForTerminal(orderNoOf(stream));
}

/** A broken history is graver than one that another machine wrote. */
function exitCodeOf({ ok, histories }: CompatibilityReport): number {
  if (histories.some(({ fault }) => fault !== null)) return exitCodes.integrity;
  return ok ? exitCodes.ok : exitCodes.replayDivergence;
}
