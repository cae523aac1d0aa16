/** What may be done to an order now: each a link to a form that shows first what it would record. */

import { isOpen } from '../../../machines/payment-order.facts.ts';
import type { HistoryEvent } from '../../history/event.ts';
import type { PaymentOrder } from '../../order/types.ts';
import { headlineOf } from '../../timeline/event-details.ts';
import { retractableIn } from '../../timeline/retractions.ts';
import type { Choice } from '../actions/action.ts';
import { resolutions } from '../actions/action.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Desk, Visit } from '../types.ts';
import { choiceHint, choicePath, choiceTitle } from './parts.ts';
import { momentOf } from './times.ts';

/** In these the platform's word decides most, so it is asked before anything is decided. */
const waitsForTruth: ReadonlySet<string> = new Set([
  'cancelling.inDoubt',
  'cancelling.needsReview',
]);

/** What may be done, the most likely first. Retractions are apart: they correct a mistake. */
export function choicesOf(order: PaymentOrder): readonly Choice[] {
  const { allowed, anomalies, stateDetail } = order;
  const ask: Choice = { action: 'ask' };
  const isFirst = waitsForTruth.has(stateDetail);
  const choices: Choice[] = isFirst ? [ask] : [];
  if (allowed.includes('RetryCancel')) choices.push({ action: 'retry' });
  if (allowed.includes('ResolveCancel')) {
    for (const as of resolutions) choices.push({ action: 'resolve', as });
  }
  if (allowed.includes('AbandonCancel')) choices.push({ action: 'abandon' });
  if (allowed.includes('AcknowledgeAnomaly')) {
    for (const anomaly of anomalies) {
      if (isOpen(anomaly)) choices.push({ action: 'acknowledge', number: anomaly.number });
    }
  }
  return isFirst ? choices : [...choices, ask];
}

export function actionsPart(
  { actor }: Pick<Desk, 'actor'>,
  visit: Visit,
  order: PaymentOrder,
  history: readonly HistoryEvent[],
): Html {
  const { acts } = visit.words.console;
  return html`<section aria-labelledby="actions">
    <h2 class="desk-h2" id="actions">${acts.actionsTitle}</h2>
    ${
      actor === null
        ? html`<p class="desk-soft">${acts.readOnly}</p>`
        : html`${choicesPart(visit, order, choicesOf(order))} ${correction(visit, order, history)}`
    }
  </section>`;
}

export function choicesPart(
  visit: Visit,
  { orderNo }: Pick<PaymentOrder, 'orderNo'>,
  choices: readonly Choice[],
): Html {
  const { words } = visit;
  return html`<ul class="desk-choices">
    ${choices.map(
      (choice, place) =>
        html`<li>
          <a
            class="desk-button ${place === 0 ? 'desk-primary' : ''}"
            href="${choicePath(visit, orderNo, choice)}"
            >${choiceTitle(words, choice)}</a
          >
          <span class="desk-soft">${choiceHint(words, choice)}</span>
        </li>`,
    )}
  </ul>`;
}

/** An event that was recorded by mistake; closed until somebody looks for it. */
function correction(visit: Visit, { orderNo }: PaymentOrder, history: readonly HistoryEvent[]) {
  const events = retractableIn(history).toReversed();
  if (events.length === 0) return nothing;
  const { words } = visit;
  const { correct, correctHint, at } = words.console.acts;
  return html`<details id="correct">
    <summary>${correct}</summary>
    <p class="desk-soft">${correctHint}</p>
    <ul class="desk-choices">
      ${events.map((event) => {
        const choice = { action: 'retract', revision: event.revision } as const;
        return html`<li>
          <a class="desk-button" href="${choicePath(visit, orderNo, choice)}"
            >${choiceTitle(words, choice)}</a
          >
          <span class="desk-soft"
            >${headlineOf(words, event)} · ${at(event.revision)} ·
            ${momentOf(event.metadata.recordedAt)}</span
          >
        </li>`;
      })}
    </ul>
  </details>`;
}
