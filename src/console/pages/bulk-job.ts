/** What has become of many orders' action: a receipt each, and a button that stops it. */

import { messagePage, hidden, orderPath } from './parts.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Job, JobStep } from '../jobs.ts';
import type { ActingDesk, Answer, Desk, Page, Params, Visit } from '../types.ts';
import { cardRow, cardTable, header } from './card-table.ts';
import { answerText, errorText, newsOf } from './receipt.ts';

export function jobPage(desk: Desk, visit: Visit, { id = '' }: Params): Promise<Page> {
  const job = desk.jobs.get(id);
  return Promise.resolve(job === undefined ? gone(visit) : shownJob(visit, job));
}

export function stopJob(desk: ActingDesk, visit: Visit, { id = '' }: Params): Promise<Answer> {
  const job = desk.jobs.stop(id);
  const location = `${visit.base}/bulk-jobs/${encodeURIComponent(id)}`;
  return Promise.resolve(job === undefined ? gone(visit) : { location });
}

function gone({ words }: Visit): Page {
  const { job, bulk } = words.console.acts;
  const { gone: text } = job;
  return messagePage({
    title: bulk.actions.retry,
    nav: 'queue',
    status: 404,
    main: html`<p>${text}</p>`,
  });
}

function shownJob(visit: Visit, job: Job): Page {
  const { job: texts, bulk } = visit.words.console.acts;
  const { id, action, steps, phase } = job;
  const title = action === 'acknowledge' ? bulk.actions.acknowledge : bulk.actions.retry;
  const done = steps.filter(({ result }) => result !== null).length;
  const { headers } = texts;
  const head = [headers.order, headers.result, headers.state, headers.receipt].map(header);
  const next = phase === 'ended' ? undefined : steps.find(({ result }) => result === null);
  const rows = steps.map((step) => row(visit, step, step === next, phase));
  const main = html`<h1>${title}</h1>
    <p class="desk-note" role="status">${texts.phases[phase](done, steps.length)}</p>
    ${
      phase === 'running'
        ? html`<form method="post" action="${visit.base}/bulk-jobs/${id}/stop">
            ${hidden({ csrf: visit.csrf })}
            <p class="desk-bar"><button>${texts.stop}</button></p>
          </form>`
        : nothing
    }
    ${cardTable(title, head, rows)}
    <p class="desk-bar">
      <a class="desk-button" href="${visit.base}/">${visit.words.console.acts.receipt.toQueue}</a>
    </p>`;
  return { title, nav: 'queue', main, live: 'all' };
}

function row(visit: Visit, { item, result }: JobStep, isNext: boolean, phase: Job['phase']): Html {
  const { words, base } = visit;
  const { job: texts } = words.console.acts;
  const { headers } = texts;
  const head = html`<a href="${orderPath(visit, item.orderNo)}">${item.orderNo}</a>`;
  if (result === null) {
    const waits = phase === 'running' ? texts.waits : texts.left;
    const text = isNext ? texts.underWay : waits;
    const cells = [
      [headers.result, html`<span class="desk-soft">${text}</span>`],
      [headers.state, nothing],
      [headers.receipt, nothing],
    ] as const;
    return cardRow(head, cells);
  }
  if (result.kind === 'failure') {
    const text = texts.failed(errorText(words, result.error));
    return cardRow(head, [
      [headers.result, html`<span class="desk-wrong">${text}</span>`],
      [headers.state, nothing],
      [headers.receipt, nothing],
    ]);
  }
  const { receipt } = result;
  const { order, id } = receipt;
  const state = order === null ? nothing : html`<span>${words.state(order.stateDetail)}</span>`;
  return cardRow(head, [
    [headers.result, html`<span>${newsOf(words, receipt) ?? answerText(words, receipt)}</span>`],
    [headers.state, state],
    [
      headers.receipt,
      html`<a href="${base}/receipts/${encodeURIComponent(id)}">${texts.receipt}</a>`,
    ],
  ]);
}
