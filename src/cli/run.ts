import { CommanderError } from 'commander';
import { refuseUnfitArguments } from './input/arguments.ts';
import type { Job } from './context.ts';
import type { Io } from './io.ts';
import { exitCodes } from './exit-codes.ts';
import { reportFailure } from './output/failure.ts';
import { inOptionNames } from './input/input-names.ts';
import { buildProgram } from './program.ts';
import { Screen } from './output/screen.ts';
import type { GlobalFlags, Settings } from './input/settings.ts';
import { settingsFrom } from './input/settings.ts';
import { UsageError } from './input/usage-error.ts';
import { wordsFor } from './words-for.ts';

/**
 * The `payment-order` command: arguments in, exit code out. Runs in one process share nothing.
 *
 * @returns The exit code. Nothing is thrown, and the process is never ended.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const { env } = io;
  const screen = new Screen(io, {
    json: hasFlag(argv, '--json') || hasFlag(argv, '--ndjson'),
    noColour: !!env['NO_COLOR'],
  });
  const words = await wordsFor(languageWished(argv), env);
  let chosen: Chosen | null = null;
  let settings: Settings | null = null;
  try {
    refuseUnfitArguments(argv);
    chosen = parse(argv, io, screen);
    if (chosen === null) return exitCodes.ok;
    settings = settingsFrom(chosen.flags, io);
    return await chosen.job({ io, settings, screen, words });
  } catch (error) {
    if (isBareHelp(error)) return exitCodes.usage;
    const named = chosen === null ? error : inOptionNames(error, { ...chosen, env });
    return reportFailure(named, { screen, words }, settings?.storeUrl);
  }
}

type Chosen = { readonly job: Job; readonly flags: GlobalFlags; readonly storesInput: boolean };

/** Null where only help or the version was asked for. */
function parse(argv: readonly string[], io: Io, screen: Screen): Chosen | null {
  let chosen: Chosen | null = null;
  const program = buildProgram(io, screen, (job, storesInput) => {
    chosen = { job, flags: program.opts<GlobalFlags>(), storesInput };
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || isBareHelp(error)) throw error;
    if (error.exitCode === 0) return null;
    // The one line break that commander writes itself; others were typed, and are shown as such.
    const message = error.message.replace(/^error: /, '').replace(/\n(?=\(Did you mean )/, ' ');
    throw new UsageError(message);
  }
  return chosen;
}

/** Without any command, help is shown on stderr, and it is a mistake. */
function isBareHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help';
}

function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes(flag);
}

/** Known before the arguments are parsed, for what may be wrong with them. */
function languageWished(argv: readonly string[]): string | undefined {
  const index = argv.findIndex((argument) => argument === '--lang');
  if (index !== -1) return argv[index + 1];
  return argv.find((argument) => argument.startsWith('--lang='))?.slice('--lang='.length);
}
