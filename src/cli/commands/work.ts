import { command } from '../command.ts';
import { flag } from '../input/options.ts';
import { absenceOf } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodes, reportInPassing, warn } from '../output/failure.ts';
import { open, stopping, withOrders } from '../session.ts';

export const commands = [
  command('work', {
    about: 'fire the due timers of all orders: retries, probes, abandoned attempts',
    purpose: 'recover',
    options: { once: flag('--once', 'what is due now, then exit') },
    run: (context, { once }) => (once ? workOnce(context) : workUntilStopped(context)),
  }),
];

function workOnce(context: Context): Promise<number> {
  const { settings, screen, words } = context;
  // Without a store nothing is due, and no file is made.
  const absence = absenceOf(settings, words);
  const purpose = absence === null ? 'recover' : 'call';
  return withOrders({ ...context, purpose }, async (orders, signal) => {
    // Ends only after the fired timers: `close` does not know of calls that recovery made.
    const result = await orders.recoverOnce();
    signal.throwIfAborted();
    if (absence !== null) warn(context, { message: `${absence}; ${words.store.nothingWaited}` });
    await screen.answer(result, () => [words.worked(result.waiting, result.fired)]);
    return exitCodes.ok;
  });
}

/** Reports errors and goes on: one order must not end the worker. */
async function workUntilStopped(context: Context): Promise<number> {
  const { settings, screen, words } = context;
  const { stopped } = stopping(context);
  const absence = absenceOf(settings, words);
  const orders = await open(context, (error) => {
    reportInPassing(error, context);
  });
  try {
    await orders.startRecovery();
    if (absence !== null) warn(context, { message: `${absence}; ${words.store.fileMade}` });
    screen.talk(words.working);
    throw await stopped;
  } finally {
    await orders.close();
    screen.talk(words.workStopped);
  }
}
