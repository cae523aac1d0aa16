import { indexPlaceOf } from '../../open-store.ts';
import type { ConsoleOptions, RunningConsole } from '../../console/console.ts';
import type { KeptReceipt } from '../../console/receipts.ts';
import type { Words } from '../../console/words.ts';
import { systemRuntime } from '../../runtime.ts';
import { escapeForTerminal } from '../../text.ts';
import { command } from '../command.ts';
import { portFrom, UsageError } from '../input/arguments.ts';
import { flag, required } from '../input/options.ts';
import type { Context } from '../io.ts';
import { reportInPassing } from '../output/failure.ts';
import { shownStore } from '../output/next-commands.ts';
import { stopping, withOrders } from '../session.ts';

export const commands = [
  command('console', {
    about: 'a page to find orders and to act on them, on this machine alone, until a signal',
    // The most it may do; without --act it reads.
    purpose: 'call',
    help: `
It only reads unless you give --act, and then --actor (or its variable) must say who acts: that is
recorded with each action. The address contains a secret: anybody who has it can do what you can.`,
    options: {
      port: required('--port <PORT>', 'the port to listen on; 0 takes any free one', {
        fallback: '8785',
      }),
      act: flag('--act', 'also act: retry, ask, resolve, acknowledge, retract; and on notices'),
    },
    run: (context, { port, act }) => serve(context, portFrom(port), act),
  }),
];

async function serve(context: Context, port: number, isActing: boolean): Promise<number> {
  const { settings, words, screen } = context;
  const actor = isActing ? settings.actor : null;
  if (actor === undefined) {
    throw new UsageError('--act records who acts: give --actor ID or set PAYMENT_ORDER_ACTOR');
  }
  const opened: Context = isActing ? context : { ...context, purpose: 'read' };
  const { wordsOf } = await import('../../console/words.ts');
  const { serving, servingActs, recorded } = wordsOf(words.language).console.frame;
  return withOrders(opened, async (orders, calling) => {
    const signal = isActing ? calling : stopping(opened).signal;
    const running = await start({
      ...{ orders, port, actor, runtime: systemRuntime(), language: words.language },
      indexFile: indexPlaceOf({ store: settings.storeUrl, index: settings.index })?.path ?? null,
      store: shownStore(settings.store),
      onError: (error) => {
        reportInPassing(error, context);
      },
      onKept: (receipt) => {
        screen.talk(reportOf(receipt, recorded));
      },
    });
    await screen.answer({ url: running.url }, () => [running.url]);
    if (!screen.json) {
      screen.talk(actor === null ? serving : servingActs(escapeForTerminal(actor.id)));
    }
    await aborted(signal);
    await running.close();
    throw signal.reason;
  });
}

async function start(options: ConsoleOptions): Promise<RunningConsole> {
  const { openConsole } = await import('../../console/console.ts');
  try {
    return await openConsole(options);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    throw new UsageError(`port ${options.port} is taken; give another with --port`);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  signal.addEventListener('abort', () => {
    resolve(undefined);
  });
  return promise;
}

/** On the terminal stands who did what, beside what the store says of it. */
function reportOf(receipt: KeptReceipt, recorded: Words['console']['frame']['recorded']): string {
  const { actor, action, about, answer, events } = receipt;
  const what = about.kind === 'order' ? about.orderNo : about.noticeId.slice(0, 12);
  const last = events.at(-1);
  const shown = last === undefined ? answer : `${answer} (${last.type}, ${last.revision})`;
  const texts = [actor.id, action, what, shown].map(escapeForTerminal);
  const [who = '', did = '', on = '', answered = ''] = texts;
  return recorded(who, did, on, answered);
}
