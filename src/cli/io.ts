import type { Words } from '../words/cli/en.ts';
import type { Environment, Settings } from './input/settings.ts';
import type { Output, Screen } from './output/screen.ts';

/**
 * What a command may do to the store and to the gateway.
 *
 * - `read`: never writes; an absent file reads as empty and stays absent.
 * - `change`: writes to an existing store; an absent file has no order to change and stays absent.
 * - `ask`: as `change`, and may ask the gateway, which changes nothing there.
 * - `call`: as `change`, and may call the gateway.
 * - `create`, `recover`: make an absent file; `recover` may call the gateway.
 */
export type Purpose = 'read' | 'change' | 'ask' | 'call' | 'create' | 'recover';

export function mayCall(purpose: Purpose): boolean {
  return purpose === 'call' || purpose === 'recover';
}

export function needsGateway(purpose: Purpose): boolean {
  return mayCall(purpose) || purpose === 'ask';
}

/** The exit code after each signal that asks a command to end: 128 and the signal's number. */
export const exitCodeOfSignal = {
  /** The terminal was closed. */
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
  /** Ctrl-Break, on Windows alone. */
  SIGBREAK: 149,
} as const;

export type StopSignal = keyof typeof exitCodeOfSignal;

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
  /** The name of the operating system's user; undefined where it has none. */
  readonly userName?: (() => string | undefined) | undefined;
  /** How the command is typed, for the commands it suggests. Default `payment-order`. */
  readonly invocation?: string | undefined;
  /**
   * Calls `listener` at the first signal to stop. A command that only reads does not ask for it, and
   * so ends at once.
   */
  readonly onSignal?: ((listener: (signal: StopSignal) => void) => void) | undefined;
};

/** What every command is given. */
export type Context = {
  readonly io: Io;
  /** As its command declares it. */
  readonly purpose: Purpose;
  readonly settings: Settings;
  readonly screen: Screen;
  readonly words: Words;
};

/** Ends a command after a signal. */
export class Stopped extends Error {
  readonly exitCode: number;

  constructor(signal: StopSignal) {
    super(`stopped by ${signal}`);
    this.name = 'Stopped';
    this.exitCode = exitCodeOfSignal[signal];
  }
}
