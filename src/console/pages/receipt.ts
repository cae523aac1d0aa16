/** What an action recorded, as the store has it; how the order stands since; what may be next. */

import { hasRole, isEventType } from '../../../machines/payment-order.events.ts';
import { attention } from '../../order/attention.ts';
import { reasonText, ruleText } from '../../listing/order-texts.ts';
import type { NoticeDetail } from '../../inbox/types.ts';
import { noticeText } from '../../listing/notice-texts.ts';
import type { PaymentOrder } from '../../order/types.ts';
import type { Words } from '../words.ts';
import { PaymentOrderError } from '../../errors.ts';
import type { Choice } from '../actions/action.ts';
import { choiceFrom } from '../actions/action.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { KeptReceipt, ReceiptEvent } from '../receipts.ts';
import type { Desk, Page, Params, Visit } from '../types.ts';
import { noticeOf } from './notice.ts';
import { choicesOf, choicesPart } from './order-actions.ts';
import {
  actorText,
  choicePath,
  choiceTitle,
  dataList,
  facts,
  hidden,
  orderPath,
  shown,
  messagePage,
} from './parts.ts';
import { momentOf } from './times.ts';

export async function receiptPage(desk: Desk, visit: Visit, { id = '' }: Params): Promise<Page> {
  const { words } = visit;
  const { receipt: texts } = words.console.acts;
  const receipt = desk.receipts.get(id);
  if (receipt === undefined) {
    const main = html`<p>${texts.gone}</p>`;
    return messagePage({ title: texts.title, nav: 'queue', status: 404, main });
  }
  const { about } = receipt;
  // As it stands now: others may have acted since.
  const order = about.kind === 'order' ? await desk.orders.get(about.orderNo) : null;
  const notice = about.kind === 'notice' ? await noticeOf(desk, about.noticeId) : null;
  const what = titleOf(words, receipt);
  const on =
    about.kind === 'order' ? words.console.acts.order(about.orderNo) : about.noticeId.slice(0, 12);
  const title = `${texts.title} · ${on}`;
  const main = html`<h1>${title}</h1>
    <p class="desk-note ${toneOf(receipt)}">
      <strong>${what}</strong> · ${answerText(words, receipt)} ${newsOf(words, receipt)}
    </p>
    ${failureOf(visit, receipt)} ${askedOf(words, receipt)}
    <h2 class="desk-h2">${texts.events}</h2>
    ${eventsOf(visit, receipt.events)}
    <p class="desk-soft">${words.console.acts.recorded.by(actorText(words, receipt.actor))}</p>
    ${order === null ? nothing : nowOf(desk, visit, order)}
    ${notice === null ? nothing : noticeNow(visit, notice)} ${linksOf(visit, receipt)}`;
  const live = about.kind === 'order' ? { orderNo: about.orderNo } : null;
  return { title, nav: about.kind === 'order' ? 'queue' : 'inbox', main, live };
}

/** What was done, by the address of its form. */
export function titleOf(words: Words, { action, about }: Pick<KeptReceipt, 'action' | 'about'>) {
  const { actions } = words.console.acts;
  if (about.kind === 'notice')
    return action === 'discard' ? actions.notice.discard : actions.notice.retry;
  const choice = choiceIn({ action });
  return choice === null ? action : choiceTitle(words, choice);
}

function choiceIn({ action }: Pick<KeptReceipt, 'action'>): Choice | null {
  const [name = '', query = ''] = action.split('?');
  return choiceFrom(name, new URLSearchParams(query));
}

function toneOf({ answer, failure }: KeptReceipt): string {
  if (answer === 'rejected' || failure !== undefined) return 'desk-bad';
  return answer === 'accepted' || answer === 'recorded' ? 'desk-good' : '';
}

/** What the platform answered to a call; null where none was made, or none is answered yet. */
export function newsOf(words: Words, { events }: Pick<KeptReceipt, 'events'>): string | null {
  const last = events.at(-1);
  if (last === undefined || !isEventType(last.type) || !hasRole(last.type, 'outcome')) return null;
  return words.headlines[last.type];
}

export function answerText(words: Words, { answer, code }: Pick<KeptReceipt, 'answer' | 'code'>) {
  const { answers, because } = words.console.acts.receipt;
  return code === null ? answers[answer] : because(answers[answer], words.rejections[code]);
}

/** The second half that could not be recorded, and the same form to complete it. */
function failureOf(visit: Visit, receipt: KeptReceipt): Html {
  const { failure, repeat, about } = receipt;
  const choice = choiceIn(receipt);
  if (repeat === undefined || about.kind !== 'order' || choice === null) return nothing;
  const { words, csrf } = visit;
  const { half, again } = words.console.acts.receipt;
  return html`<p class="desk-note desk-bad" role="alert">${half}</p>
    <p>${errorText(words, failure)}</p>
    <form class="desk-form" method="post" action="${choicePath(visit, about.orderNo, choice)}">
      ${hidden({ csrf, ...repeat })}
      <button class="desk-primary">${again}</button>
    </form>`;
}

export function errorText(words: Words, error: unknown): string {
  return error instanceof PaymentOrderError
    ? words.failure(error.code, error.message)
    : words.console.frame.unexpected;
}

function askedOf(words: Words, { asked }: KeptReceipt): Html {
  if (asked === undefined) return nothing;
  const { said } = words.console.acts.receipt;
  const { status, rule } = asked;
  return html`<p>${said(words.asked.meanings[status], shown(ruleText(words, rule)))}</p>`;
}

export function eventsOf({ words }: Visit, events: readonly ReceiptEvent[]): Html {
  const { none, headers } = words.console.acts.receipt;
  if (events.length === 0) return html`<p class="desk-soft">${none}</p>`;
  return html`<ul class="desk-events">
    ${events.map(({ revision, type, recordedAt, hash, data }) => {
      const meaning = isEventType(type)
        ? words.headlines[type]
        : words.console.lists.notice.types[type];
      const headline = meaning === undefined ? nothing : html`<strong>${meaning}</strong> `;
      return html`<li>
        ${headline}<code>${type}</code>
        ${facts([
          [headers.revision, html`${revision} · ${momentOf(recordedAt)}`],
          [headers.hash, hash === null ? null : html`<code>${hash}</code>`],
        ])}
        ${dataList(data)}
      </li>`;
    })}
  </ul>`;
}

function nowOf(desk: Desk, visit: Visit, order: PaymentOrder): Html {
  const { words, nowMs } = visit;
  const { receipt: texts } = words.console.acts;
  const reasons = attention(order, nowMs).map((reason) => shown(reasonText(words, reason, nowMs)));
  return html`<h2 class="desk-h2">${texts.now}</h2>
    ${facts([
      [words.labels.state, words.state(order.stateDetail)],
      [words.labels.witness, html`<code>${order.revision}:${order.hash}</code>`],
      [words.labels.attention, reasons.length === 0 ? texts.done : reasons.join('; ')],
    ])}
    <p class="desk-soft">${texts.keep}</p>
    ${
      desk.actor === null || reasons.length === 0
        ? nothing
        : html`<h2 class="desk-h2">${texts.next}</h2>
            ${choicesPart(visit, order, choicesOf(order))}`
    }`;
}

function noticeNow(visit: Visit, notice: NoticeDetail): Html {
  const { words } = visit;
  const { labels, statuses } = words.inbox;
  const { status, orderNo, events } = notice;
  const { receipt, at } = words.console.acts;
  return html`<h2 class="desk-h2">${receipt.now}</h2>
    ${facts([
      [labels.status, `${statuses[status]} · ${at(events.at(-1)?.revision ?? 0)}`],
      [labels.what, noticeText(words, notice)],
      [
        labels.order,
        orderNo === null
          ? null
          : html`<a href="${orderPath(visit, orderNo)}">${shown(orderNo)}</a>`,
      ],
    ])}`;
}

function linksOf(visit: Visit, { about }: KeptReceipt): Html {
  const { base, words } = visit;
  const { toOrder, toQueue, toNotice } = words.console.acts.receipt;
  const [back, text] =
    about.kind === 'order'
      ? [orderPath(visit, about.orderNo), toOrder]
      : [`${base}/inbox/${about.noticeId}`, toNotice];
  return html`<p class="desk-bar">
    <a class="desk-button" href="${back}">${text}</a>
    <a class="desk-button" href="${base}/">${toQueue}</a>
  </p>`;
}
