import type { RecoveryOptions } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { refuseUnwritable, writeNote } from '../bundle-directory.ts';
import { refuseWithout, wholeNumber } from '../input/arguments.ts';
import { noteText } from '../input/file-content.ts';
import { list, text } from '../input/options.ts';
import { pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { reportInPassing, warn } from '../output/failure.ts';

/** How `work` signs checkpoints of the log beside its own work. */
export const checkpointOptions = {
  checkpointKey: text('--checkpoint-key <FILE>', 'sign checkpoints of the log with this key'),
  everyMinutes: text(
    '--checkpoint-every-minutes <N>',
    'with --checkpoint-key: how often (default 10)',
  ),
  everyEvents: text(
    '--checkpoint-every-events <N>',
    'with --checkpoint-key: and after so many events (default 1000)',
  ),
  checkpointOut: text(
    '--checkpoint-out <FILE>',
    'with --checkpoint-key: the newest one is written there too',
  ),
  witness: list('--witness <URLS>', 'with --checkpoint-key: who cosigns, joined by commas'),
  trust: text('--trust <FILE>', 'with --checkpoint-key: the keys of the log and its witnesses'),
};

type CheckpointFlags = {
  readonly [Name in keyof typeof checkpointOptions]: Name extends 'witness'
    ? readonly string[]
    : string | undefined;
};

/** Read before the store is opened. Undefined where no checkpoints are asked for. */
export async function checkpointsFrom(
  context: Context,
  { checkpointKey, everyMinutes, everyEvents, checkpointOut: out, witness, trust }: CheckpointFlags,
): Promise<RecoveryOptions['checkpoints']> {
  const { cwd } = context.io;
  if (checkpointKey === undefined) {
    refuseWithout('with --checkpoint-key', {
      ...{ '--checkpoint-every-minutes': everyMinutes, '--checkpoint-every-events': everyEvents },
      ...{ '--checkpoint-out': out, '--witness': witness[0], '--trust': trust },
    });
    return undefined;
  }
  if (trust === undefined) refuseWithout('with --trust', { '--witness': witness[0] });
  if (out !== undefined) refuseUnwritable(pathAt(cwd, out));
  const { readSigningKeyFile } = await import('../../tlog/c2sp/keys.ts');
  return {
    key: readSigningKeyFile(pathAt(cwd, checkpointKey), 'log', '--checkpoint-key').text,
    everyMs: minutesIn(everyMinutes),
    everyEvents:
      everyEvents === undefined
        ? undefined
        : wholeNumber(everyEvents, '--checkpoint-every-events', 1, 1_000_000),
    witnesses: witness,
    trust: trust === undefined ? undefined : noteText(cwd, trust, '--trust'),
    onCheckpoint: ({ origin, size, note, missing }) => {
      const { screen, words } = context;
      if (!screen.json) screen.talk(words.tlog.checkpoint(escapeForTerminal(origin), size));
      for (const { url, problem } of missing) {
        warn(context, { message: words.tlog.notCosigned(url, problem) });
      }
      if (out !== undefined) keep(context, pathAt(cwd, out), note);
    },
  };
}

function minutesIn(typed: string | undefined): number | undefined {
  const most = 1_440;
  return typed === undefined
    ? undefined
    : 60_000 * wholeNumber(typed, '--checkpoint-every-minutes', 1, most);
}

/** The checkpoint is signed and stored: that it cannot be written elsewhere must not end the work. */
function keep(context: Context, file: string, note: string): void {
  try {
    writeNote(file, note);
  } catch (error) {
    reportInPassing(error, context);
  }
}
