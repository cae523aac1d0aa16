/** The inbox: notices that are not settled. Bodies are not shown, because they name payers. */

import type { NoticeView } from '../../inbox/types.ts';
import type { UnsettledNotice } from '../../order-index/types.ts';
import { noticeText, shortNoticeId } from '../../listing/notice-texts.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Desk, Page, Visit } from '../types.ts';
import { ageText } from './ages.ts';
import { cardRow, cardTable, header } from './card-table.ts';
import { timeOf } from './times.ts';

const pageLength = 50;

export type ListedNotice = UnsettledNotice & {
  /** Null where it cannot be read. */
  readonly notice: NoticeView | null;
};

export type InboxData = {
  readonly notices: readonly ListedNotice[];
  /** Where the next page begins; null where this is the last. */
  readonly cursor: string | null;
};

export async function inbox({ orders, onError }: Desk, visit: Visit): Promise<Page> {
  const after = visit.url.searchParams.get('after') ?? undefined;
  const found = await orders.unsettledNotices({ limit: pageLength, after });
  const box = orders.inbox();
  const notices = await Promise.all(
    found.notices.map(async (one) => {
      const notice = await box.get(one.noticeId).catch((error: unknown) => {
        onError(error);
        return null;
      });
      return { ...one, notice };
    }),
  );
  return inboxPage(visit, { notices, cursor: found.cursor });
}

export function inboxPage(visit: Visit, { notices, cursor }: InboxData): Page {
  const { inbox: said, queue } = visit.words.console.lists;
  const { base, url } = visit;
  const isFirst = url.searchParams.get('after') === null;
  const first = isFirst ? nothing : html`<a href="${base}/inbox">${queue.first}</a>`;
  const next =
    cursor === null
      ? nothing
      : html`<a rel="next" href="${base}/inbox?${new URLSearchParams({ after: cursor }).toString()}"
          >${queue.next}</a
        >`;
  const main = html`<h1>${said.title}</h1>
    <p>${said.about}</p>
    ${
      notices.length === 0
        ? html`<p class="desk-empty">${said.empty}</p>`
        : cardTable(
            said.title,
            Object.values(said.headers).map(header),
            notices.map((one) => row(visit, one)),
          )
    }
    ${
      notices.length === 0 && isFirst
        ? nothing
        : html`<p class="desk-pages">
            <span class="desk-soft">${said.page(notices.length)}</span>${first}${next}
          </p>`
    }`;
  return { title: said.title, nav: 'inbox', main, live: 'all' };
}

function row({ base, words, nowMs }: Visit, one: ListedNotice): Html {
  const { headers, since, ago, noOrder, unreadable } = words.console.lists.inbox;
  const { noticeId, status, notice } = one;
  const tone = status === 'held' ? 'desk-bad' : 'desk-doubt';
  const orderNo = notice?.orderNo ?? null;
  const fact = notice?.type ?? null;
  const age = timeOf(one.since, since(ageText(words, one.since, nowMs)));
  const head = html`<a class="desk-mono" href="${base}/inbox/${noticeId}"
    >${shortNoticeId(one)}</a
  >`;
  return cardRow(head, [
    [
      headers.status,
      html`<span><span class="desk-tag ${tone}">${words.inbox.statuses[status]}</span></span
        ><small>${age}</small>`,
    ],
    [
      headers.received,
      notice === null
        ? nothing
        : timeOf(notice.receivedAt, ago(ageText(words, notice.receivedAt, nowMs))),
    ],
    [
      headers.order,
      orderNo === null
        ? html`<span class="desk-soft">${noOrder}</span>`
        : html`<a href="${base}/orders/${encodeURIComponent(orderNo)}">${orderNo}</a>`,
    ],
    [
      headers.what,
      html`<span>${notice === null ? unreadable : noticeText(words, notice)}</span>${
          fact === null ? nothing : html`<small>${words.headlines[fact]} (${fact})</small>`
        }`,
    ],
  ]);
}
