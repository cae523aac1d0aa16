/**
 * The form of an action. It shows first what would be recorded, and posts what it showed: nothing is
 * recorded but that, on the revision that was seen.
 */

import { PaymentOrderError } from '../../errors.ts';
import type { HistoryEvent } from '../../history/event.ts';
import { orderNotFound } from '../../order/decide.ts';
import type { Choice } from '../actions/action.ts';
import { choiceFrom } from '../actions/action.ts';
import type { Filled, Problems } from '../actions/fields.ts';
import { filledFrom, problemsIn } from '../actions/fields.ts';
import type { Look } from '../actions/look.ts';
import { lookAt } from '../actions/look.ts';
import { perform } from '../actions/perform.ts';
import { missingPage } from '../failure.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { ActingDesk, Answer, Desk, Page, Params, Visit } from '../types.ts';
import { fieldsPart } from './fields.ts';
import { lookPart } from './look.ts';
import {
  actorText,
  choiceHint,
  choicePath,
  choiceTitle,
  facts,
  hidden,
  orderPath,
  messagePage,
} from './parts.ts';
import { momentOf } from './times.ts';

/** What a form's page says, beside what it would record. */
type Shown = {
  readonly choice: Choice;
  readonly filled: Filled;
  readonly problems: Problems;
  readonly look: Look;
  /** A repeat of the same form has the same one. */
  readonly commandId: string;
  readonly note: Html;
  readonly status: number;
};

const noProblems: Problems = new Map();

export async function actionPage(desk: Desk, visit: Visit, params: Params): Promise<Page> {
  const { orderNo = '', action = '' } = params;
  const choice = choiceFrom(action, visit.url.searchParams);
  const { actor, orders, runtime } = desk;
  if (choice === null || actor === null) return missingPage(visit);
  const look = await lookAt(orders, orderNo, choice, {}, actor);
  if (look === null) throw orderNotFound(orderNo);
  const empty = { filled: {}, problems: noProblems, note: nothing, status: 200 };
  const commandId = runtime.newId();
  return formPage({ ...desk, actor }, visit, { choice, look, commandId, ...empty });
}

const commandIds = /^[0-9a-f-]{36}$/;
const revisions = /^(?:0|[1-9][0-9]{0,8})$/;

/** Answers the form: by a receipt's address, or by a page that says why nothing was recorded. */
export async function act(
  desk: ActingDesk,
  visit: Visit,
  params: Params,
  form: URLSearchParams,
): Promise<Answer> {
  const { orderNo = '', action = '' } = params;
  const { orders, actor } = desk;
  const choice = choiceFrom(action, visit.url.searchParams);
  const commandId = form.get('commandId') ?? '';
  const seen = form.get('ifRevision') ?? '';
  if (choice === null || !commandIds.test(commandId) || !revisions.test(seen)) {
    return { ...missingPage(visit), status: 422 };
  }
  const filled = filledFrom(form, choice);
  const problems = problemsIn(choice, filled);
  const ifRevision = Number(seen);
  const look = await lookAt(orders, orderNo, choice, problems.size === 0 ? filled : {}, actor);
  if (look === null) throw orderNotFound(orderNo);
  const page = { choice, filled, problems, look, commandId };
  const { acts } = visit.words.console;
  // On a form that is older than the order, the order itself answers: it may be a repeat.
  const isSeen = look.order.revision === ifRevision;
  if (problems.size > 0) {
    const note = html`<p class="desk-note desk-bad" role="alert">${acts.problems}</p>`;
    return formPage(desk, visit, { ...page, note, status: 422 });
  }
  if (isSeen && form.get('shown') !== look.digest) {
    const note = html`<p class="desk-note" role="alert">${acts.lookFirst}</p>`;
    return formPage(desk, visit, { ...page, note, status: 200 });
  }
  try {
    const deed = { orderNo, choice, filled, actor, ifRevision, commandId };
    const { id } = await perform(desk, deed);
    return { location: `${visit.base}/receipts/${encodeURIComponent(id)}` };
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    if (error.code === 'revision-moved') return movedPage(desk, visit, orderNo, choice, ifRevision);
    if (error.code === 'command-id-reused')
      return reusedPage(desk, visit, orderNo, choice, commandId);
    throw error;
  }
}

function formPage(
  { actor }: ActingDesk,
  visit: Visit,
  { choice, filled, problems, look, commandId, note, status }: Shown,
): Page {
  const { words, csrf } = visit;
  const { acts } = words.console;
  const { orderNo, revision } = look.order;
  const title = `${choiceTitle(words, choice)} · ${acts.order(orderNo)}`;
  const isAllowed = look.previews.every(({ answer }) => answer === 'accepted');
  const path = choicePath(visit, orderNo, choice);
  const given = { csrf, commandId, ifRevision: revision, shown: look.digest };
  const main = html`<h1>${title}</h1>
    <p class="desk-soft">${choiceHint(words, choice)}</p>
    ${note} ${lookPart(visit, choice, problems.size === 0 ? filled : {}, actor, look)}
    ${
      isAllowed
        ? html`<form class="desk-form" method="post" action="${path}">
            ${hidden(given)} ${fieldsPart(visit, choice, filled, problems)}
            <p class="desk-bar">
              <button class="desk-primary">${confirmText(visit, choice, look)}</button>
              <a class="desk-button" href="${orderPath(visit, orderNo)}">${acts.cancel}</a>
            </p>
          </form>`
        : html`<p class="desk-note desk-bad">${acts.notAllowed}</p>
            <p><a class="desk-button" href="${orderPath(visit, orderNo)}">${acts.cancel}</a></p>`
    }`;
  return { title, nav: 'queue', main, status, live: { orderNo } };
}

function confirmText({ words }: Visit, choice: Choice, { previews }: Look): string {
  const { acts } = words.console;
  if (choice.action === 'ask') return acts.confirmAsk;
  if (choice.action === 'resolve' && choice.as === 'paid' && previews.length < 2) return acts.show;
  return previews.some(({ calls }) => calls) ? acts.confirmCall : acts.confirm;
}

async function movedPage(
  { orders }: ActingDesk,
  visit: Visit,
  orderNo: string,
  choice: Choice,
  ifRevision: number,
): Promise<Page> {
  const { words } = visit;
  const { moved, order, cancel } = words.console.acts;
  const history = await orders.history(orderNo);
  const since = history.filter(({ revision }) => revision > ifRevision);
  const now = history.at(-1)?.revision ?? ifRevision;
  const main = html`<p class="desk-note desk-doubt" role="alert">${moved.lead(ifRevision, now)}</p>
    <h2 class="desk-h2">${moved.since}</h2>
    ${facts(since.map((event) => [sinceName(visit, event), sinceText(visit, event)]))}
    <p class="desk-bar">
      <a class="desk-button" href="${choicePath(visit, orderNo, choice)}">${moved.again}</a>
      <a class="desk-button" href="${orderPath(visit, orderNo)}">${cancel}</a>
    </p>`;
  const title = `${moved.title} · ${order(orderNo)}`;
  return messagePage({ title, nav: 'queue', status: 409, main });
}

function sinceName({ words }: Visit, { revision }: HistoryEvent): string {
  return words.console.acts.at(revision);
}

/** Who recorded it: a person, or where it came from. */
function sinceText({ words }: Visit, { type, metadata }: HistoryEvent): Html {
  const { actor, source, recordedAt } = metadata;
  const sources: Readonly<Record<string, string>> = words.sources;
  const who = actor === undefined ? '' : `${actorText(words, actor)} · `;
  const from = Object.hasOwn(sources, source) ? sources[source] : source;
  return html`${words.headlines[type]}<br /><small class="desk-soft"
      >${who}${from} · ${momentOf(recordedAt)}</small
    >`;
}

function reusedPage(
  { receipts }: ActingDesk,
  visit: Visit,
  orderNo: string,
  choice: Choice,
  commandId: string,
): Page {
  const { reused, order } = visit.words.console.acts;
  const receipt = `${visit.base}/receipts/${encodeURIComponent(commandId)}`;
  const main = html`<p class="desk-note desk-doubt" role="alert">${reused.lead}</p>
    <p class="desk-bar">
      ${
        receipts.get(commandId) === undefined
          ? nothing
          : html`<a class="desk-button" href="${receipt}">${reused.receipt}</a>`
      }
      <a class="desk-button" href="${choicePath(visit, orderNo, choice)}">${reused.again}</a>
    </p>`;
  const title = `${reused.title} · ${order(orderNo)}`;
  return messagePage({ title, nav: 'queue', status: 409, main });
}
