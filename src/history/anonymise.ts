import { compact } from '../compact.ts';
import type { JsonObject, RecordedEvent } from '../event-store/event-store.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';
import { decodeEvent } from './codec.ts';
import type { ChainedMetadata } from './chain.ts';
import { chainLink, chainStart, digest } from './chain.ts';
import type { EventMetadata } from './event.ts';
import { orderNoOf, streamOf } from './event.ts';

/** Fields that describe the course of an order and identify nobody. All others are replaced. */
const kept: ReadonlySet<string> = new Set([
  'attempt',
  'cause',
  'command',
  'currency',
  'durationMs',
  'httpStatus',
  'insecureTransport',
  'isLastRecorded',
  'number',
  'resolution',
  'retryInMs',
  'revision',
  'attemptDeadlineMs',
  'rule',
]);
const texts: ReadonlySet<string> = new Set([
  'reason',
  'note',
  'evidence',
  'message',
  'responseMsg',
]);
const times: ReadonlySet<string> = new Set(['sentAt', 'occurredAt']);
const digests: ReadonlySet<string> = new Set(['requestSha256', 'answerSha256']);
const sources: ReadonlySet<string> = new Set(['command', 'fact', 'gateway', 'timer']);

/** Every anonymised history begins at this time, and keeps its intervals. */
const startMs = millisecondsOf('2020-01-01T00:00:00.000Z');

/**
 * Makes fixtures of recorded histories: the same path through the machine, with other numbers, ids,
 * texts, amounts and days. Equal values stay equal across all histories of one anonymiser. The chain
 * is computed again, so that a fixture verifies.
 */
export class Anonymiser {
  readonly #numbers = new Map<unknown, number>();

  /** @throws {PaymentOrderError} for a history that cannot be decoded: only known fields pass on */
  history(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const [first] = events;
    if (first === undefined) return [];
    const shiftMs = startMs - millisecondsOf(decodeEvent(first).metadata.recordedAt);
    let prevHash = chainStart;
    return events.map((event) => {
      const anonymous = this.#event(event, shiftMs, prevHash);
      prevHash = decodeEvent(anonymous).metadata.hash;
      return anonymous;
    });
  }

  #event(event: RecordedEvent, shiftMs: number, prevHash: string): RecordedEvent {
    const { revision, position, type, metadata } = decodeEvent(event);
    const id = this.#uuid(event.id);
    const data = Object.fromEntries(
      Object.entries(event.data).map(([field, value]) => [
        field,
        // The code of a rejection is our own; that of a channel may be anything.
        field === 'code' && type === 'CommandRejected' ? value : this.#field(field, value, shiftMs),
      ]),
    );
    const stream = streamOf(this.#identifier(orderNoOf(event.stream)));
    const chained = this.#metadata(metadata, shiftMs);
    const salt = digest({ salt: id }).slice(0, 32);
    const link = chainLink({ stream, revision, id, type, data, metadata: chained }, salt, prevHash);
    // JSON stays JSON: fields were replaced by text and numbers alone.
    const json = { data: data as JsonObject, metadata: { ...chained, ...link } as JsonObject };
    return { stream, revision, position, id, type, ...json };
  }

  #field(field: string, value: unknown, shiftMs: number): unknown {
    if (kept.has(field)) return value;
    if (field === 'amountMinor') return 100 * this.#numberOf(`amount ${String(value)}`);
    if (field === 'timestamp') return Math.max(0, Number(value) + shiftMs);
    if (times.has(field)) return shifted(String(value), shiftMs);
    if (texts.has(field)) return `text ${this.#numberOf(value)}`;
    if (digests.has(field)) return digest(this.#numberOf(value));
    return this.#identifier(value);
  }

  #metadata(metadata: EventMetadata, shiftMs: number): ChainedMetadata {
    const { actor, commandId, commandDigest, occurredAt, source, $causationId } = metadata;
    const { noticeId, vouchedBy } = metadata;
    const given = <T>(value: T | undefined, replaced: (given: T) => T) =>
      value === undefined ? undefined : replaced(value);
    return compact({
      recordedAt: shifted(metadata.recordedAt, shiftMs),
      occurredAt: given(occurredAt, (at) => shifted(at, shiftMs)),
      actor: given(actor, ({ kind, id }) => ({ kind, id: this.#identifier(id) })),
      source: sources.has(source) ? source : this.#identifier(source),
      commandId: given(commandId, (id) => this.#identifier(id)),
      commandDigest: given(commandDigest, (value) => digest(this.#numberOf(value))),
      $correlationId: this.#uuid(metadata.$correlationId),
      $causationId: given($causationId, (id) => this.#uuid(id)),
      noticeId: given(noticeId, (id) => digest(this.#numberOf(id))),
      vouchedBy: given(vouchedBy, (by) => this.#identifier(by)),
      from: metadata.from,
      to: metadata.to,
      schemaVersion: metadata.schemaVersion,
      machine: metadata.machine,
    });
  }

  /** One namespace, because a fact's id may be its transaction number. */
  #identifier(value: unknown): string {
    return `x${this.#numberOf(value)}`;
  }

  #uuid(value: string): string {
    const hex = digest({ uuid: this.#numberOf(value) });
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  #numberOf(value: unknown): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(value, number);
    return number;
  }
}

/** Never before 1970: stored times begin there. */
function shifted(instant: string, shiftMs: number): string {
  return instantOf(Math.max(0, millisecondsOf(instant) + shiftMs));
}
