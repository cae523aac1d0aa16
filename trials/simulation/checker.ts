import type { AppendResult, PreparedEvent } from '../../src/event-store/event-store.ts';
import type { CancelRequest } from '../../src/gateway/cancel-gateway.ts';
import { orderNoOf, streamOf } from '../../src/history/event.ts';
import type { Account } from './accounts.ts';
import { epochMs } from './clock.ts';
import type { Row, ServerLog } from './log.ts';
import { textOf } from './log.ts';
import type { Incarnation } from './process.ts';
import type { Question } from './questions.ts';
import type { Seen } from './seen.ts';
import { count } from './seen.ts';

/** A promise that was broken, and when. */
export type Violation = { readonly invariant: string; readonly what: string };

/** The limit of one call, ms: the shipped default. */
export const attemptMs = 15_000;

/** The shipped default: with a longer deadline, a call may leave later than with this one. */
const usualDeadlineMs = 30_000;

/** Each of these events enters one attempt. */
export const entering: ReadonlySet<string> = new Set([
  'CancelRequested',
  'CancelRetryDue',
  'CancelRetryRequested',
]);

/** Who calls or asks: a process, with the keys of an account. */
export type Caller = { readonly life: Incarnation; readonly account: Account };

/** A call as it left: by whom, and for which event of the stream. */
export type Send = {
  readonly orderNo: string;
  readonly attempt: number;
  readonly nonce: string;
  readonly life: Incarnation;
  readonly account: Account;
  readonly isInPeace: boolean;
  /** What its caller has learned; null while it waits. */
  ended: 'answered' | 'threw' | null;
};

/** What the platform did with a request, as often as it came. */
export type Execution = {
  readonly nonce: string;
  readonly result: 'true' | 'false';
  readonly atMs: number;
};

/** What a plan leaves intact, so that more can be asked for. */
type Promises = {
  readonly clocksAreRight: boolean;
  /** And no call takes longer than its own limit: then two of one order are never out at once. */
  readonly callsAreTimely: boolean;
};

/**
 * Watches what passes between the processes, the store and the platform while a run goes on. It
 * knows the rules and none of the code: the code cannot talk it round.
 */
export class Checker {
  readonly violations: Violation[] = [];
  readonly sends: Send[] = [];
  readonly executions: Execution[] = [];
  readonly questions: Question[] = [];
  readonly #log: ServerLog;
  readonly #nowMs: () => number;
  readonly #seen: Seen;
  readonly promises: Promises;
  readonly #used = new Set<string>();
  /** By life and decision: the id of an append whose outcome has not been looked up since. */
  readonly #unsettled = new Map<string, string>();
  /** Ids whose append was answered only after a doubt, and when; by life and stream the last read. */
  readonly #doubted = new Map<string, number>();
  readonly #lastRead = new Map<string, number>();
  readonly #shown = new Map<string, number>();
  readonly #ambiguous = new Set<string>();
  isInPeace = false;

  constructor(log: ServerLog, seen: Seen, nowMs: () => number, promises: Promises) {
    this.#log = log;
    this.#nowMs = nowMs;
    this.#seen = seen;
    this.promises = promises;
  }

  violate(invariant: string, what: string): void {
    this.violations.push({ invariant, what });
  }

  /** I17: after an append of unknown outcome, a process reads before it appends again. */
  appending(life: Incarnation, stream: string, events: readonly PreparedEvent[]): void {
    // Notices have no trail that tells two requests of one process apart.
    if (!isOfOrder(stream)) return;
    for (const event of events) {
      const before = this.#unsettled.get(decisionOf(life, stream, event));
      if (before === undefined || before === event.id) continue;
      this.violate('I17', `${life.name} appends ${event.type} to ${stream} again without reading`);
    }
  }

  appended(
    life: Incarnation,
    stream: string,
    events: readonly PreparedEvent[],
    kind: AppendResult['kind'] | 'unknown',
  ): void {
    for (const event of events) {
      if (kind === 'conflict' && event.metadata['source'] === 'gateway') {
        count(this.#seen, 'conflict on an outcome append');
      }
      const key = decisionOf(life, stream, event);
      if (kind === 'conflict' && this.#unsettled.get(key) === event.id) {
        count(this.#seen, "lost ack, then a rival's event");
      }
      if (kind === 'appended' && event.data['rule'] === 'attempt-abandoned') {
        // The acknowledgement may come late, when the next attempt has begun.
        const begun = this.#entries(orderNoOf(stream))[Number(event.data['attempt']) - 1];
        if (begun !== undefined) this.#givenUp(life, stream, begun);
      }
      if (kind === 'unknown') this.#doubted.set(event.id, Infinity);
      else if (this.#doubted.has(event.id)) this.#doubted.set(event.id, this.#nowMs());
      if (kind === 'unknown') this.#unsettled.set(key, event.id);
      else if (kind === 'appended') this.#unsettled.delete(key);
    }
  }

  /** Whoever gives an attempt up waits as long as its own process said, however it is configured. */
  #givenUp(life: Incarnation, stream: string, begun: Row): void {
    const deadlineMs = deadlineIn(begun);
    if (deadlineMs !== life.attemptDeadlineMs) {
      count(this.#seen, 'given up by a process with another deadline');
    }
    const recordedMs = Date.parse(textOf(begun.metadata['recordedAt'])) - epochMs;
    if (this.promises.clocksAreRight && this.#nowMs() < recordedMs + deadlineMs) {
      this.violate('I6', `${life.name} gives an attempt of ${stream} up before its deadline`);
    }
  }

  hasRead(life: Incarnation, stream: string, head: number): void {
    this.#lastRead.set(`${life.name} ${stream}`, this.#nowMs());
    this.#shown.set(`${life.name} ${stream}`, Math.max(head, this.shownTo(life, stream)));
    for (const key of this.#unsettled.keys()) {
      if (key.startsWith(`${life.name} ${stream} `)) this.#unsettled.delete(key);
    }
  }

  /** The newest revision that a process was shown; -1 where none. */
  shownTo(life: Incarnation, stream: string): number {
    return this.#shown.get(`${life.name} ${stream}`) ?? -1;
  }

  /** A call begins: which attempt of the order it is, by the events that this process stored. */
  begins(life: Incarnation, { orderNo }: CancelRequest): number {
    const entries = this.#entries(orderNo);
    const isOwn = ({ by, id }: Row) => by === life.name && !this.#used.has(id);
    const own = entries.findLastIndex(isOwn);
    const entry = entries[own];
    // With two of its own to choose from, which one it is cannot be seen from outside.
    const choices = entries.filter(isOwn);
    if (choices.length > 1) for (const { id } of choices) this.#ambiguous.add(id);
    if (entry !== undefined) this.#used.add(entry.id);
    return own + 1;
  }

  /** A request byte is about to leave. */
  sending({ life, account }: Caller, request: CancelRequest, attempt: number, nonce: string): void {
    const { orderNo } = request;
    const rows = this.#log.stream(`paymentOrder-${orderNo}`);
    const entry = this.#entries(orderNo)[attempt - 1];
    this.sends.push({
      orderNo,
      attempt,
      nonce,
      life,
      account,
      isInPeace: this.isInPeace,
      ended: null,
    });
    if (entry === undefined) {
      this.violate('I4', `${life.name} calls for ${orderNo} and entered no attempt in the stream`);
      return;
    }
    // The stream's time is not before the time that the process drew.
    const isSure = !this.#ambiguous.has(entry.id);
    const sendWithinMs = deadlineIn(entry) - attemptMs;
    const sinceMs = this.#nowMs() - entry.atMs;
    if (isSure && sinceMs >= sendWithinMs) {
      this.violate('I14', `attempt ${attempt} of ${orderNo} leaves when it may have been given up`);
    }
    if (isSure && sinceMs >= usualDeadlineMs) count(this.#seen, 'a call under a long deadline');
    if (
      isSure &&
      this.promises.callsAreTimely &&
      rows.some(({ data }) => data['attempt'] === attempt)
    ) {
      this.violate('I6', `attempt ${attempt} of ${orderNo} leaves after it was given up`);
    }
    const answeredMs = this.#doubted.get(entry.id);
    const lookedMs = this.#lastRead.get(`${life.name} paymentOrder-${orderNo}`) ?? -1;
    if (isSure && answeredMs !== undefined && lookedMs < answeredMs) {
      this.violate('I4', `attempt ${attempt} of ${orderNo} leaves after a doubt without a look`);
    }
    const asked = rows.findLast(
      ({ type, revision }) => type === 'CancelRequested' && revision <= entry.revision,
    );
    const isSame =
      request.reason === asked?.data['reason'] &&
      request.processBillNo === rows[0]?.data['processBillNo'];
    if (!isSame) this.violate('I7', `attempt ${attempt} of ${orderNo} carries other parameters`);
    for (let earlier = 1; earlier < attempt; earlier += 1) {
      if (rows.some(({ data }) => data['attempt'] === earlier)) continue;
      this.violate('I14', `attempt ${attempt} of ${orderNo} while ${earlier} has no outcome`);
    }
    const out = this.sends.find(
      (send) =>
        send.orderNo === orderNo &&
        send.nonce !== nonce &&
        send.ended === null &&
        send.life.isAlive,
    );
    if (out !== undefined && this.promises.callsAreTimely) {
      this.violate('I6', `attempts ${out.attempt} and ${attempt} of ${orderNo} are out at once`);
    }
  }

  #entries(orderNo: string): readonly Row[] {
    return this.#log.stream(`paymentOrder-${orderNo}`).filter(({ type }) => entering.has(type));
  }

  /** The caller has seen all that it will see of an attempt. */
  ends(nonce: string, how: 'answered' | 'threw'): void {
    const send = this.sends.find((sent) => sent.nonce === nonce);
    if (send !== undefined) send.ended = how;
  }

  executed(nonce: string, result: 'true' | 'false'): void {
    this.executions.push({ nonce, result, atMs: this.#nowMs() });
  }

  hasUnknownOutcome(orderNo: string, attempt: number): boolean {
    return this.#log
      .stream(`paymentOrder-${orderNo}`)
      .some(({ type, data }) => type === 'CancelOutcomeUnknown' && data['attempt'] === attempt);
  }
}

export function isOfOrder(stream: string): boolean {
  return stream.startsWith(streamOf(''));
}

/** The deadline that an attempt was begun with, ms; none is as good as none left. */
function deadlineIn({ data }: Row): number {
  const { attemptDeadlineMs } = data;
  return typeof attemptDeadlineMs === 'number' ? attemptDeadlineMs : 0;
}

/** What makes two events one decision of one process: each request and each call has its own trail. */
function decisionOf(life: Incarnation, stream: string, { type, data, metadata }: PreparedEvent) {
  const trail = `${textOf(metadata['$correlationId'])} ${textOf(metadata['$causationId'])}`;
  return `${life.name} ${stream} ${type} ${trail} ${textOf(data['rule'])}`;
}
