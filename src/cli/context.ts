import type { Io } from './io.ts';
import type { Screen } from './output/screen.ts';
import type { Settings } from './input/settings.ts';
import type { Words } from '../words/cli/en.ts';

/** What every command is given. */
export type Context = {
  readonly io: Io;
  readonly settings: Settings;
  readonly screen: Screen;
  readonly words: Words;
};

/** A command, chosen and filled with its arguments; resolves to the exit code. */
export type Job = (context: Context) => Promise<number>;

/** Takes the command that the arguments chose; it is run after all of them were read. */
export type Choose = (job: Job) => void;
