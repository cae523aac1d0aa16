import type { Actor } from '../history/stored-event.ts';

/** What every command and fact may carry beside its own fields. */
export type CommandOptions = {
  /** Makes a repeat harmless: the same id with the same payload is answered, not done again. */
  readonly commandId?: string | undefined;
  /** Who wishes it. A rejected command that names its actor is recorded. */
  readonly actor?: Actor | undefined;
  /** Ties what belongs together across services; drawn where it is not given. */
  readonly correlationId?: string | undefined;
  /** The id of the message that caused this. */
  readonly causationId?: string | undefined;
  /** Where it comes from, such as `web` or `daily-bill`. Default `command` or `fact`. */
  readonly source?: string | undefined;
  /** W3C Trace Context. */
  readonly traceparent?: string | undefined;
  /** Ends the waiting for an answer; never an append or a call. */
  readonly signal?: AbortSignal | undefined;
};
