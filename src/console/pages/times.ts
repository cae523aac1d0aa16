/** Moments as operators read them: by the platform's clock, as the report does at first. */

import { millisecondsOf } from '../../runtime.ts';
import type { Html } from '../html.ts';
import { html } from '../html.ts';

const zone = 'Asia/Shanghai';

// Swedish writes dates as ISO 8601 does.
const format = new Intl.DateTimeFormat('sv-SE', {
  timeZone: zone,
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** `2026-12-01 03:06:15 (UTC+8)`; as it stands where it is no moment. */
export function momentText(instant: string): string {
  const ms = millisecondsOf(instant);
  return Number.isFinite(ms) ? `${format.format(ms)} (UTC+8)` : instant;
}

/** A moment in words, such as how long ago it was; on pointing at it, when. */
export function timeOf(instant: string, text: string): Html {
  return html`<time datetime="${instant}" title="${momentText(instant)}">${text}</time>`;
}

/** A moment by the clock; on pointing at it, as it is stored. */
export function momentOf(instant: string): Html {
  return html`<time datetime="${instant}" title="${instant}">${momentText(instant)}</time>`;
}
