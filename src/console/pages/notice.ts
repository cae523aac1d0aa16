/** A notice: what it says, what happened to it, and what an operator may do with it. */

import type { NoticeDetail } from '../../inbox/types.ts';
import { noticeText, shortNoticeId } from '../../listing/notice-texts.ts';
import { amountText } from '../../timeline/amount.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Desk, Page, Visit } from '../types.ts';
import { ageText } from './ages.ts';
import { cardRow, cardTable, header, plain } from './card-table.ts';
import { shown } from './parts.ts';
import { momentOf } from './times.ts';
import { noticeForms } from './notice-forms.ts';
import type { Written } from './notice-forms.ts';

const isNoticeId = (text: string) => /^[0-9a-f]{64}$/.test(text);

export async function notice(
  desk: Desk,
  visit: Visit,
  params: Readonly<Record<string, string>>,
): Promise<Page> {
  const found = await noticeOf(desk, params['id'] ?? '');
  return found === null ? noticeNotFound(visit) : noticePage(desk, visit, found);
}

export async function noticeOf({ orders }: Desk, id: string): Promise<NoticeDetail | null> {
  return isNoticeId(id) ? orders.inbox().get(id) : null;
}

export function noticeNotFound({ words, base }: Visit): Page {
  const { notice: said, inbox } = words.console.lists;
  const main = html`<h1>${inbox.title}</h1>
    <p class="desk-note desk-bad">${said.notFound}</p>
    <p><a href="${base}/inbox">${said.back}</a></p>`;
  return { title: said.notFound, nav: 'inbox', main, status: 404, live: null };
}

/** @param written - What stood in a form that was not accepted, and why it was not. */
export function noticePage(
  { actor }: Pick<Desk, 'actor'>,
  visit: Visit,
  found: NoticeDetail,
  written: Written | null = null,
): Page {
  const { words, base } = visit;
  const { notice: said } = words.console.lists;
  const title = said.title(shortNoticeId(found));
  const isSettled = found.status === 'applied' || found.status === 'discarded';
  const main = html`<p class="desk-back"><a href="${base}/inbox">${said.back}</a></p>
    <h1>${title}</h1>
    ${
      written?.note === undefined
        ? nothing
        : html`<p class="desk-note desk-bad" role="alert">${written.note}</p>`
    }
    ${facts(visit, found)} ${body(visit, found)}
    ${isSettled ? html`<p class="desk-note desk-good">${said.settled}</p>` : nothing}
    ${
      actor === null
        ? isSettled
          ? nothing
          : html`<p class="desk-note">${said.readOnly}</p>`
        : noticeForms(visit, actor, found, written)
    }
    ${steps(visit, found)}`;
  const status = written?.status;
  return { title, nav: 'inbox', main, live: 'all', ...(status === undefined ? {} : { status }) };
}

function facts({ words, base, nowMs }: Visit, found: NoticeDetail): Html {
  const { labels, statuses, bytes, nobody } = words.inbox;
  const { status, orderNo, source, contentType, signature, receivedAt, noticeId } = found;
  const tone = { held: 'desk-bad', waiting: 'desk-doubt', applied: 'desk-good', discarded: '' };
  const ago = words.console.lists.inbox.ago(ageText(words, receivedAt, nowMs));
  const rows: readonly (readonly [string, Html | null])[] = [
    [labels.status, html`<span class="desk-tag ${tone[status]}">${statuses[status]}</span>`],
    [labels.what, plain(noticeText(words, found))],
    [
      labels.order,
      orderNo === null
        ? null
        : html`<a href="${base}/orders/${encodeURIComponent(orderNo)}">${orderNo}</a>`,
    ],
    [labels.fact, factOf(words, found)],
    [labels.vouchedBy, plain(found.vouchedBy ?? nobody)],
    [labels.source, source === undefined ? null : plain(source)],
    [
      labels.received,
      html`${momentOf(receivedAt)} <span class="desk-soft">${ago} · ${bytes(found.bytes)}</span>`,
    ],
    [labels.contentType, contentType === undefined ? null : plain(shown(contentType))],
    [labels.signature, signature === undefined ? null : mono(signature)],
    [labels.notice, mono(noticeId)],
  ];
  return html`<dl class="desk-facts">
    ${rows.map(([label, value]) =>
      value === null
        ? nothing
        : html`<dt>${label}</dt>
            <dd>${value}</dd>`,
    )}
  </dl>`;
}

const mono = (text: string) => html`<span class="desk-mono">${shown(text)}</span>`;

/** The fact that it reports, in words. */
function factOf(words: Visit['words'], { type, fact }: NoticeDetail): Html | null {
  if (type === null || fact === null) return null;
  const labels: Readonly<Record<string, string>> = words.dataLabels;
  const { amountMinor, currency, ...rest } = fact;
  const isAmount = typeof amountMinor === 'number' && typeof currency === 'string';
  const amount = isAmount ? amountText(amountMinor, currency) : null;
  const parts = [
    ...(amount === null ? [] : [amount]),
    ...Object.entries(rest).map(
      ([name, value]) =>
        `${(Object.hasOwn(labels, name) ? labels[name] : undefined) ?? name} ${value}`,
    ),
  ];
  return html`${words.headlines[type]}
    <span class="desk-soft">(${type})</span> ${parts.map((part) => html`<br />${part}`)}`;
}

function steps({ words }: Visit, { events }: NoticeDetail): Html {
  const { events: title, eventHeaders: headers, types } = words.console.lists.notice;
  return html`<h2 class="desk-h2">${title}</h2>
    ${cardTable(
      title,
      Object.values(headers).map(header),
      events.map(({ revision, recordedAt, type, by, problem }) =>
        cardRow(plain(String(revision)), [
          [headers.at, momentOf(recordedAt)],
          [
            headers.event,
            html`<span>${types[type] ?? type} <span class="desk-soft">(${type})</span></span
              >${problem === undefined ? nothing : html`<small>${problem}</small>`}`,
          ],
          [headers.by, by === undefined ? nothing : plain(by)],
        ]),
      ),
    )}`;
}

/** Only where it is asked for: it names payers. */
function body({ words, base, url }: Visit, found: NoticeDetail): Html {
  const { payers, showBody, hideBody } = words.console.lists.notice;
  const { inbox } = words;
  const here = `${base}/inbox/${found.noticeId}`;
  const isShown = url.searchParams.get('body') === '1';
  const title = 'text' in found.body ? inbox.body : inbox.bodyInBase64;
  if (!isShown) {
    return html`<h2 class="desk-h2" id="body">${inbox.body}</h2>
      <p>${payers} <a href="${here}?body=1#body">${showBody}</a></p>`;
  }
  const text = 'text' in found.body ? found.body.text : found.body.base64;
  return html`<h2 class="desk-h2" id="body">${found.isWhole ? title : inbox.bodyCut}</h2>
    <p><a href="${here}">${hideBody}</a></p>
    <pre class="desk-pre desk-mono" tabindex="0" role="region" aria-label="${inbox.body}">
${text.split('\n').map(shown).join('\n')}</pre>`;
}
