import { CommanderError } from 'commander';
import { refuseUnfitArguments } from './arguments.ts';
import type { Job } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { reportFailure } from './failure.ts';
import { buildProgram } from './program.ts';
import { Screen } from './screen.ts';
import type { GlobalFlags } from './settings.ts';
import { settingsFrom } from './settings.ts';
import { UsageError } from './usage-error.ts';
import { wordsFor } from './words/words-for.ts';

/** The `payment-order` command: arguments in, exit code out. */
export async function run(argv: readonly string[]): Promise<number> {
  const { env, stdout, stderr } = process;
  const screen = new Screen(
    { stdout, stderr },
    { json: hasFlag(argv, '--json') || hasFlag(argv, '--ndjson'), noColour: !!env['NO_COLOR'] },
  );
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    screen.readerGone();
    // A reader that has seen enough is no failure; a full disk is.
    if (error.code !== 'EPIPE') process.once('exit', failRatherThanLose);
  });
  stderr.on('error', () => {
    // Nobody listens; the work and its exit code do not depend on it.
  });
  const words = await wordsFor(languageWished(argv), env);
  try {
    refuseUnfitArguments(argv);
    const chosen = parse(argv, screen);
    if (chosen === null) return exitCodes.ok;
    const settings = settingsFrom(chosen.flags, env);
    return await chosen.job({ settings, screen, words });
  } catch (error) {
    if (isBareHelp(error)) return exitCodes.usage;
    return reportFailure(error, screen, words);
  }
}

function failRatherThanLose(): void {
  process.exitCode ||= exitCodes.runtime;
}

type Chosen = { readonly job: Job; readonly flags: GlobalFlags };

/** Null where only help or the version was asked for. */
function parse(argv: readonly string[], screen: Screen): Chosen | null {
  let chosen: Chosen | null = null;
  const program = buildProgram(screen, (job) => {
    chosen = { job, flags: program.opts<GlobalFlags>() };
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || isBareHelp(error)) throw error;
    if (error.exitCode === 0) return null;
    throw new UsageError(error.message.replace(/^error: /, ''));
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
