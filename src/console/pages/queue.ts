/** The queue: which orders need a person, why, and since when. */

import type { AttentionCount, FoundOrders } from '../../order-index/types.ts';
import type { WorkFault } from '../../listing/workers.ts';
import { workersBeside } from '../../listing/workers.ts';
import type { WaitsOf } from '../../listing/waits.ts';
import { waitsBeside } from '../../listing/waits.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Desk, Page, Visit } from '../types.ts';
import { shown } from './parts.ts';
import { bulkLinks, queueChips } from './queue-chips.ts';
import { filterForm, searchForm } from './queue-forms.ts';
import { queueTable } from './queue-rows.ts';
import { hrefOf, isFiltered, searchOf, viewFrom } from './queue-view.ts';
import type { QueueView } from './queue-view.ts';

export type QueueData = {
  readonly found: FoundOrders;
  readonly counts: AttentionCount;
  /** Why nobody seems to work; null where somebody does. */
  readonly fault: WorkFault | null;
  readonly waitsOf: WaitsOf;
};

export async function queue(desk: Desk, visit: Visit): Promise<Page> {
  const view = viewFrom(visit.url.searchParams);
  const { orders, indexFile } = desk;
  const { gateway } = view;
  const [found, counts, { fault }, waitsOf] = await Promise.all([
    orders.search(searchOf(view)),
    orders.countAttention({ gateway }),
    workersBeside(indexFile, visit.nowMs),
    waitsBeside(indexFile, visit.nowMs),
  ]);
  return queuePage(desk, visit, view, { found, counts, fault, waitsOf });
}

export function queuePage(
  { actor }: Pick<Desk, 'actor'>,
  visit: Visit,
  view: QueueView,
  data: QueueData,
): Page {
  const { found, counts, waitsOf } = data;
  const { orders } = found;
  const main = html`<div class="desk-top">
      <h1>${titleOf(visit, view)}</h1>
      ${searchForm(visit, view)}
    </div>
    ${queueChips(visit, view, counts)} ${aboutOf(visit, view)}
    ${filterForm(visit, view, counts.gateways)} ${notices(visit, data)}
    ${actor === null ? nothing : bulkLinks(visit, view, counts)}
    ${
      orders.length === 0
        ? html`<p class="desk-empty">${emptyText(visit, view, counts)} ${wayOut(visit, view)}</p>`
        : queueTable(visit, view, orders, waitsOf)
    }
    ${pages(visit, view, found)}`;
  return { title: titleOf(visit, view), nav: 'queue', main, live: 'all' };
}

function titleOf({ words }: Visit, { why, text }: QueueView): string {
  const { queue: said } = words.console.lists;
  if (text !== '') return said.found(shown(text));
  return why === 'needing' ? said.listsNeeding : why === 'all' ? said.all : said.whys[why];
}

/** What the list holds, or what was looked for. */
function aboutOf({ base, words }: Visit, view: QueueView): Html {
  const { queue: said } = words.console.lists;
  const { why, text } = view;
  if (text !== '') {
    const href = hrefOf(base, view, { text: '', why: 'needing', sort: 'since' });
    return html`<p><a href="${href}">${said.endSearch}</a></p>`;
  }
  return why === 'needing' || why === 'all' ? nothing : html`<p>${said.about[why]}</p>`;
}

/** What is not in the list, and still waits for somebody. */
function notices({ base, words }: Visit, { counts, fault }: QueueData): Html {
  const { queue: said } = words.console.lists;
  const { held, waiting } = counts.notices;
  const tone = held > 0 ? 'desk-bad' : '';
  const told =
    held + waiting === 0
      ? nothing
      : html`<p class="desk-note ${tone}">
          ${said.notices(held, waiting)} <a href="${base}/inbox">${said.toInbox}</a>
        </p>`;
  const overdue = counts.by.overdue.count + counts.by['attempt-overdue'].count;
  // Nobody need work where nothing is due.
  const idle =
    fault === null || overdue === 0
      ? nothing
      : html`<p class="desk-note desk-doubt">
          ${words.console.lists.recovery.faults[fault]}
          <a href="${base}/recovery">${said.toRecovery}</a>
        </p>`;
  return html`${idle}${told}`;
}

function emptyText({ words }: Visit, view: QueueView, { orders }: AttentionCount): string {
  const { empty } = words.console.lists.queue;
  const { why, text } = view;
  if (text !== '') return empty.found;
  if (isFiltered(view)) return empty.filtered;
  if (orders === 0) return empty.store;
  return why === 'needing' ? empty.needing : why === 'all' ? empty.store : empty.why;
}

function wayOut({ base, words }: Visit, view: QueueView): Html {
  if (!isFiltered(view)) return nothing;
  const href = hrefOf(base, view, { gateway: undefined, state: undefined });
  return html`<a href="${href}">${words.console.lists.queue.withoutFilters}</a>`;
}

function pages({ base, words }: Visit, view: QueueView, { orders, cursor }: FoundOrders): Html {
  const { queue: said } = words.console.lists;
  if (orders.length === 0 && view.cursor === undefined) return nothing;
  const first =
    view.cursor === undefined ? nothing : html`<a href="${hrefOf(base, view)}">${said.first}</a>`;
  const next =
    cursor === null
      ? nothing
      : html`<a rel="next" href="${hrefOf(base, view, { cursor })}">${said.next}</a>`;
  return html`<p class="desk-pages">
    <span class="desk-soft">${said.page(orders.length)}</span>${first}${next}
  </p>`;
}
