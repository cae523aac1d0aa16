/** An order: why it needs a person, what may be done now, and the report of all that happened. */

import { isOpen } from '../../../machines/payment-order.facts.ts';
import { errorCodes, PaymentOrderError } from '../../errors.ts';
import { nextText, reasonText, receivedText, ruleText } from '../../listing/order-texts.ts';
import { waitsBeside } from '../../listing/waits.ts';
import { attention } from '../../order/attention.ts';
import { orderNotFound } from '../../order/decide.ts';
import type { PaymentOrder } from '../../order/types.ts';
import { amountText } from '../../timeline/amount.ts';
import { gatewayText } from '../../timeline/event-details.ts';
import { failurePage } from '../failure.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import { reportOf } from '../report-of.ts';
import type { Desk, Page, Params, Visit } from '../types.ts';
import { actionsPart } from './order-actions.ts';
import { facts, shown } from './parts.ts';
import { momentOf } from './times.ts';

export async function orderPage(desk: Desk, visit: Visit, { orderNo = '' }: Params): Promise<Page> {
  const { orders, indexFile } = desk;
  try {
    const [order, history] = await Promise.all([orders.get(orderNo), orders.history(orderNo)]);
    if (order === null) throw orderNotFound(orderNo);
    const waitsOf = await waitsBeside(indexFile, visit.nowMs);
    const title = visit.words.console.acts.order(orderNo);
    const reasons = attention(order, visit.nowMs).map((reason) =>
      reasonText(visit.words, reason, visit.nowMs, waitsOf(order)),
    );
    const main = html`<h1>${title}</h1>
      ${whyPart(visit, order, reasons)} ${factsOf(visit, order)}
      ${actionsPart(desk, visit, order, history)}`;
    return { title, nav: 'queue', main, live: { orderNo }, report: reportOf(visit, history) };
  } catch (error) {
    return await unreadablePage(desk, visit, orderNo, error);
  }
}

/** Of a history that cannot be read whole: the fault, and all that can be read. */
async function unreadablePage(
  desk: Desk,
  visit: Visit,
  orderNo: string,
  error: unknown,
): Promise<Page> {
  const isOfHistory =
    error instanceof PaymentOrderError && errorCodes[error.code].lane === 'history';
  if (!isOfHistory) throw error;
  const events = await desk.orders.recordedEvents(orderNo);
  const page = failurePage(desk, visit, error);
  if (events.length === 0) return page;
  return { ...page, status: 200, nav: 'queue', live: { orderNo }, report: reportOf(visit, events) };
}

/** Why it needs a person, and what to do about each anomaly. */
function whyPart({ words }: Visit, order: PaymentOrder, reasons: readonly string[]): Html {
  const { acts } = words.console;
  if (reasons.length === 0) return html`<p class="desk-note desk-good">${acts.needsNobody}</p>`;
  const todo = [...new Set(order.anomalies.filter(isOpen).map(({ code }) => words.whatToDo[code]))];
  return html`<section class="desk-note desk-bad" aria-labelledby="why">
    <h2 class="desk-h2" id="why">${acts.whyTitle}</h2>
    <ul class="desk-plain">
      ${reasons.map((reason) => html`<li>${shown(reason)}</li>`)}
    </ul>
    ${
      todo.length === 0
        ? nothing
        : html`<p><strong>${acts.whatToDo}</strong></p>
            <ul class="desk-plain">
              ${todo.map((text) => html`<li>${text}</li>`)}
            </ul>`
    }
  </section>`;
}

export function factsOf({ words, nowMs }: Visit, order: PaymentOrder): Html {
  const { labels } = words;
  const { cancel, gateway, lastRule, anomalies, since, revision, hash } = order;
  const attempts = cancel?.attempts ?? [];
  const due =
    order.dueAt === null ? null : html`${nextText(words, order, nowMs)} · ${momentOf(order.dueAt)}`;
  return facts([
    [
      labels.state,
      html`<strong>${words.state(order.stateDetail)}</strong>
        <span class="desk-soft">${momentOf(since)}</span>`,
    ],
    [labels.amount, amountText(order.amountMinor, order.currency)],
    [labels.received, order.received === null ? words.receivedUnknown : receivedText(order)],
    [labels.payments, lines(order.payments.map(paymentText))],
    [labels.processBill, shown(order.processBillNo)],
    [labels.gateway, gateway === null ? null : shown(gatewayText(gateway))],
    [
      labels.cancel,
      lines([
        ...(cancel === null
          ? []
          : [cancel.reason === undefined ? words.noReason : words.reason(shown(cancel.reason))]),
        ...attempts.map(({ attempt, answer }) => words.attempt(attempt, words.answers[answer])),
        ...(lastRule === null ? [] : [words.byRule(shown(ruleText(words, lastRule)))]),
      ]),
    ],
    [
      labels.anomalies,
      lines(
        anomalies.map((anomaly) => {
          const { number, code, acknowledged } = anomaly;
          const standing = isOpen(anomaly) ? 'open' : acknowledged ? 'acknowledged' : 'retracted';
          return words.anomaly(number, code, words.anomalies[code], standing);
        }),
      ),
    ],
    [labels.pending, due],
    [labels.witness, html`<code>${revision}:${hash}</code>`],
  ]);
}

function paymentText({ transactionNo, amountMinor, currency }: PaymentOrder['payments'][number]) {
  return `${shown(transactionNo ?? '–')} · ${amountText(amountMinor, currency) ?? '–'}`;
}

function lines(texts: readonly string[]): Html | null {
  if (texts.length === 0) return null;
  return html`<ul class="desk-plain">
    ${texts.map((text) => html`<li>${text}</li>`)}
  </ul>`;
}
