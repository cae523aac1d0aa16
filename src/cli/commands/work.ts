import { command } from '../command.ts';
import { wholeNumber } from '../input/arguments.ts';
import { flag, text } from '../input/options.ts';
import { absenceOf } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodes, reportInPassing, warn } from '../output/failure.ts';
import { Firings } from '../output/firings.ts';
import { open, stopping, withOrders } from '../session.ts';

export const commands = [
  command('work', {
    about:
      'fire the due timers of all orders: retries, questions, abandoned attempts; try notices again',
    purpose: 'recover',
    options: {
      once: flag('--once', 'what is due now, then exit'),
      askAfter: text('--ask-after-ms <MS>', 'ask about orders that stay open for longer'),
    },
    run: (context, { once, askAfter }) => {
      const askAfterMs = askAfter === undefined ? undefined : wholeNumber(askAfter, 'askAfterMs');
      return once ? workOnce(context, askAfterMs) : workUntilStopped(context, askAfterMs);
    },
  }),
];

function workOnce(context: Context, askAfterMs: number | undefined): Promise<number> {
  const { settings, screen, words } = context;
  // Without a store nothing is due, and no file is made.
  const absence = absenceOf(settings, words);
  const purpose = absence === null ? 'recover' : 'call';
  return withOrders({ ...context, purpose }, async (orders, signal) => {
    const firings = new Firings(context);
    const onFired = firings.saw.bind(firings);
    // After a signal nothing more is fired; what was fired is awaited, printed and counted.
    const recovered = await orders.recoverOnce({ signal, onFired, askAfterMs });
    const { waiting, fired, notices, asked } = recovered;
    if (absence !== null) warn(context, { message: `${absence}; ${words.store.nothingWaited}` });
    await screen.answer({ waiting, fired, answers: firings.answers, notices, asked }, () => [
      words.worked(waiting, fired, firings.answersInWords),
      ...(notices === undefined ? [] : [words.inbox.settledAgain(notices)]),
      ...(asked === undefined ? [] : [words.askedAbout(asked)]),
    ]);
    return exitCodes.ok;
  });
}

/** Reports errors and goes on: one order must not end the worker. */
async function workUntilStopped(context: Context, askAfterMs: number | undefined): Promise<number> {
  const { settings, screen, words } = context;
  const { signal, stopped } = stopping(context);
  const absence = absenceOf(settings, words);
  const firings = new Firings(context);
  const orders = await open(context, (error) => {
    reportInPassing(error, context);
  });
  try {
    const started = orders.startRecovery({ onFired: firings.saw.bind(firings), askAfterMs });
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
