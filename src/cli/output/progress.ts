import { systemRuntime } from '../../runtime.ts';
import type { NoticeVerification } from '../../index.ts';
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
