/** What a visitor sees where a page cannot be shown. */

import { errorCodes, PaymentOrderError } from '../errors.ts';
import { html } from './html.ts';
import { messagePage } from './pages/parts.ts';
import type { Desk, Page, Visit } from './types.ts';

/** The HTTP status by what the command line would end with. */
const statuses: Readonly<Record<number, number>> = { 2: 422, 5: 404, 6: 503, 7: 409 };

export function failurePage(
  { onError }: Pick<Desk, 'onError'>,
  visit: Visit,
  error: unknown,
): Page {
  const { words } = visit;
  const isKnown = error instanceof PaymentOrderError;
  if (!isKnown) onError(error);
  const status = isKnown ? (statuses[errorCodes[error.code].exitCode] ?? 500) : 500;
  const { frame } = words.console;
  const text = isKnown ? words.failure(error.code, error.message) : frame.unexpected;
  return alertPage(visit, { title: frame.failed, text, status });
}

export function missingPage(visit: Visit): Page {
  const { notFound, notFoundText } = visit.words.console.frame;
  return alertPage(visit, { title: notFound, text: notFoundText, status: 404 });
}

function alertPage(
  { base, words }: Visit,
  {
    title,
    text,
    status,
  }: { readonly title: string; readonly text: string; readonly status: number },
): Page {
  const main = html`<p class="desk-alert" role="alert">${text}</p>
    <p><a href="${base}/">${words.console.frame.back}</a></p>`;
  return messagePage({ title, nav: null, status, main });
}
