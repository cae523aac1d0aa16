import type { ErrorCode } from '../../errors.ts';
import { PaymentOrderError } from '../../errors.ts';
import { adviceFor } from './advice.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { escapeForTerminal } from '../../text.ts';
import type { Screen } from './screen.ts';
import { Stopped } from '../io.ts';
import { UsageError } from '../input/usage-error.ts';
import type { Words } from '../../words/cli/en.ts';

type Described = {
  readonly code: ErrorCode | 'usage' | 'unexpected';
  readonly message: string;
};

const messageCharactersMax = 2_000;

export type Speaker = { readonly screen: Screen; readonly words: Words };

/** Says on stderr what went wrong, once, and gives the exit code. */
export function reportFailure(error: unknown, speaker: Speaker, store?: string): number {
  return error instanceof Stopped ? error.exitCode : reportFailures([error], speaker, store);
}

/** Says each once, with how often it came, then what to do; the exit code is the gravest. */
export function reportFailures(
  errors: readonly unknown[],
  { screen, words }: Speaker,
  store?: string,
): number {
  for (const [error, ...more] of alike(errors)) {
    const { code, message } = described(error);
    const count = 1 + more.length;
    if (screen.json) {
      const often = count === 1 ? {} : { count };
      screen.talkDocument({ error: { code, message, ...placeOf(error), ...often } });
    } else screen.talk(words.failure(code, escapeForTerminal(message)) + words.store.times(count));
  }
  if (!screen.json) {
    const hints = errors.map((error) => hintFor(error, words, store));
    for (const hint of new Set(hints)) if (hint !== null) screen.talk(words.hint(hint));
  }
  return Math.min(...errors.map(exitCodeOf));
}

/** Another one in a long run that goes on. */
export function reportInPassing(error: unknown, speaker: Speaker): void {
  const { code, message } = described(error);
  warn(speaker, { code, message, ...placeOf(error) });
}

export type Warning = {
  readonly code?: string;
  readonly message: string;
  readonly stream?: string;
  readonly revision?: number;
};

/** Something that a person must know, though the command goes on. */
export function warn({ screen, words }: Speaker, warning: Warning): void {
  const { code, message } = warning;
  const said = escapeForTerminal(message);
  if (screen.json) screen.talkDocument({ warning });
  else screen.talk(words.warning(code === undefined ? said : `${code}: ${said}`));
}

function alike(errors: readonly unknown[]): Iterable<readonly unknown[]> {
  return Map.groupBy(errors, (error) => {
    const { code, message } = described(error);
    return `${code}: ${message}`;
  }).values();
}

function hintFor(error: unknown, words: Words, store: string | undefined): string | null {
  const isOfGateway = error instanceof PaymentOrderError && error.code === 'gateway-not-configured';
  return isOfGateway ? words.howToConfigure : adviceFor(error, store, words);
}

function described(error: unknown): Described {
  const { code, message } = codeAndMessage(error);
  return { code, message: message.slice(0, messageCharactersMax) };
}

function codeAndMessage(error: unknown): Described {
  if (error instanceof PaymentOrderError || error instanceof UsageError) return error;
  const message = error instanceof Error ? error.message : 'something other than an error was thrown';
  const isOldNode = error instanceof Error && 'code' in error && isUnknownModule(error.code);
  if (!isOldNode) return { code: 'unexpected', message };
  const needed = `Node 24.16 or newer is needed; this is ${process.versions.node}`;
  return { code: 'unexpected', message: needed };
}

function isUnknownModule(code: unknown): boolean {
  return code === 'ERR_UNKNOWN_BUILTIN_MODULE';
}

function placeOf(error: unknown): object {
  if (!(error instanceof PaymentOrderError)) return {};
  const { field, stream, revision, position } = error;
  return {
    ...(field === undefined ? {} : { field }),
    ...(stream === undefined ? {} : { stream }),
    ...(revision === undefined ? {} : { revision }),
    ...(position === undefined ? {} : { position }),
  };
}
