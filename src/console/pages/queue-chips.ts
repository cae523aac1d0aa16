/** How many orders need a person, by why; and what may be done to all of one why. */

import { attentionWhys } from '../../order/attention.ts';
import type { AttentionWhy } from '../../order/attention.ts';
import type { AttentionCount } from '../../order-index/types.ts';

import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Visit } from '../types.ts';
import { ageText } from './ages.ts';
import { hrefOfScope } from './queue-view.ts';
import type { QueueView, Scope } from './queue-view.ts';

export function queueChips(visit: Visit, view: QueueView, counts: AttentionCount): Html {
  const { queue } = visit.words.console.lists;
  const number = new Intl.NumberFormat(visit.language);
  const chip = (scope: Scope, name: string, count: number, age: string | null) => {
    const title = age === null ? nothing : html` title="${queue.oldest(age)}"`;
    const current = view.why === scope && view.text === '' ? html` aria-current="page"` : nothing;
    const href = hrefOfScope(visit.base, view, scope);
    return html`<li>
      <a href="${href}" ${current}${title}>${name} <b>${number.format(count)}</b></a>
    </li>`;
  };
  // What is nobody's reason now would only be in the way.
  const whys = attentionWhys.filter((why) => counts.by[why].count > 0 || view.why === why);
  return html`<nav aria-label="${queue.chips}">
    <ul class="desk-chips">
      ${chip('needing', queue.needing, counts.needing, null)}
      ${whys.map((why) => {
        const { count, since } = counts.by[why];
        const age = since === null ? null : ageText(visit.words, since, visit.nowMs);
        return chip(why, queue.whys[why], count, age);
      })}
      ${chip('all', queue.all, counts.orders, null)}
    </ul>
  </nav>`;
}

/** What an operator may do to many orders at once; everything else is decided one by one. */
const bulkOf: Partial<Readonly<Record<AttentionWhy, 'retry' | 'acknowledge'>>> = {
  'needs-review': 'retry',
  doubt: 'retry',
  overdue: 'retry',
  'attempt-overdue': 'retry',
  anomaly: 'acknowledge',
};

export function bulkLinks(visit: Visit, view: QueueView, counts: AttentionCount): Html {
  const { why, gateway, text } = view;
  if (why === 'needing' || why === 'all' || text !== '' || gateway === null) return nothing;
  const action = bulkOf[why];
  const { count } = counts.by[why];
  if (action === undefined || count === 0) return nothing;
  const { many } = visit.words.console.lists.queue;
  const link = (name: string, more: Readonly<Record<string, string>> = {}) => {
    const query = new URLSearchParams({
      why,
      ...(gateway === undefined ? {} : { gateway }),
      ...more,
    });
    const href = `${visit.base}/bulk/${action}?${query.toString()}`;
    return html`<a class="desk-button" href="${href}">${name}</a>`;
  };
  const codes = Object.entries(visit.words.anomalies).flatMap(([code, meaning]) => {
    const ofCode = Object.entries(counts.codes).find(([known]) => known === code)?.[1] ?? 0;
    return ofCode === 0 ? [] : [link(many.acknowledgeCode(meaning, ofCode), { code })];
  });
  const ofOneKind =
    action === 'acknowledge' && codes.length > 1
      ? html`<span class="desk-soft">${many.ofOneKind}</span> ${codes}`
      : nothing;
  return html`<p class="desk-bar">${link(many[action](count))} ${ofOneKind}</p>`;
}
