/** The orders of the queue: a row each, which is a card on a telephone. */

import type { AttentionReason } from '../../order/attention.ts';
import { defaultGatewayName } from '../../order/gateways.ts';
import type { FoundOrder, OrderSort } from '../../order-index/types.ts';
import type { WaitsOf } from '../../listing/waits.ts';
import { nextText, reasonText, ruleText } from '../../listing/order-texts.ts';
import { instantOf, millisecondsOf } from '../../runtime.ts';
import { amountText } from '../../timeline/amount.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Visit } from '../types.ts';
import { ageText } from './ages.ts';
import { cardRow, cardTable, header } from './card-table.ts';
import { actorText, shown } from './parts.ts';
import { momentText, timeOf } from './times.ts';
import { hrefOf } from './queue-view.ts';
import type { QueueView } from './queue-view.ts';

type Header = keyof Visit['words']['console']['lists']['queue']['headers'];

/** What a header sorts by. */
const sortedBy: Partial<Readonly<Record<Header, 'created' | 'since' | 'amount' | 'due'>>> = {
  order: 'created',
  state: 'since',
  amount: 'amount',
  next: 'due',
};

export function queueTable(
  visit: Visit,
  view: QueueView,
  orders: readonly FoundOrder[],
  waitsOf: WaitsOf,
): Html {
  const { queue } = visit.words.console.lists;
  // Who has one gateway need not read its name.
  const isNamed = orders.some(
    ({ gateway }) => gateway !== null && gateway.name !== defaultGatewayName,
  );
  const headers: readonly Header[] = [
    ...(['order', 'why', 'state', 'amount', 'attempts', 'next', 'actor'] as const),
    ...(isNamed ? (['gateway'] as const) : []),
  ];
  return cardTable(
    queue.title,
    headers.map((name) => headerCell(visit, view, name)),
    orders.map((order) => row(visit, order, waitsOf, headers)),
  );
}

function headerCell({ base, words }: Visit, view: QueueView, of: Header): Html {
  const { headers, sortBy } = words.console.lists.queue;
  const key = sortedBy[of];
  const name = headers[of];
  if (key === undefined) return header(name);
  const isUp = view.sort === key;
  const isDown = view.sort === `-${key}`;
  const sort: OrderSort = isUp ? `-${key}` : key;
  const standing = isUp ? 'ascending' : isDown ? 'descending' : 'none';
  const mark = isUp ? ' ▲' : isDown ? ' ▼' : '';
  return html`<th scope="col" role="columnheader" aria-sort="${standing}">
    <a href="${hrefOf(base, view, { sort })}" title="${sortBy(name)}">${name}</a
    ><span aria-hidden="true">${mark}</span>
  </th>`;
}

function row(visit: Visit, order: FoundOrder, waitsOf: WaitsOf, headers: readonly Header[]): Html {
  const { queue } = visit.words.console.lists;
  const { orderNo, processBillNo, gateway, lastActor } = order;
  const href = `${visit.base}/orders/${encodeURIComponent(orderNo)}`;
  const bill = processBillNo === '' ? nothing : html`<small>${queue.bill(processBillNo)}</small>`;
  const cells: Readonly<Record<Exclude<Header, 'order'>, Html>> = {
    why: whyOf(visit, order, waitsOf),
    state: stateOf(visit, order),
    amount: amountOf(visit, order),
    attempts: attemptsOf(visit, order),
    next: nextOf(visit, order),
    actor:
      lastActor === null
        ? nothing
        : html`<span title="${shown(lastActor.id)}">${actorText(visit.words, lastActor)}</span>`,
    gateway: gateway === null ? nothing : html`<span>${gateway.name}</span>`,
  };
  return cardRow(
    html`<a href="${href}">${orderNo}</a>${bill}`,
    headers.flatMap((of) => (of === 'order' ? [] : [[queue.headers[of], cells[of]] as const])),
  );
}

const seriousness: Readonly<Record<AttentionReason['why'], string>> = {
  'needs-review': 'desk-bad',
  anomaly: 'desk-bad',
  unreadable: 'desk-bad',
  doubt: 'desk-doubt',
  overdue: 'desk-doubt',
  'attempt-overdue': 'desk-doubt',
  stalled: 'desk-doubt',
};

/** These say themselves for how long. */
const timed: ReadonlySet<AttentionReason['why']> = new Set([
  'doubt',
  'overdue',
  'attempt-overdue',
  'stalled',
]);

function whyOf(visit: Visit, order: FoundOrder, waitsOf: WaitsOf): Html {
  const { words, nowMs } = visit;
  if (order.why.length === 0) return nothing;
  return html`<ul class="desk-why">
    ${order.why.map((reason) => {
      const text = reasonText(words, reason, nowMs, waitsOf(order));
      const age = timed.has(reason.why)
        ? nothing
        : html` <small>${since(visit, reason.since)}</small>`;
      return html`<li><span class="${seriousness[reason.why]}">${text}</span>${age}</li>`;
    })}
  </ul>`;
}

function stateOf(visit: Visit, order: FoundOrder): Html {
  const isUnknown = order.unreadable?.revision === 0;
  const age = isUnknown ? nothing : html`<small>${since(visit, order.since)}</small>`;
  return html`<span>${visit.words.state(order.stateDetail)}</span>${age}`;
}

/** For how long, and on pointing at it since when. */
function since({ words, nowMs }: Visit, instant: string): Html {
  const text = words.console.lists.queue.for(ageText(words, instant, nowMs));
  return timeOf(instant, text);
}

function amountOf({ words }: Visit, order: FoundOrder): Html {
  const { queue } = words.console.lists;
  const expected = amountText(order.amountMinor, order.currency);
  const { received, refunded } = order;
  const came =
    received === null
      ? queue.receivedUnknown
      : received.length + refunded.length === 0
        ? queue.nothingReceived
        : queue.received(moved(order));
  return html`<span class="desk-number">${expected ?? '–'}</span><small>${came}</small>`;
}

/** What came, and what went back. */
function moved({ received, refunded }: FoundOrder): string {
  const text = ({ amountMinor, currency }: (typeof refunded)[number]) =>
    amountText(amountMinor, currency) ?? '';
  const came = (received ?? []).map(text).join(' + ');
  return [came, ...refunded.map((back) => text(back))].filter((part) => part !== '').join(' − ');
}

function attemptsOf({ words }: Visit, { attempts, lastRule }: FoundOrder): Html {
  if (attempts === 0 && lastRule === null) return nothing;
  const { calls, noCalls } = words.console.lists.queue;
  const rule =
    lastRule === null
      ? nothing
      : html`<small title="${lastRule}">${ruleText(words, lastRule)}</small>`;
  return html`<span>${attempts === 0 ? noCalls : calls(attempts)}</span>${rule}`;
}

function nextOf({ words, nowMs }: Visit, order: FoundOrder): Html {
  const { dueAt } = order;
  if (dueAt === null) return nothing;
  const late = millisecondsOf(dueAt) < nowMs ? 'desk-late' : '';
  const at = instantOf(millisecondsOf(dueAt));
  return html`<time class="desk-next ${late}" datetime="${at}" title="${momentText(at)}"
    >${nextText(words, order, nowMs)}</time
  >`;
}
