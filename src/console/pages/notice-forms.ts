/** What an operator may do with a notice, and what that would record. */

import type { Actor } from '../../history/event.ts';
import type { NoticeDetail } from '../../inbox/types.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Visit } from '../types.ts';
import { shown } from './parts.ts';

export type NoticeField = 'vouchedBy' | 'orderNo' | 'reason';

/** A form that was not accepted. */
export type Written = {
  readonly status: number;
  /** Why it was not, where no field is wrong. */
  readonly note?: string;
  readonly wrong?: { readonly field: NoticeField; readonly problem: string };
  readonly values: Readonly<Record<NoticeField, string>>;
};

/** A discarded one is tried again only by whoever opens the form. An applied one stays. */
export function noticeForms(
  visit: Visit,
  actor: Actor,
  notice: NoticeDetail,
  written: Written | null,
): Html {
  const { status, code } = notice;
  const { notice: said } = visit.words.console.lists;
  if (status === 'applied') return nothing;
  if (status === 'discarded') {
    if (code === 'forged') return nothing;
    const isWritten = (written?.values.vouchedBy ?? '') + (written?.values.orderNo ?? '') !== '';
    const open = isWritten ? html`open` : nothing;
    return html`<details ${open}>
      <summary>${said.allTheSame}</summary>
      ${retryForm(visit, actor, notice, written)}
    </details>`;
  }
  const retry =
    code === 'forged'
      ? html`<h2 class="desk-h2">${said.retry.title}</h2>
          <p>${said.retry.forged}</p>`
      : retryForm(visit, actor, notice, written);
  return html`<div class="desk-columns">
    <section>${retry}</section>
    <section>${discardForm(visit, actor, notice, written)}</section>
  </div>`;
}

function retryForm(
  visit: Visit,
  actor: Actor,
  notice: NoticeDetail,
  written: Written | null,
): Html {
  const { retry: said } = visit.words.console.lists.notice;
  const { status, code } = notice;
  // Trying again helps where something may have come since, or where the operator can vouch.
  const isLikely = status === 'waiting' || (status === 'held' && code === 'unvouched');
  return html`<h2 class="desk-h2">${said.title}</h2>
    <form class="desk-form" method="post" action="${visit.base}/inbox/${notice.noticeId}/retry">
      <p>
        <strong>${visit.words.console.acts.recorded.title}</strong
        ><br />${said.records(shown(actor.id))}
      </p>
      ${hidden(visit, notice)}
      ${field('vouchedBy', said.vouchedBy, said.vouchedByHint, 128, written)}
      ${field('orderNo', said.order, said.orderHint, 32, written)}
      <button class="${isLikely ? 'desk-primary' : ''}">${said.button}</button>
    </form>`;
}

function discardForm(
  visit: Visit,
  actor: Actor,
  notice: NoticeDetail,
  written: Written | null,
): Html {
  const { discard: said } = visit.words.console.lists.notice;
  return html`<h2 class="desk-h2">${said.title}</h2>
    <form class="desk-form" method="post" action="${visit.base}/inbox/${notice.noticeId}/discard">
      <p>
        <strong>${visit.words.console.acts.recorded.title}</strong
        ><br />${said.records(shown(actor.id))}
      </p>
      ${hidden(visit, notice)} ${field('reason', said.reason, said.reasonHint, 512, written)}
      <button>${said.button}</button>
    </form>`;
}

/** The revision that was seen: where the notice has moved on, nothing is recorded. */
function hidden({ csrf }: Visit, { events }: NoticeDetail): Html {
  const seen = events.at(-1)?.revision ?? 0;
  return html`<input type="hidden" name="csrf" value="${csrf}" />
    <input type="hidden" name="ifRevision" value="${seen}" />`;
}

function field(
  name: NoticeField,
  label: string,
  hint: string,
  charactersMax: number,
  written: Written | null,
): Html {
  const wrong = written?.wrong?.field === name ? written.wrong.problem : null;
  const described = wrong === null ? `desk-${name}-hint` : `desk-${name}-wrong desk-${name}-hint`;
  return html`<div class="desk-field">
    <label for="desk-${name}">${label}</label>
    ${
      wrong === null
        ? nothing
        : html`<span class="desk-wrong" id="desk-${name}-wrong">${wrong}</span>`
    }
    <input
      id="desk-${name}"
      name="${name}"
      maxlength="${charactersMax}"
      autocomplete="off"
      value="${written?.values[name] ?? ''}"
      aria-describedby="${described}"
      ${wrong === null ? nothing : html`aria-invalid="true"`}
    />
    <span class="desk-hint" id="desk-${name}-hint">${hint}</span>
  </div>`;
}
