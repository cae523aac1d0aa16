import { hasRole } from '../../machines/payment-order.events.ts';
import type {
  FactType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import type { HistoryEvent, Witness } from './event.ts';
import { orderNoOf } from './event.ts';
import { asToldToday, contentKey, isFact } from './fact-key.ts';

/** The result of a command that carried an id. */
export type CommandRecord = {
  readonly digest: string;
  /** The code it was rejected with, or null where it was accepted. */
  readonly rejection: string | null;
};

/** Recognises repeats: commands by id, facts by key, outcomes by attempt and content. */
export class Deduplication {
  readonly #commands = new Map<string, CommandRecord>();
  /** The revision of each fact and outcome, by what it said. */
  readonly #seen = new Map<string, number>();
  readonly #notices = new Map<string, Witness>();
  #orderNo = '';
  #rejections = 0;

  /** How many rejections the stream holds. */
  get rejections(): number {
    return this.#rejections;
  }

  command(commandId: string): CommandRecord | undefined {
    return this.#commands.get(commandId);
  }

  /** The revision at which the same fact or outcome was recorded before. */
  seenAt(event: PaymentOrderEvent<FactType> | OutcomeEvent): number | undefined {
    return this.#seen.get(this.#keyOf(event));
  }

  /** Where the fact of a notice stands. */
  notice(noticeId: string): Witness | undefined {
    return this.#notices.get(noticeId);
  }

  apply({ stream, revision, event, metadata }: HistoryEvent): void {
    const { commandId, commandDigest, noticeId, occurredAt, hash } = metadata;
    if (noticeId !== undefined) this.#notices.set(noticeId, { revision, hash });
    if (commandId !== undefined && commandDigest !== undefined) {
      const rejection = event.type === 'CommandRejected' ? event.code : null;
      this.#commands.set(commandId, { digest: commandDigest, rejection });
    }
    if (event.type === 'CommandRejected') this.#rejections += 1;
    this.#orderNo = orderNoOf(stream);
    if (isOutcome(event)) this.#seen.set(this.#keyOf(event), revision);
    if (!isFact(event)) return;
    this.#seen.set(this.#keyOf(event), revision);
    this.#seen.set(this.#keyOf(asToldToday(event, this.#orderNo, occurredAt)), revision);
  }

  #keyOf(event: PaymentOrderEvent<FactType> | OutcomeEvent): string {
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
