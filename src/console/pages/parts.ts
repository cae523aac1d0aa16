/** Pieces that several pages are made of. */

import { amountText } from '../../timeline/amount.ts';
import type { Actor } from '../../history/event.ts';
import { escapeForTerminal } from '../../text.ts';
import type { Words } from '../words.ts';
import type { Choice } from '../actions/action.ts';
import { pathOf } from '../actions/action.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Page, Visit } from '../types.ts';

/** A text from outside: nothing in it is hidden, and nothing turns the text around it. */
export const shown = escapeForTerminal;

/** Who it was: an operator by the id alone, a gateway as the platform that it calls. */
export function actorText({ console: { frame } }: Words, { kind, id }: Actor): string {
  if (kind === 'operator') return shown(id);
  if (kind === 'gateway') return frame.platform(shown(id.split('/')[0] ?? id));
  const kinds: Readonly<Record<string, string>> = frame.actorKinds;
  return `${(Object.hasOwn(kinds, kind) ? kinds[kind] : undefined) ?? shown(kind)} ${shown(id)}`;
}

/** Names with their values; those without one are left out. */
export function facts(rows: readonly (readonly [name: string, value: unknown])[]): Html {
  const given = rows.filter(([, value]) => value !== null && value !== '');
  return html`<dl class="desk-facts">
    ${given.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

export function hidden(fields: Readonly<Record<string, string | number>>): Html {
  return html`${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  )}`;
}

export function orderPath({ base }: Visit, orderNo: string): string {
  return `${base}/orders/${encodeURIComponent(orderNo)}`;
}

export function choicePath(visit: Visit, orderNo: string, choice: Choice): string {
  return `${orderPath(visit, orderNo)}/${pathOf(choice)}`;
}

export function choiceTitle({ console: { acts } }: Words, choice: Choice): string {
  const { actions } = acts;
  switch (choice.action) {
    case 'resolve':
      return actions.resolve[choice.as];
    case 'acknowledge':
      return actions.acknowledge(choice.number);
    case 'retract':
      return actions.retract(choice.revision);
    case 'ask':
    case 'retry':
    case 'abandon':
      return actions[choice.action];
  }
}

export function choiceHint({ console: { acts } }: Words, choice: Choice): string {
  return choice.action === 'resolve' ? acts.hints.resolve[choice.as] : acts.hints[choice.action];
}

/** The data of an event, field by field as it is stored. */
export function dataList(
  data: Readonly<Record<string, unknown>>,
  asWritten: ReadonlyMap<string, string> = new Map(),
): Html {
  const entries = Object.entries(data).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return nothing;
  return html`<dl class="desk-facts desk-data">
    ${entries.map(
      ([name, value]) =>
        html`<dt><code>${name}</code></dt>
          <dd>${asWritten.get(name) ?? valueText(name, value, data)}</dd>`,
    )}
  </dl>`;
}

function valueText(name: string, value: unknown, { currency }: Readonly<Record<string, unknown>>) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (name !== 'amountMinor' || typeof value !== 'number' || typeof currency !== 'string')
    return shown(text);
  const amount = amountText(value, currency);
  return amount === null ? text : `${text} (${shown(amount)})`;
}

/** A page that says one thing, and where to go from it. */
export function messagePage(
  given: Pick<Page, 'title' | 'status' | 'nav'> & { readonly main: unknown },
): Page {
  const { title, main, ...others } = given;
  return {
    title,
    ...others,
    live: null,
    main: html`<h1>${title}</h1>
      ${main}`,
  };
}
