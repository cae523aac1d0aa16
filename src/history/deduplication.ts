import { hasRole } from '../../machines/payment-order.events.ts';
import type {
  FactType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import type { HistoryEvent, Witness } from './event.ts';
import { asToldToday, contentKey, isFact } from './fact-key.ts';

/** The result of a command that carried an id. */
export type CommandRecord = {
  readonly digest: string;
  /** The code it was rejected with, or null where it was accepted. */
  readonly rejection: string | null;
};

/** What may be told again. */
type Told = PaymentOrderEvent<FactType> | OutcomeEvent;

/** What an event is recognised by, linked to those before it. */
type Trace = {
  readonly before: Trace | null;
  readonly revision: number;
  readonly hash: string;
  readonly commandId: string | undefined;
  readonly command: CommandRecord | undefined;
  readonly noticeId: string | undefined;
  readonly told: Told | null;
  readonly occurredAt: string | undefined;
  /** The keys of `told`, once somebody has asked: a replay of many orders never does. */
  keys: readonly string[] | null;
};

/**
 * Recognises repeats: commands by id, facts by key, outcomes by attempt and content.
 *
 * It never changes. The next one shares the traces of the one before, so neither costs a copy, and
 * an order that is held elsewhere learns nothing of what came later. It is searched from the newest
 * trace: a long stream has thousands, which is still far less than one read of the disk.
 */
export class Deduplication {
  /** How many rejections the stream holds. */
  readonly rejections: number;
  readonly #orderNo: string;
  readonly #newest: Trace | null;

  /** Without the other two, that of an empty stream. */
  constructor(orderNo: string, newest: Trace | null = null, rejections = 0) {
    this.#orderNo = orderNo;
    this.#newest = newest;
    this.rejections = rejections;
  }

  command(commandId: string): CommandRecord | undefined {
    return this.#find((trace) => trace.commandId === commandId)?.command;
  }

  /** The revision at which the same fact or outcome was recorded before. */
  seenAt(event: Told): number | undefined {
    const key = this.#keyOf(event);
    return this.#find((trace) => (trace.keys ??= this.#keysOf(trace)).includes(key))?.revision;
  }

  /** Where the fact of a notice stands. */
  notice(noticeId: string): Witness | undefined {
    const trace = this.#find((found) => found.noticeId === noticeId);
    return trace === undefined ? undefined : { revision: trace.revision, hash: trace.hash };
  }

  /** With the stream's next event. */
  after({ revision, event, metadata }: HistoryEvent): Deduplication {
    const { commandId, commandDigest, noticeId, occurredAt, hash } = metadata;
    const isRejection = event.type === 'CommandRejected';
    const command =
      commandDigest === undefined
        ? undefined
        : { digest: commandDigest, rejection: isRejection ? event.code : null };
    const trace: Trace = {
      before: this.#newest,
      revision,
      hash,
      commandId: command === undefined ? undefined : commandId,
      command,
      noticeId,
      told: isFact(event) || isOutcome(event) ? event : null,
      occurredAt,
      keys: null,
    };
    const isTraceless =
      trace.commandId === undefined && noticeId === undefined && trace.told === null;
    const newest = isTraceless ? this.#newest : trace;
    return new Deduplication(this.#orderNo, newest, this.rejections + (isRejection ? 1 : 0));
  }

  /** A fact has two: as it was told then, and as it would be told today. */
  #keysOf({ told, occurredAt }: Trace): readonly string[] {
    if (told === null) return [];
    const key = this.#keyOf(told);
    return isOutcome(told)
      ? [key]
      : [key, this.#keyOf(asToldToday(told, this.#orderNo, occurredAt))];
  }

  #find(isIt: (trace: Trace) => boolean): Trace | undefined {
    for (let trace = this.#newest; trace !== null; trace = trace.before) {
      if (isIt(trace)) return trace;
    }
    return undefined;
  }

  #keyOf(event: Told): string {
    return isOutcome(event) ? outcomeKey(event) : contentKey(event, this.#orderNo);
  }
}

export function isOutcome(event: PaymentOrderEvent): event is OutcomeEvent {
  return hasRole(event.type, 'outcome');
}

function outcomeKey(outcome: OutcomeEvent): string {
  const { type, attempt, rule, nonce = '', requestId = '', answerSha256 = '' } = outcome;
  return [type, attempt, rule, nonce, requestId, answerSha256].join('\n');
}
