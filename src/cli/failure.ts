import { PaymentOrderError } from '../errors.ts';
import { exitCodeOf } from './exit-codes.ts';
import { inert } from './inert.ts';
import type { Screen } from './screen.ts';
import { Stopped } from './stopping.ts';
import { UsageError } from './usage-error.ts';
import type { Words } from './words/words.ts';

const messageCharactersMax = 2_000;

/** Says on stderr what went wrong, once, and gives the exit code. */
export function reportFailure(error: unknown, screen: Screen, words: Words): number {
  if (error instanceof Stopped) return error.exitCode;
  const { code, message } = described(error);
  if (screen.json) screen.talkDocument({ error: { code, message, ...placeOf(error) } });
  else {
    screen.talk(words.failure(code, inert(message)));
    if (code === 'gateway-not-configured') screen.talk(words.howToConfigure);
  }
  return exitCodeOf(error);
}

/** Another one in a long run that goes on. */
export function reportInPassing(error: unknown, screen: Screen, words: Words): void {
  const { code, message } = described(error);
  if (screen.json) screen.talkDocument({ warning: { code, message, ...placeOf(error) } });
  else screen.talk(words.warning(`${code}: ${inert(message)}`));
}

function described(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = codeAndMessage(error);
  return { code, message: message.slice(0, messageCharactersMax) };
}

function codeAndMessage(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof PaymentOrderError || error instanceof UsageError) return error;
  const message = error instanceof Error ? error.message : 'something that is no error was thrown';
  const isOldNode = error instanceof Error && 'code' in error && isUnknownModule(error.code);
  if (!isOldNode) return { code: 'unexpected', message };
  const needed = `this needs Node 24.16 or newer, and runs on ${process.versions.node}`;
  return { code: 'unexpected', message: needed };
}

function isUnknownModule(code: unknown): boolean {
  return code === 'ERR_UNKNOWN_BUILTIN_MODULE';
}

function placeOf(error: unknown): object {
  if (!(error instanceof PaymentOrderError)) return {};
  const { field, stream, revision } = error;
  return {
    ...(field === undefined ? {} : { field }),
    ...(stream === undefined ? {} : { stream }),
    ...(revision === undefined ? {} : { revision }),
  };
}
