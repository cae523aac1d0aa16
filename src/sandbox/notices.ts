import type { KeyObject } from 'node:crypto';
import type { Runtime } from '../runtime.ts';
import { noticeAttemptsMax, noticeRetryMs, noticeRetryMsMax, noticesWaitingMax } from './limits.ts';
import { noticeBody } from './notice-body.ts';
import type { NoticeContent } from './notice-body.ts';
import type { SandboxNoticeStep } from './notice-steps.ts';
import { postNotice } from './post-notice.ts';
import type { NoticeAnswer } from './post-notice.ts';

/** Something that an order's notify URL is to be told. */
export type News = {
  readonly orderNo: string;
  readonly notifyUrl: string;
  readonly content: NoticeContent;
  readonly step: SandboxNoticeStep;
};

/** One attempt to tell a notice. */
export type SandboxNotice = {
  readonly orderNo: string;
  /** As it was posted. */
  readonly body: string;
  /** Counted from 1, and from 1 again for the second time of a notice that is sent twice. */
  readonly attempt: number;
  /** `acknowledged`, or why it is repeated; `not sent` where too many wait. */
  readonly answer: NoticeAnswer | 'not sent';
};

type Delivery = News & { attempt: number; timesLeft: number };

type Options = {
  readonly runtime: Runtime;
  /** Asked for where a notice is signed. */
  readonly key: () => KeyObject;
  readonly onNotice: (notice: SandboxNotice) => void;
};

/** Sends notices and repeats each until it is acknowledged, at most 20 times. */
export class Notices {
  readonly #options: Options;
  readonly #stopping = new AbortController();
  readonly #timers = new Set<() => void>();
  /** By order: what waits for the order's next notice. */
  readonly #held = new Map<string, Delivery[]>();
  #waiting = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  send(news: News): void {
    if (this.#stopping.signal.aborted) return;
    const { orderNo, step } = news;
    const delivery = { ...news, attempt: 0, timesLeft: step.isTwice ? 2 : 1 };
    if (this.#waiting >= noticesWaitingMax) {
      const body = JSON.stringify(news.content);
      this.#options.onNotice({ orderNo, body, attempt: 0, answer: 'not sent' });
      return;
    }
    this.#waiting += 1;
    if (step.isAfterNext) {
      this.#held.set(orderNo, [...(this.#held.get(orderNo) ?? []), delivery]);
    } else this.#later(step.delayMs, delivery);
  }

  /** Sends nothing more, and breaks off what is out. */
  stop(): void {
    this.#stopping.abort();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#held.clear();
  }

  #later(delayMs: number, delivery: Delivery): void {
    if (delayMs === 0) {
      void this.#attempt(delivery);
      return;
    }
    const cancel = this.#options.runtime.setTimer(delayMs, () => {
      this.#timers.delete(cancel);
      void this.#attempt(delivery);
    });
    this.#timers.add(cancel);
  }

  /** Nobody waits for it: it rejects only where `onNotice` throws, which is a fault of its owner. */
  async #attempt(delivery: Delivery): Promise<void> {
    const { orderNo, notifyUrl: url, content, step } = delivery;
    const { runtime, onNotice } = this.#options;
    const { signal } = this.#stopping;
    delivery.attempt += 1;
    const body = await noticeBody(content, step.format, this.#options);
    const answer = await postNotice({ url, body }, { runtime, signal });
    if (signal.aborted) return;
    onNotice({ orderNo, body, attempt: delivery.attempt, answer });
    for (const next of this.#held.get(orderNo) ?? []) this.#later(next.step.delayMs, next);
    this.#held.delete(orderNo);
    this.#goOn(delivery, answer);
  }

  #goOn(delivery: Delivery, answer: NoticeAnswer): void {
    const { attempt } = delivery;
    if (answer === 'acknowledged') {
      delivery.timesLeft -= 1;
      delivery.attempt = 0;
      if (delivery.timesLeft > 0) this.#later(0, delivery);
      else this.#waiting -= 1;
    } else if (attempt < noticeAttemptsMax) {
      this.#later(Math.min(noticeRetryMs * 2 ** (attempt - 1), noticeRetryMsMax), delivery);
    } else this.#waiting -= 1;
  }
}
