/** How an operator looks for an order, and narrows a list. Both only change the address. */

import { searchedStates } from '../../order-index/types.ts';
import { orderSorts } from '../../order-index/types.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Visit } from '../types.ts';
import { noGateway } from './queue-view.ts';
import type { QueueView } from './queue-view.ts';

export function searchForm({ base, words }: Visit, { text }: QueueView): Html {
  const { queue } = words.console.lists;
  return html`<form
    class="desk-bar"
    role="search"
    aria-label="${queue.search}"
    method="get"
    action="${base}/"
  >
    <div class="desk-field desk-search">
      <label for="desk-text">${queue.searchHint}</label>
      <input id="desk-text" type="search" name="text" maxlength="128" value="${text}" />
    </div>
    <button>${queue.find}</button>
  </form>`;
}

export function filterForm(
  { base, words }: Visit,
  view: QueueView,
  gateways: readonly (string | null)[],
): Html {
  const { queue } = words.console.lists;
  const state = (name: string) =>
    name.includes('.') ? queue.stateInside(words.state(name)) : words.state(name);
  const known = new Set([...gateways, ...(view.gateway === undefined ? [] : [view.gateway])]);
  const gateway =
    known.size < 2 && view.gateway === undefined
      ? nothing
      : select('gateway', queue.gateway, view.gateway === null ? noGateway : view.gateway, [
          ['', queue.anyGateway],
          ...[...known].map((name) => [name ?? noGateway, name ?? queue.noGateway] as const),
        ]);
  return html`<form class="desk-bar" method="get" action="${base}/">
    <input type="hidden" name="why" value="${view.why}" />
    ${view.text === '' ? nothing : html`<input type="hidden" name="text" value="${view.text}" />`}
    ${select('state', queue.state, view.state, [
      ['', queue.anyState],
      ...searchedStates.map((name) => [name, state(name)] as const),
    ])}
    ${gateway}
    ${select(
      'sort',
      queue.sort,
      view.sort,
      orderSorts.map((sort) => [sort, queue.sorts[sort]] as const),
    )}
    <button>${queue.apply}</button>
  </form>`;
}

function select(
  name: string,
  label: string,
  chosen: string | undefined,
  options: readonly (readonly [value: string, name: string])[],
): Html {
  return html`<div class="desk-field">
    <label for="desk-${name}">${label}</label>
    <select id="desk-${name}" name="${name}">
      ${options.map(([value, text]) => {
        const selected = value === (chosen ?? '') ? html` selected` : nothing;
        return html`<option value="${value}" ${selected}>${text}</option>`;
      })}
    </select>
  </div>`;
}
