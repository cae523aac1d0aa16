import type { Words } from '../words/cli/en.ts';
import { refuseUnfitArguments } from './input/arguments.ts';
import { inOptionNames } from './input/option-names.ts';
import type { Environment, Settings } from './input/settings.ts';
import { settingsFrom } from './input/settings.ts';
import type { Io } from './io.ts';
import { exitCodes, reportFailure } from './output/failure.ts';
import { Screen } from './output/screen.ts';
import type { Chosen } from './program.ts';
import { isBareHelp, parse } from './program.ts';

/**
 * The `payment-order` command: arguments in, exit code out. Runs in one process share nothing.
 *
 * @returns The exit code. Nothing is thrown, and the process is never ended.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const { env, cwd } = io;
  const screen = new Screen(io, {
    json: hasFlag(argv, '--json') || hasFlag(argv, '--ndjson'),
    noColour: !!env['NO_COLOR'],
  });
  const words = await wordsFor(languageIn(argv), env);
  let chosen: Chosen | null = null;
  let settings: Settings | null = null;
  try {
    refuseUnfitArguments(argv);
    chosen = await parse(argv, io, screen);
    if (chosen === null) return exitCodes.ok;
    settings = settingsFrom({ flags: chosen.flags, env }, cwd);
    return await chosen.run({ io, purpose: chosen.purpose, settings, screen, words });
  } catch (error) {
    if (isBareHelp(error)) return exitCodes.usage;
    const named = chosen === null ? error : inOptionNames(error, { ...chosen, env });
    return reportFailure(named, { screen, words }, settings?.storeUrl);
  }
}

/** `--lang`, else the language of the environment, else English. */
export async function wordsFor(wanted: string | undefined, env: Environment): Promise<Words> {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  const isChinese = wanted === undefined ? /^zh([_.-]|$)/i.test(locale) : wanted === 'zh-CN';
  return isChinese
    ? (await import('../words/cli/zh-CN.ts')).zhCN
    : (await import('../words/cli/en.ts')).en;
}

function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes(flag);
}

/** Looked for before the arguments are parsed, so that their faults are reported in it. */
function languageIn(argv: readonly string[]): string | undefined {
  const index = argv.indexOf('--lang');
  if (index !== -1) return argv[index + 1];
  return argv.find((argument) => argument.startsWith('--lang='))?.slice('--lang='.length);
}
