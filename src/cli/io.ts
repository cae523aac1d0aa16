import type { Words } from '../words/cli/en.ts';
import type { Environment, Settings } from './input/settings.ts';
import type { Output, Screen } from './output/screen.ts';

export type StopSignal = 'SIGINT' | 'SIGTERM';

/**
 * Everything that one run of the command takes from its surroundings and gives back to them. Only
 * `process.ts` binds it to the process, so that a test can run the command many times in one process.
 */
export type Io = {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Environment;
  /** Where relative paths begin. Default: the working directory of the process. */
  readonly cwd?: string | undefined;
  /** How the command is typed, for the commands it suggests. Default `payment-order`. */
  readonly invocation?: string | undefined;
  /** Calls `listener` at the first SIGINT or SIGTERM. Only commands that can end early ask for it. */
  readonly onSignal?: ((listener: (signal: StopSignal) => void) => void) | undefined;
};

/** What every command is given. */
export type Context = {
  readonly io: Io;
  readonly settings: Settings;
  readonly screen: Screen;
  readonly words: Words;
};

export const exitCodeOfSignal = { SIGINT: 130, SIGTERM: 143 } as const;

/** Ends a waiting command after SIGINT or SIGTERM. */
export class Stopped extends Error {
  readonly exitCode: number;

  constructor(signal: StopSignal) {
    super(`stopped by ${signal}`);
    this.name = 'Stopped';
    this.exitCode = exitCodeOfSignal[signal];
  }
}
