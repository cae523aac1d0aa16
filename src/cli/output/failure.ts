import type { ErrorCode, ErrorDetails } from '../../errors.ts';
import { errorCodes, PaymentOrderError } from '../../errors.ts';
import type { Fault } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import type { Words } from '../../words/cli/en.ts';
import { UsageError } from '../input/arguments.ts';
import { Stopped } from '../io.ts';
import { adviceFor } from './advice.ts';
import type { Screen } from './screen.ts';

type Described = {
  readonly code: ErrorCode | 'usage' | 'unexpected';
  readonly message: string;
};

const messageCharactersMax = 2_000;

/** What the command ends with; scripts build on these numbers. Each error's stands in its table. */
export const exitCodes = {
  ok: 0,
  runtime: 1,
  usage: 2,
  integrity: errorCodes['store-corrupt'].exitCode,
  replayDivergence: errorCodes['replay-divergence'].exitCode,
  /** Between a bill and our orders. */
  differences: 4,
  rejected: 7,
} as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  return error instanceof PaymentOrderError ? errorCodes[error.code].exitCode : exitCodes.runtime;
}

/** Where only the machine differs, the history itself is sound. */
export function exitCodeOfFaults(faults: readonly Pick<Fault, 'code'>[]): number {
  if (faults.length === 0) return exitCodes.ok;
  const isDivergence = faults.every(({ code }) => code === 'replay-divergence');
  return isDivergence ? exitCodes.replayDivergence : exitCodes.integrity;
}

export type Speaker = { readonly screen: Screen; readonly words: Words };

/** Reports on stderr what went wrong; gives the exit code. */
export function reportFailure(error: unknown, speaker: Speaker, store?: string): number {
  return error instanceof Stopped ? error.exitCode : reportFailures([error], speaker, store);
}

/** Reports each error once, with its count, then what to do; gives the exit code of the gravest. */
export function reportFailures(
  errors: readonly unknown[],
  { screen, words }: Speaker,
  store?: string,
): number {
  for (const [error, ...more] of alike(errors)) {
    const { code, message } = described(error);
    const count = 1 + more.length;
    if (screen.json) {
      const often = count === 1 ? undefined : count;
      screen.talkDocument({ error: { code, message, ...placeOf(error), count: often } });
    } else screen.talk(words.failure(code, escapeForTerminal(message)) + words.store.times(count));
  }
  if (!screen.json) {
    const hints = errors.map((error) => adviceFor(error, store, words));
    for (const hint of new Set(hints)) if (hint !== null) screen.talk(words.hint(hint));
  }
  return Math.min(...errors.map(exitCodeOf));
}

/** One error of many in a command that goes on. */
export function reportInPassing(error: unknown, speaker: Speaker): void {
  warn(speaker, { ...described(error), ...placeOf(error) });
}

export type Warning = {
  readonly code?: string | undefined;
  readonly message: string;
  readonly stream?: string | undefined;
  readonly revision?: number | null | undefined;
};

/** Reports something that people must know, though the command goes on. */
export function warn({ screen, words }: Speaker, { revision, ...warning }: Warning): void {
  const { code, message } = warning;
  const shown = escapeForTerminal(message);
  if (screen.json) {
    screen.talkDocument({ warning: { ...warning, revision: revision ?? undefined } });
  } else screen.talk(words.warning(code === undefined ? shown : `${code}: ${shown}`));
}

/**
 * Warns of each fault of what is shown nevertheless; gives the exit code.
 *
 * @param of - Of many histories, people are told which one it is; JSON names it in any case.
 */
export function reportFaults(
  speaker: Speaker,
  faults: readonly Fault[],
  of: 'one' | 'many' = 'one',
): number {
  const isNamed = of === 'many' && !speaker.screen.json;
  for (const { code, message, stream, revision } of faults) {
    const where = isNamed ? `stream ${stream}: ` : '';
    warn(speaker, { code, message: where + message, stream, revision });
  }
  return exitCodeOfFaults(faults);
}

function alike(errors: readonly unknown[]): Iterable<readonly unknown[]> {
  return Map.groupBy(errors, (error) => {
    return JSON.stringify({ ...described(error), ...placeOf(error) });
  }).values();
}

function described(error: unknown): Described {
  const { code, message } = codeAndMessage(error);
  return { code, message: message.slice(0, messageCharactersMax) };
}

function codeAndMessage(error: unknown): Described {
  if (error instanceof PaymentOrderError || error instanceof UsageError) return error;
  if (!(error instanceof Error)) {
    return { code: 'unexpected', message: 'something other than an error was thrown' };
  }
  return { code: 'unexpected', message: error.message };
}

function placeOf(error: unknown): Partial<ErrorDetails> {
  if (!(error instanceof PaymentOrderError)) return {};
  const { field, stream, revision, position } = error;
  return { field, stream, revision, position };
}
