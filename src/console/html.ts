/** HTML whose every text is escaped. One place knows the library. */

import { html as template, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

export type Html = HtmlEscapedString;

/**
 * Whatever stands in `${}` is escaped, unless it is HTML that this made. A list is joined; null,
 * undefined and booleans are nothing. Quote every attribute.
 */
export function html(strings: TemplateStringsArray, ...values: readonly unknown[]): Html {
  // It is a promise only where a value is a promise, and we pass none.
  return template(strings, ...values) as Html;
}

/** What was made by us and escaped already, such as a drawing. Never a text from outside. */
export function trusted(text: string): Html {
  return raw(text);
}

export const nothing: Html = raw('');
