/**
 * The feed: what happened to all orders, for services that keep a view of their own or pass it on.
 * It gives each event once, in the order of the store, and goes on after any position that it gave.
 */

import { z } from 'zod';
import { eventSchemas } from '../../machines/payment-order.events.ts';
import type { EventType } from '../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../errors.ts';
import type { EventStore, RecordedEvent } from '../event-store/event-store.ts';
import { aFunction, parseInput } from '../parse.ts';
import { decodeEvent } from './codec.ts';
import type { HistoryEvent } from './event.ts';
import { streamPrefix } from './event.ts';

export type FeedOptions<T extends EventType = EventType> = {
  /** The position of the last event that was dealt with. Default null: from the beginning. */
  readonly after?: string | null | undefined;
  /** Only events of these types. Default: all. */
  readonly types?: readonly T[] | undefined;
  /** Goes on with what happens later, until `signal` aborts or the orders are closed. Default false. */
  readonly follow?: boolean | undefined;
  /** Ends the feed, without an error. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called where the feed has looked past events that it does not give. Everything up to `position`
   * was dealt with, so it may be kept in place of that of the last event.
   */
  readonly onReached?: ((position: string) => void) | undefined;
};

const feedSchema = z.strictObject({
  after: z.string().nullable().optional(),
  types: z.array(z.enum(Object.keys(eventSchemas))).optional(),
  follow: z.boolean().optional(),
  signal: z.instanceof(AbortSignal).optional(),
  onReached: aFunction<(position: string) => void>().optional(),
} satisfies Record<keyof FeedOptions, z.ZodType>);

/** @param closing - Aborts when the orders are closed. */
export async function* feed<T extends EventType>(
  open: () => { readonly store: EventStore },
  closing: AbortSignal,
  options: FeedOptions<T>,
): AsyncGenerator<HistoryEvent<T>, void, undefined> {
  const {
    after = null,
    types,
    follow = false,
    signal,
    onReached,
  } = parseInput(feedSchema, options);
  const { store } = open();
  const ending = signal === undefined ? closing : AbortSignal.any([signal, closing]);
  const wanted = types === undefined ? null : new Set<string>(types);
  const reached = (position: string): void => onReached?.(position);
  const reading = follow
    ? store.subscribe(after, streamPrefix, ending, reached)
    : store.readAll(after, streamPrefix, reached);
  for await (const recorded of reading) {
    // A part must not be taken for the whole: this throws once the orders are closed.
    if (!follow) open();
    if (ending.aborted) return;
    if (wanted === null || wanted.has(recorded.type)) {
      // Of the types that are wanted.
      yield readable(recorded) as HistoryEvent<T>;
    }
  }
}

/** A consumer must be able to say that it goes on after an event that cannot be read. */
function readable(recorded: RecordedEvent): HistoryEvent {
  try {
    return decodeEvent(recorded);
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    const { code, message, stream, revision, field, problem } = error;
    const { position } = recorded;
    const details = { stream, revision, field, problem, position, cause: error };
    throw new PaymentOrderError(code, message, details);
  }
}
