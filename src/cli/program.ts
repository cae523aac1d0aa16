import { Command, CommanderError } from 'commander';
import type { CliCommand, Run } from './command.ts';
import { UsageError } from './input/arguments.ts';
import { addOptions } from './input/options.ts';
import type { GlobalFlags } from './input/settings.ts';
import { globalOptions } from './input/settings.ts';
import type { Io, Purpose } from './io.ts';
import type { Screen } from './output/screen.ts';
import { version } from './version.ts';

const footer = `
Environment: PAYMENT_ORDER_STORE, _INDEX, _ACTOR, _ATTEMPT_LIMIT_MS, _ATTEMPT_DEADLINE_MS,
_CONCLUSIVE_AFTER_MS, _GATEWAY, _GATEWAYS, _GATEWAY_URL, _GATEWAY_APP_ID,
_GATEWAY_PRIVATE_KEY_FILE, _GATEWAY_ALLOW_INSECURE_HTTP=yes, each beginning with PAYMENT_ORDER;
options win. Only commands that may call the gateway need its settings.

Exit codes: 0 ok (whatever the gateway answered), 1 runtime, nothing learned by ask, not well by
doctor or work --status, or not cosigned by a witness of tlog checkpoint, 2 usage or invalid input, 3 integrity, 4 replay divergence or differences
from a bill, 5 not found, 6 store unavailable, 7 rejected; 128 + N after signal N: a first SIGHUP,
SIGINT or SIGTERM awaits and records a call that is out, a second one ends at once.`;

/** Where no terminal says how wide it is. */
const helpColumns = 80;

/** Beside the names of the commands; where less is left, help is not wrapped. */
const helpTextColumns = 15;

type CommandFile = () => Promise<{ readonly commands: readonly CliCommand[] }>;

/** The commands of each file, in the order of `--help`. */
const files: readonly (readonly [names: string, load: CommandFile])[] = [
  ['demo', () => import('./commands/demo.ts')],
  ['sandbox', () => import('./commands/sandbox.ts')],
  ['work', () => import('./commands/work.ts')],
  ['doctor', () => import('./commands/doctor.ts')],
  [
    'create start cancel retry abandon resolve retract acknowledge',
    () => import('./commands/orders.ts'),
  ],
  ['ask', () => import('./commands/ask.ts')],
  ['paid failed declined refunded closed', () => import('./commands/facts.ts')],
  ['show', () => import('./commands/show.ts')],
  ['log', () => import('./commands/log.ts')],
  ['list find', () => import('./commands/list.ts')],
  ['inbox', () => import('./commands/inbox.ts')],
  ['console', () => import('./commands/console.ts')],
  ['reconcile', () => import('./commands/reconcile.ts')],
  ['diagram', () => import('./commands/diagram.ts')],
  ['verify', () => import('./commands/verify.ts')],
  ['replay', () => import('./commands/replay.ts')],
  ['backup', () => import('./commands/backup.ts')],
  ['export', () => import('./commands/export.ts')],
  ['tlog', () => import('./commands/tlog.ts')],
  ['witness', () => import('./commands/witness.ts')],
  ['attempts', () => import('./commands/attempts.ts')],
  ['diff', () => import('./commands/diff.ts')],
  ['explain', () => import('./commands/explain.ts')],
  ['bisect', () => import('./commands/bisect.ts')],
];

export type Chosen = {
  readonly run: Run;
  readonly flags: GlobalFlags;
  readonly purpose: Purpose;
};

/**
 * Reads the command line with commander. Null where help or the version was asked for and shown.
 *
 * @throws {UsageError}
 */
export async function parse(
  argv: readonly string[],
  io: Io,
  screen: Screen,
): Promise<Chosen | null> {
  // Finding it takes Node as long as loading twenty modules.
  const program = newProgram(io, screen, argv.includes('--version') ? version() : '');
  const globalFlags = addOptions(program, globalOptions);
  let chosen: Chosen | null = null;
  for (const command of await commandsNamedIn(argv)) {
    command.addTo(program, (run, purpose) => {
      chosen = { run, flags: globalFlags(), purpose };
    });
  }
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || isBareHelp(error)) throw error;
    if (error.exitCode === 0) return null;
    throw new UsageError(oneLine(error.message));
  }
  return chosen;
}

/** Without any command, help is shown on stderr, and it is a mistake. */
export function isBareHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help';
}

/** Commander breaks a line before a guess; line breaks that were typed are shown escaped. */
function oneLine(message: string): string {
  return message.replace(/^error: /, '').replace(/\n(?=\(Did you mean )/, ' ');
}

/** Loads only what a run can need: the named command's file, or all of them for `--help`. */
export async function commandsNamedIn(argv: readonly string[]): Promise<readonly CliCommand[]> {
  const named = files.filter(([names]) => names.split(' ').some((name) => argv.includes(name)));
  const needed = named.length > 0 ? named : files;
  const loaded = await Promise.all(needed.map(([, load]) => load()));
  return loaded.flatMap(({ commands }) => commands);
}

function newProgram({ stdout, stderr }: Io, screen: Screen, shownVersion: string): Command {
  return new Command('payment-order')
    .description('Event-sourced payment orders: work on them, and look into their histories.')
    .version(shownVersion, '--version')
    .configureOutput({
      writeOut: (text) => {
        screen.lines([text.trimEnd()]);
      },
      writeErr: (text) => {
        screen.talk(text.trimEnd());
      },
      getOutHelpWidth: () => stdout.columns ?? helpColumns,
      getErrHelpWidth: () => stderr.columns ?? helpColumns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      // The error that is thrown is reported once, by its catcher.
      outputError: () => undefined,
    })
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: helpTextColumns })
    .exitOverride()
    .addHelpText('after', footer);
}
