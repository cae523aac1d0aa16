import type { AttemptResult } from '../../../machines/payment-order.facts.ts';
import type { Firing } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import type { Context } from '../io.ts';

/** Prints each timer that was fired, as a line or as a JSON document, and counts what came of it. */
export class Firings {
  readonly #context: Context;
  readonly #answers = new Map<AttemptResult, number>();
  fired = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  saw(firing: Firing): void {
    const { screen, words } = this.#context;
    const { orderNo, event, attempt, answer, order } = firing;
    this.fired += 1;
    this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
    if (screen.json) screen.document(firing);
    else {
      const state = words.state(order.stateDetail);
      const name = escapeForTerminal(orderNo);
      const line = event === 'StatusReported' ? words.firedQuestion : words.fired;
      screen.lines([line(name, event, attempt, words.answers[answer], state)]);
    }
  }

  /** How often each answer came. */
  get answers(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#answers);
  }

  /** The same in words. */
  get answersInWords(): string {
    const { words } = this.#context;
    const counts = Array.from(this.#answers, ([answer, count]) =>
      words.countOf(count, words.answers[answer]),
    );
    return counts.join(words.listSemicolon);
  }
}
