import type { AttemptResult } from '../../../machines/payment-order.facts.ts';
import type { Firing, GatewayStatus, Receipt } from '../../index.ts';
import { ruleText } from '../../listing/order-texts.ts';
import { escapeForTerminal } from '../../text.ts';
import type { Words } from '../../words/cli/en.ts';
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
    const { orderNo, event, attempt, answer, gateway, order } = firing;
    this.fired += 1;
    this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
    if (screen.json) screen.document(firing);
    else {
      const line = event === 'StatusReported' ? words.firedQuestion : words.fired;
      const fired = line({
        order: escapeForTerminal(orderNo),
        ...{ event, attempt },
        gateway: escapeForTerminal(gateway ?? ''),
        answer: words.answers[answer],
        state: words.state(order.stateDetail),
      });
      screen.lines([fired]);
    }
  }

  /** An operator's retry that was made here. */
  sawRetry({ order }: Receipt): void {
    const attempts = order.cancel?.attempts ?? [];
    this.saw({
      ...{ orderNo: order.orderNo, event: 'CancelRetryRequested', attempt: attempts.length },
      ...{
        answer: attempts.at(-1)?.answer ?? 'in-flight',
        gateway: order.gateway?.name ?? null,
        order,
      },
    });
  }

  /** A gateway went down, or came up again. */
  sawGateway(gateway: GatewayStatus): void {
    const { screen, words } = this.#context;
    if (screen.json) screen.document({ gateway });
    else screen.lines([gatewayLine(words, gateway)]);
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

function gatewayLine(words: Words, { name, state, rule }: GatewayStatus): string {
  const { gatewayDown, gatewayUp } = words.work;
  const shown = escapeForTerminal(name);
  return state === 'up' ? gatewayUp(shown) : gatewayDown(shown, ruleText(words, rule ?? ''));
}
