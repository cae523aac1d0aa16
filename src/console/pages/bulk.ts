/** Many orders and one action: what it would record of each, and which of them to take. */

import { orderNumber } from '../../../machines/payment-order.events.ts';
import { PaymentOrderError } from '../../errors.ts';
import { reasonText } from '../../listing/order-texts.ts';
import type { Choice } from '../actions/action.ts';
import type { BulkAction, BulkRow } from '../actions/bulk.ts';
import { bulkMax, bulkRows, bulkViewFrom } from '../actions/bulk.ts';
import type { Filled, Problems } from '../actions/fields.ts';
import { filledFrom, problemsIn } from '../actions/fields.ts';
import { perform } from '../actions/perform.ts';
import { missingPage } from '../failure.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { JobItem } from '../jobs.ts';
import type { ActingDesk, Answer, Desk, Page, Params, Visit } from '../types.ts';
import { cardRow, cardTable, header } from './card-table.ts';
import { fieldsPart } from './fields.ts';
import { hidden, orderPath, shown } from './parts.ts';

/** What stands in the form beside the orders. */
type Written = {
  readonly jobId: string;
  readonly filled: Filled;
  readonly problems: Problems;
  readonly note: Html;
};

const unwritten = { filled: {}, problems: new Map(), note: nothing };

/** One of the choices: all of them have the same fields. */
function sampleOf(action: BulkAction): Choice {
  return action === 'acknowledge' ? { action, number: 1 } : { action };
}

type Takeable = Extract<BulkRow, { readonly choice: unknown }>;

export async function bulkPage(desk: Desk, visit: Visit, params: Params): Promise<Page> {
  const { actor } = desk;
  const view = bulkViewFrom(params['action'] ?? '', visit.url.searchParams);
  if (view === null || actor === null) return missingPage(visit);
  const rows = await bulkRows(desk.orders, view, actor);
  return bulkForm(visit, view.action, rows, { jobId: desk.runtime.newId(), ...unwritten });
}

function bulkForm(
  visit: Visit,
  action: BulkAction,
  rows: readonly BulkRow[],
  { jobId, filled, problems, note }: Written,
): Page {
  const { bulk } = visit.words.console.acts;
  const title = bulk.actions[action];
  const taken = rows.filter((row) => 'choice' in row);
  const left = rows.filter((row) => 'left' in row);
  const { headers } = bulk;
  const head = [headers.order, headers.take, headers.why, headers.fromTo, headers.what].map(header);
  const main = html`<h1>${title}</h1>
    ${note}
    ${
      taken.length === 0
        ? html`<p class="desk-empty">${bulk.none}</p>`
        : html`<p>${bulk.lead(taken.length)}</p>
            <p class="desk-note desk-doubt">
              ${action === 'retry' ? bulk.calls : bulk.callsNobody}
            </p>
            <form method="post" action="${visit.url.pathname}${visit.url.search}">
              ${hidden({ csrf: visit.csrf, commandId: jobId })}
              ${cardTable(
                title,
                head,
                taken.map((row) => takenRow(visit, row)),
              )}
              ${fieldsPart(visit, sampleOf(action), filled, problems)}
              <p class="desk-bar">
                <button class="desk-primary">${bulk.confirm[action]}</button>
                <a class="desk-button" href="${visit.base}/"
                  >${visit.words.console.acts.receipt.toQueue}</a
                >
              </p>
            </form>`
    }
    ${
      left.length === 0
        ? nothing
        : html`<h2 class="desk-h2">${bulk.left}</h2>
            <ul class="desk-plain">
              ${left.map(
                (row) =>
                  html`<li>
                    <a href="${orderPath(visit, row.found.orderNo)}">${row.found.orderNo}</a>
                    ${leftText(visit, row)}
                  </li>`,
              )}
            </ul>`
    }`;
  return { title, nav: 'queue', main, live: null };
}

function takenRow(visit: Visit, { found, choice, look }: Takeable): Html {
  const { words, nowMs } = visit;
  const { headers, take } = words.console.acts.bulk;
  const { orderNo } = found;
  const [preview] = look.previews;
  const id = `take-${itemText(orderNo, look.order.revision, choice)}`;
  const box = html`<input
    type="checkbox"
    id="${id}"
    name="take"
    value="${itemText(orderNo, look.order.revision, choice)}"
    aria-label="${take(orderNo)}"
    checked
  />`;
  const why = found.why.map((reason) => html`<li>${shown(reasonText(words, reason, nowMs))}</li>`);
  const { recorded } = words.console.acts;
  const fromTo =
    preview === undefined
      ? nothing
      : html`<span>${recorded.fromTo(words.state(preview.from), words.state(preview.to))}</span>`;
  const what = preview?.events.map(({ type }) => html`<code>${type}</code>`) ?? [];
  return cardRow(html`<a href="${orderPath(visit, orderNo)}">${orderNo}</a>`, [
    [headers.take, box],
    [
      headers.why,
      html`<ul class="desk-why">
        ${why}
      </ul>`,
    ],
    [headers.fromTo, fromTo],
    [headers.what, html`<span>${what}${numberText(choice)}</span>`],
  ]);
}

function numberText(choice: Choice): string {
  return choice.action === 'acknowledge' ? ` ${choice.number}` : '';
}

function leftText(
  { words }: Visit,
  { left }: Extract<BulkRow, { readonly left: unknown }>,
): string {
  if (left instanceof PaymentOrderError) return words.failure(left.code, left.message);
  const rejections: Readonly<Record<string, string>> = words.rejections;
  const known = typeof left === 'string' ? rejections[left] : undefined;
  return known ?? words.console.acts.notAllowed;
}

/** An order, the revision that was seen, and the anomaly, as a box of the form holds them. */
function itemText(orderNo: string, revision: number, choice: Choice): string {
  const number = choice.action === 'acknowledge' ? `.${choice.number}` : '';
  return `${orderNo}.${revision}${number}`;
}

const commandIds = /^[0-9a-f-]{36}$/;
const items = /^([A-Za-z0-9_-]+)\.(0|[1-9][0-9]{0,8})(?:\.([1-9][0-9]{0,8}))?$/;

/** Begins the job, and answers with its address at once. */
export async function startBulk(
  desk: ActingDesk,
  visit: Visit,
  params: Params,
  form: URLSearchParams,
): Promise<Answer> {
  const view = bulkViewFrom(params['action'] ?? '', visit.url.searchParams);
  const jobId = form.get('commandId') ?? '';
  if (view === null || !commandIds.test(jobId)) return { ...missingPage(visit), status: 422 };
  const { action } = view;
  const { actor } = desk;
  const taken = form.getAll('take').map((text) => itemFrom(action, jobId, text));
  const known = taken.filter((item) => item !== null);
  const filled = filledFrom(form, sampleOf(action));
  const problems = problemsIn(sampleOf(action), filled);
  const isNoneTaken = known.length === 0 || known.length !== taken.length || known.length > bulkMax;
  if (isNoneTaken || problems.size > 0) {
    const rows = await bulkRows(desk.orders, view, actor);
    const { bulk, problems: wrong } = visit.words.console.acts;
    const text = isNoneTaken ? bulk.noneTaken : wrong;
    const note = html`<p class="desk-note desk-bad" role="alert">${text}</p>`;
    const written = { jobId: desk.runtime.newId(), filled, problems, note };
    return { ...bulkForm(visit, action, rows, written), status: 422 };
  }
  // What the job itself recorded of an order, right after what was seen, has not moved it.
  const ownHeads = new Map<string, number>();
  desk.jobs.start(jobId, action, known, async ({ orderNo, choice, commandId, ...seen }) => {
    const ifRevision = ownHeads.get(orderNo) ?? seen.ifRevision;
    const deed = { orderNo, choice, filled, actor, ifRevision, commandId };
    const receipt = await perform(desk, deed);
    const last = receipt.events.at(-1)?.revision;
    if (last === ifRevision + receipt.events.length) ownHeads.set(orderNo, last);
    return receipt;
  });
  return { location: `${visit.base}/bulk-jobs/${jobId}` };
}

function itemFrom(action: BulkAction, jobId: string, text: string): JobItem | null {
  const [, orderNo, revision, number] = items.exec(text) ?? [];
  if (orderNo === undefined || !orderNumber.safeParse(orderNo).success) return null;
  if ((number !== undefined) !== (action === 'acknowledge')) return null;
  const choice: Choice = action === 'acknowledge' ? { action, number: Number(number) } : { action };
  const commandId = [jobId, orderNo, ...(number === undefined ? [] : [number])].join('.');
  return { orderNo, choice, ifRevision: Number(revision), commandId };
}
