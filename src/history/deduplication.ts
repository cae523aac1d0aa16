import { hasRole } from '../../machines/payment-order.events.ts';
import type {
  FactType,
  OutcomeEvent,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import type { StoredEvent, Witness } from './event.ts';

/** The result of a command that carried an id. */
export type CommandRecord = {
  readonly digest: string;
  /** The code it was rejected with, or null where it was accepted. */
  readonly rejection: string | null;
};

/** Recognises repeats: commands by id, facts by key, outcomes by attempt and content. */
export class Deduplication {
  readonly #commands = new Map<string, CommandRecord>();
  readonly #seen = new Set<string>();
  readonly #notices = new Map<string, Witness>();
  #rejections = 0;

  /** How many rejections the stream holds. */
  get rejections(): number {
    return this.#rejections;
  }

  command(commandId: string): CommandRecord | undefined {
    return this.#commands.get(commandId);
  }

  /** Whether the same fact or outcome was recorded before. */
  hasSeen(event: PaymentOrderEvent<FactType> | OutcomeEvent): boolean {
    return this.#seen.has(contentKey(event));
  }

  /** Where the fact of a notice stands. */
  notice(noticeId: string): Witness | undefined {
    return this.#notices.get(noticeId);
  }

  apply({ event, metadata, revision }: StoredEvent): void {
    const { commandId, commandDigest, noticeId, hash } = metadata;
    if (noticeId !== undefined) this.#notices.set(noticeId, { revision, hash });
    if (commandId !== undefined && commandDigest !== undefined) {
      const rejection = event.type === 'CommandRejected' ? event.code : null;
      this.#commands.set(commandId, { digest: commandDigest, rejection });
    }
    if (event.type === 'CommandRejected') this.#rejections += 1;
    if (isFact(event) || isOutcome(event)) this.#seen.add(contentKey(event));
  }
}

/** A fact's key: its type and its id, by default the transaction number. */
export function factKey(event: PaymentOrderEvent<FactType>): string {
  const byDefault = event.type === 'PaymentSucceeded' ? event.transactionNo : '';
  return `${event.type}:${event.factId ?? byDefault}`;
}

export function isFact(event: PaymentOrderEvent): event is PaymentOrderEvent<FactType> {
  return hasRole(event.type, 'fact');
}

export function isOutcome(event: PaymentOrderEvent): event is OutcomeEvent {
  return hasRole(event.type, 'outcome');
}

function contentKey(event: PaymentOrderEvent<FactType> | OutcomeEvent): string {
  switch (event.type) {
    case 'PaymentSucceeded': {
      const { transactionNo, amountMinor = '', currency = '' } = event;
      return [factKey(event), transactionNo, amountMinor, currency].join('\n');
    }
    case 'PaymentFailed':
      return [factKey(event), event.code ?? ''].join('\n');
    case 'ClosedAtGateway':
      return [factKey(event), event.code ?? '', event.cause ?? 'unstated'].join('\n');
    case 'CancelConfirmed':
    case 'CancelRefused':
    case 'CancelNotExecuted':
    case 'CancelBlocked':
    case 'CancelOutcomeUnknown': {
      const { type, attempt, rule, nonce = '', requestId = '', answerSha256 = '' } = event;
      return [type, attempt, rule, nonce, requestId, answerSha256].join('\n');
    }
  }
}
