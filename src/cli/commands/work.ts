import { compact } from '../../compact.ts';
import type { RecoveryOptions } from '../../index.ts';
import type { CallInput } from '../../order/types.ts';
import { parseCommand } from '../../order/input.ts';
import type { Words } from '../../words/cli/en.ts';
import { command } from '../command.ts';
import { UsageError, wholeNumber } from '../input/arguments.ts';
import { flag, text } from '../input/options.ts';
import { absenceOf } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodes, reportFailures, reportInPassing, warn } from '../output/failure.ts';
import { Firings } from '../output/firings.ts';
import { personNamedIn } from '../person.ts';
import { open, stopping, withOrders } from '../session.ts';
import { retryBlocked } from './retry-blocked.ts';
import type { Retried } from './retry-blocked.ts';
import { checkpointOptions, checkpointsFrom } from './work-checkpoints.ts';
import { workStatus } from './work-status.ts';

export const commands = [
  command('work', {
    about:
      'fire the due timers of all orders: retries, questions, abandoned attempts; try notices again',
    help: `
While a gateway cannot be reached, or blocks every call, one order at a time is tried, and the others
wait without an attempt being spent. --retry-blocked is for the day after: orders that stopped because
the gateway blocked them, or was away until their attempts were used up, get one more attempt. --status reads what the processes that
work write beside the index; exit code 1: none of them follows the store.`,
    purpose: 'recover',
    options: {
      once: flag('--once', 'what is due now, then exit'),
      retryBlocked: flag(
        '--retry-blocked',
        'with --once, operator: one more attempt for orders that the gateway blocked, or that used ' +
          'up their attempts without one that ran',
      ),
      note: text('--note <TEXT>', 'with --retry-blocked: stored with each of them', {
        mayBeEmpty: true,
      }),
      askAfter: text('--ask-after-ms <MS>', 'ask about orders that stay open for longer'),
      ...checkpointOptions,
      status: flag('--status', 'how recovery stands in all processes; calls nobody'),
    },
    run: async (context, { once, askAfter, status, note, retryBlocked: again, ...log }) => {
      if (status) {
        const others = Object.values({ once, again, note, askAfter, ...log }).flat();
        if (others.some((given) => given !== undefined && given !== false)) {
          throw new UsageError('--status cannot be used with other options of work');
        }
        return workStatus(context);
      }
      if (again && !once) {
        throw new UsageError('--retry-blocked can only be used with --once');
      }
      if (note !== undefined && !again) {
        throw new UsageError('--note can only be used with --retry-blocked');
      }
      const askAfterMs = askAfter === undefined ? undefined : wholeNumber(askAfter, 'askAfterMs');
      const retry = again ? retryFrom(context, note) : null;
      const checkpoints = await checkpointsFrom(context, log);
      const options = { askAfterMs, checkpoints };
      return once ? workOnce(context, options, retry) : workUntilStopped(context, options);
    },
  }),
];

type WorkOptions = Pick<RecoveryOptions, 'askAfterMs' | 'checkpoints'>;

/** Read before the store is opened. */
function retryFrom(context: Context, note: string | undefined): CallInput<'RetryCancel'> {
  const input = { ...compact({ note }), actor: personNamedIn(context) };
  parseCommand('O', 'RetryCancel', input);
  return input;
}

function workOnce(
  context: Context,
  { askAfterMs, checkpoints }: WorkOptions,
  retry: CallInput<'RetryCancel'> | null,
): Promise<number> {
  const { settings, screen, words } = context;
  // Without a store nothing is due, and no file is made.
  const absence = absenceOf(settings, words);
  const purpose = absence === null ? 'recover' : 'call';
  return withOrders({ ...context, purpose }, async (orders, signal) => {
    const [firings, again] = [new Firings(context), new Firings(context)];
    const [onFired, onGateway] = [firings.saw.bind(firings), firings.sawGateway.bind(firings)];
    // After a signal nothing more is fired; what was fired is awaited, printed and counted.
    const recovered = await orders.recoverOnce({
      ...{ signal, onFired, onGateway, askAfterMs },
      checkpoints: absence === null ? checkpoints : undefined,
    });
    const failures: unknown[] = [];
    const work = { orders, signal, firings: again, failures };
    const retried =
      retry === null ? undefined : await retryBlocked(context, { ...work, input: retry });
    const { waiting, fired, notices, asked, down, leftAlone, checkpoint } = recovered;
    if (absence !== null) warn(context, { message: `${absence}; ${words.store.nothingWaited}` });
    const { answers } = firings;
    const counted = retried === undefined ? undefined : { ...retried, answers: again.answers };
    const seen = { waiting, fired, answers, notices, asked, down, leftAlone, checkpoint };
    const answer = { ...seen, retried: counted };
    await screen.answer(answer, () => [
      words.worked(waiting, fired, firings.answersInWords),
      ...(down === undefined ? [] : [words.work.leftDown(down)]),
      ...(leftAlone === undefined ? [] : [words.work.leftToOthers(leftAlone)]),
      ...(notices === undefined ? [] : [words.inbox.settledAgain(notices)]),
      ...(asked === undefined ? [] : [words.askedAbout(asked)]),
      ...(retried === undefined ? [] : retriedLines(words, retried, again.answersInWords)),
    ]);
    return failures.length > 0
      ? reportFailures(failures, context, settings.storeUrl)
      : exitCodes.ok;
  });
}

function retriedLines(
  words: Words,
  { found, retried, left, stillBlocked }: Retried,
  answers: string,
) {
  const { work } = words;
  return [
    work.retried(found, retried, answers),
    ...(stillBlocked ? [work.stillBlocked(left)] : []),
  ];
}

/** Reports errors and goes on: one order must not end the worker. */
async function workUntilStopped(context: Context, options: WorkOptions): Promise<number> {
  const { settings, screen, words } = context;
  const { signal, stopped } = stopping(context);
  const absence = absenceOf(settings, words);
  const firings = new Firings(context);
  const orders = await open(context, (error) => {
    reportInPassing(error, context);
  });
  try {
    const [onFired, onGateway] = [firings.saw.bind(firings), firings.sawGateway.bind(firings)];
    const started = orders.startRecovery({ onFired, onGateway, ...options });
    // A signal ends the first look at the store too.
    await Promise.race([started, stopped]);
    if (absence !== null) warn(context, { message: `${absence}; ${words.store.fileMade}` });
    if (!signal.aborted) screen.talk(words.working);
    const reason = await stopped;
    await orders.close();
    await screen.answer({ fired: firings.fired, answers: firings.answers }, () => [
      words.firedInAll(firings.fired, firings.answersInWords),
    ]);
    throw reason;
  } finally {
    await orders.close();
    screen.talk(words.workStopped);
  }
}
