/**
 * A table whose rows are cards on a telephone. The roles stay where a row is a card, because then it
 * is no table to a browser.
 */

import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';

export type Cell = readonly [label: string, content: Html];

export function cardTable(label: string, headers: readonly Html[], rows: readonly Html[]): Html {
  return html`<table class="desk-table desk-cards" role="table" aria-label="${label}">
    <thead role="rowgroup">
      <tr role="row">
        ${headers}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows}
    </tbody>
  </table>`;
}

export function header(name: string): Html {
  return html`<th scope="col" role="columnheader">${name}</th>`;
}

/** @param head - What the row is about. */
export function cardRow(head: Html, cells: readonly Cell[]): Html {
  return html`<tr role="row">
    <th scope="row" role="rowheader">${head}</th>
    ${cells.map(([label, content]) => cell(label, content))}
  </tr>`;
}

/** An empty one is left out of a card. */
function cell(label: string, content: Html): Html {
  return content === nothing
    ? html`<td role="cell" class="desk-none">–</td>`
    : html`<td role="cell" data-label="${label}">${content}</td>`;
}

export const plain = (text: string): Html => html`<span class="desk-number">${text}</span>`;
