import { systemRuntime } from '../../runtime.ts';
import type { NoticeVerification, OrderSearch } from '../../index.ts';
import { noticePrefix } from '../../inbox/events.ts';
import type { Context } from '../io.ts';

const everyMs = 5_000;

/** Counts what was checked of a whole store, and reports it on stderr every five seconds. */
export class Progress {
  readonly #context: Context;
  readonly #runtime = systemRuntime();
  #reportedAtMs = this.#runtime.monotonicMs();
  orders = 0;
  notices = 0;
  events = 0;
  faults = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  saw(events: number, faults: number): void {
    this.orders += 1;
    this.#count(events, faults);
  }

  sawNotice({ stream, events, faults }: NoticeVerification): void {
    // A list of an order's notices is none itself.
    if (stream.startsWith(noticePrefix)) this.notices += 1;
    this.#count(events, faults.length);
  }

  #count(events: number, faults: number): void {
    this.events += events;
    this.faults += faults;
    const nowMs = this.#runtime.monotonicMs();
    if (nowMs - this.#reportedAtMs < everyMs) return;
    this.#reportedAtMs = nowMs;
    const { screen, words } = this.#context;
    const { orders } = this;
    if (screen.json) {
      screen.talkDocument({ progress: { orders, events: this.events, faults: this.faults } });
    } else screen.talk(words.history.progress(orders, this.events, this.faults));
  }
}

/** Only what takes longer than this shows how far it is, ms. */
const patienceMs = 500;
const barWidth = 30;

/** How far the index of orders is: a bar on a terminal, else a line every five seconds. */
export class IndexProgressLine {
  readonly #context: Context;
  readonly #runtime = systemRuntime();
  readonly #startedAtMs = this.#runtime.monotonicMs();
  #reportedAtMs = this.#startedAtMs;
  #hasBar = false;

  constructor(context: Context) {
    this.#context = context;
  }

  saw({ events, share }: Parameters<NonNullable<OrderSearch['onProgress']>>[0]): void {
    const { screen, words } = this.#context;
    const nowMs = this.#runtime.monotonicMs();
    const isBar = screen.hasTerminal && !screen.json;
    const isSoon = nowMs - this.#startedAtMs < patienceMs;
    if (isSoon || nowMs - this.#reportedAtMs < (isBar ? 100 : everyMs)) return;
    this.#reportedAtMs = nowMs;
    const percent = Math.floor(share * 100);
    const line = words.attention.indexing(events, percent);
    if (screen.json) screen.talkDocument({ progress: { events, percent } });
    else if (isBar) {
      const done = Math.round(share * barWidth);
      screen.bar(`[${'#'.repeat(done)}${'.'.repeat(barWidth - done)}] ${line}`);
      this.#hasBar = true;
    } else screen.talk(line);
  }

  end(): void {
    if (this.#hasBar) this.#context.screen.bar('');
    this.#hasBar = false;
  }
}
