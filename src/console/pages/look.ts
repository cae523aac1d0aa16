/** What an action would record, as a part of its form. */

import type { Preview } from '../../order/query-types.ts';
import { anomaliesOfNumbers } from './anomalies.ts';
import type { Choice } from '../actions/action.ts';
import type { Filled } from '../actions/fields.ts';
import type { Look } from '../actions/look.ts';
import type { Actor } from '../../history/event.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Visit } from '../types.ts';
import { actorText, dataList, facts } from './parts.ts';

/** What the whole of the form would do. */
export function lookPart(
  visit: Visit,
  choice: Choice,
  filled: Filled,
  actor: Actor,
  { order, previews }: Look,
): Html {
  const { words } = visit;
  const { recorded } = words.console.acts;
  const who = [recorded.who, recorded.by(actorText(words, actor))] as const;
  const decidedOn = [recorded.decidedOn, recorded.revision(order.revision)] as const;
  if (choice.action === 'ask') {
    return html`<section aria-labelledby="look">
      <h2 class="desk-h2" id="look">${recorded.titleAsked}</h2>
      <p>${recorded.question}</p>
      ${facts([[recorded.platform, recorded.asked], who])}
    </section>`;
  }
  const isPaymentLeft = choice.action === 'resolve' && choice.as === 'paid' && previews.length < 2;
  return html`<section aria-labelledby="look">
    <h2 class="desk-h2" id="look">${recorded.title}</h2>
    ${previews.map((preview) => previewPart(visit, preview, filled))}
    ${isPaymentLeft ? html`<p class="desk-note">${recorded.thenPayment}</p>` : nothing}
    ${facts([who, decidedOn])}
  </section>`;
}

function previewPart({ words }: Visit, preview: Preview, filled: Filled): Html {
  const { recorded } = words.console.acts;
  const { answer, code, events, from, to, calls, opens, closes, order } = preview;
  if (answer === 'duplicate') return html`<p class="desk-note">${recorded.duplicate}</p>`;
  const asWritten = new Map(
    (['note', 'evidence'] as const)
      .filter((name) => filled[name] === undefined)
      .map((name) => [name, recorded.asWritten]),
  );
  const opened = opens.map((opening) => words.anomalies[opening]);
  return html`${
      code === null
        ? nothing
        : html`<p class="desk-note desk-bad">${recorded.rejected(words.rejections[code])}</p>`
    }
    <ul class="desk-events">
      ${events.map(
        ({ type, data }) =>
          html`<li>
            <strong>${words.headlines[type]}</strong> <code>${type}</code>
            ${dataList(data, asWritten)}
          </li>`,
      )}
    </ul>
    ${facts([
      [recorded.state, recorded.fromTo(words.state(from), words.state(to))],
      [recorded.platform, calls ? html`<strong>${recorded.calls}</strong>` : recorded.callsNobody],
      [recorded.opens, opened.length === 0 ? null : list(opened, 'desk-wrong')],
      [
        recorded.closes,
        closes.length === 0 ? null : list(anomaliesOfNumbers(words, order, closes)),
      ],
    ])}`;
}

function list(lines: readonly string[], style = ''): Html {
  return html`<ul class="desk-plain">
    ${lines.map((line) => html`<li class="${style}">${line}</li>`)}
  </ul>`;
}
