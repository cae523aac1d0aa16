import { compact } from '../compact.ts';
import type { JsonObject, RecordedEvent } from '../event-store/event-store.ts';
import type { Runtime } from '../runtime.ts';
import { instantOf, millisecondsOf } from '../runtime.ts';
import { decodeEvent } from './codec.ts';
import type { ChainedMetadata } from './chain.ts';
import { chainLink, chainStart, digest } from './chain.ts';
import type { EventMetadata } from './event.ts';
import { orderNoOf, streamOf } from './event.ts';

/** Fields that describe the course of an order and identify nobody. All others are replaced. */
const kept: ReadonlySet<string> = new Set([
  'attempt',
  'attempts',
  'cause',
  'command',
  'conclusive',
  'currency',
  'durationMs',
  'headRevision',
  'httpStatus',
  'insecureTransport',
  'isLastRecorded',
  'number',
  'resolution',
  'retryInMs',
  'revision',
  'attemptDeadlineMs',
  'rule',
  'status',
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

/** An anonymised history begins at this time, unless it tells of a time so long ago or so far off. */
const startMs = millisecondsOf('2020-01-01T00:00:00.000Z');
/** Stored times lie between these two. */
const [earliestMs, latestMs] = [0, millisecondsOf('9999-12-31T23:59:59.999Z')];

/** What is the same for all events of one history. */
type Course = {
  /** Added to every time, so that intervals and the order of times stay. */
  readonly shiftMs: number;
  /** Multiplies the amounts; null where each amount becomes a number of its own. */
  readonly factor: number | null;
};

/**
 * Makes fixtures of recorded histories: the same path through the machine, with other numbers, ids,
 * texts, amounts and days. The chain is computed again, so that a fixture verifies.
 *
 * Equal values stay equal across all histories of one anonymiser, because identity decides the fold:
 * a payment that its order's number stands for stays one. A refund is compared with sums. So where
 * money went back, the amounts of the history keep their proportions instead: all are multiplied by
 * one number, drawn for that history and stored nowhere. A notice's digest is replaced like any id,
 * because whoever guesses the notice's body could confirm the guess by it.
 */
export class Anonymiser {
  readonly #random: () => number;
  readonly #numbers = new Map<unknown, number>();

  /** @param runtime draws the factors of amounts */
  constructor({ random }: Pick<Runtime, 'random'>) {
    this.#random = random;
  }

  /** @throws {PaymentOrderError} for a history that cannot be decoded: only known fields pass on */
  history(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
    const [first] = events;
    if (first === undefined) return [];
    const shiftMs = shiftOf(
      events,
      startMs - millisecondsOf(decodeEvent(first).metadata.recordedAt),
    );
    const course = { shiftMs, factor: this.#factorOf(events) };
    let prevHash = chainStart;
    return events.map((event) => {
      const anonymous = this.#event(event, course, prevHash);
      prevHash = decodeEvent(anonymous).metadata.hash;
      return anonymous;
    });
  }

  /** Null also where an amount is so large that a multiple of it could not be stored. */
  #factorOf(events: readonly RecordedEvent[]): number | null {
    if (!events.some(({ type }) => type === 'PaymentRefunded')) return null;
    const amounts = events.map(({ data }) => Number(data['amountMinor'] ?? 0));
    const factorMax = Math.min(99, Math.floor(Number.MAX_SAFE_INTEGER / Math.max(1, ...amounts)));
    if (factorMax < 2) return null;
    const drawn = 2 + Math.floor(this.#random() * (factorMax - 1));
    // Ten would leave the digits as they were.
    return drawn === 10 ? 9 : drawn;
  }

  #event(event: RecordedEvent, course: Course, prevHash: string): RecordedEvent {
    const { revision, position, type, metadata } = decodeEvent(event);
    const id = this.#uuid(event.id);
    const data = Object.fromEntries(
      Object.entries(event.data).map(([field, value]) => [
        field,
        // The code of a rejection is our own; that of a channel may be anything.
        field === 'code' && type === 'CommandRejected' ? value : this.#field(field, value, course),
      ]),
    );
    const stream = streamOf(this.#identifier(orderNoOf(event.stream)));
    const chained = this.#metadata(metadata, course.shiftMs);
    const link = chainLink(
      { stream, revision, id, type, data, metadata: chained },
      (bytes) => hexFrom(id, bytes),
      prevHash,
    );
    // JSON stays JSON: fields were replaced by text and numbers alone.
    const json = { data: data as JsonObject, metadata: { ...chained, ...link } as JsonObject };
    return { stream, revision, position, id, type, ...json };
  }

  #field(field: string, value: unknown, { shiftMs, factor }: Course): unknown {
    if (kept.has(field)) return value;
    if (field === 'amountMinor') return this.#amount(Number(value), factor);
    if (field === 'timestamp') return Math.max(0, Number(value) + shiftMs);
    if (times.has(field)) return shifted(String(value), shiftMs);
    if (texts.has(field)) return `text ${this.#numberOf(value)}`;
    if (digests.has(field)) return digest(this.#numberOf(value));
    // The gateway of an order or an attempt: its name and its account.
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([part, id]) => [part, this.#identifier(id)]),
      );
    }
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

  #amount(minor: number, factor: number | null): number {
    return factor === null ? 100 * this.#numberOf(`amount ${minor}`) : factor * minor;
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

/** The shift that was wanted, or the one next to it by which no time becomes one that cannot be stored. */
function shiftOf(events: readonly RecordedEvent[], wantedMs: number): number {
  const ms = events.flatMap(({ data, metadata }) =>
    [metadata['recordedAt'], metadata['occurredAt'], ...[...times].map((field) => data[field])]
      .filter((time) => typeof time === 'string')
      .map(millisecondsOf),
  );
  const least = ms.reduce((one, other) => Math.min(one, other), latestMs);
  const most = ms.reduce((one, other) => Math.max(one, other), earliestMs);
  return Math.min(Math.max(wantedMs, earliestMs - least), latestMs - most);
}

function shifted(instant: string, shiftMs: number): string {
  return instantOf(millisecondsOf(instant) + shiftMs);
}

/** As many bytes as are asked for, and the same ones each time: a fixture has nothing to hide. */
function hexFrom(seed: string, bytes: number): string {
  let hex = '';
  while (hex.length < 2 * bytes) hex += digest({ seed, at: hex.length });
  return hex.slice(0, 2 * bytes);
}
