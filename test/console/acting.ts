/** An operator at a console without a socket: pages are read, forms are sent as they came. */

import type { CancelOutcome, QueryAnswer } from '../../src/gateway/cancel-gateway.ts';
import { appOf } from '../../src/console/app.ts';
import { Jobs } from '../../src/console/jobs.ts';
import type { KeptReceipt } from '../../src/console/receipts.ts';
import { Receipts } from '../../src/console/receipts.ts';
import type { Desk } from '../../src/console/types.ts';
import type { Actor } from '../../src/history/event.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import type { Runtime } from '../../src/runtime.ts';
import { asked } from '../payment-orders/asked.ts';
import { answered, orderNo, reason, world } from '../payment-orders/world.ts';

const place = { host: '127.0.0.1:8785', wayIn: 'w'.repeat(22) };
const origin = `http://${place.host}`;
const base = `/${place.wayIn}`;

/** A page as it came, and what is asked of it. */
export type Seen = { readonly status: number; readonly html: string; readonly location: string };

export type Written = Readonly<Record<string, string>>;

/** Another operator at another console of the same orders. */
export function operator(
  { orders, runtime, errors }: { orders: PaymentOrders; runtime: Runtime; errors: unknown[] },
  actor: Actor | null = { kind: 'operator', id: 'li.wei' },
) {
  const kept: KeptReceipt[] = [];
  const desk: Desk = {
    ...{ orders, runtime, actor, indexFile: null, store: 'memory:' },
    onError: (error) => errors.push(error),
    receipts: new Receipts((receipt) => kept.push(receipt)),
    jobs: new Jobs(),
  };
  const app = appOf({ desk, place, language: 'en' });
  let cookie = '';
  const ask = async (path: string, init: RequestInit, site: string): Promise<Seen> => {
    const own = { host: place.host, 'sec-fetch-site': site, cookie };
    const headers = { ...own, ...(init.method === 'POST' ? { origin } : {}) };
    const answer = await app.request(`${origin}${path}`, { ...init, headers });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const location = answer.headers.get('location') ?? '';
    return { status: answer.status, html: await answer.text(), location };
  };
  const get = (path: string) => ask(path.startsWith(base) ? path : `${base}${path}`, {}, 'none');
  const post = (path: string, fields: URLSearchParams) =>
    ask(path, { method: 'POST', body: fields }, 'same-origin');
  /** Sends the form of a page, with what is written into it. */
  const send = (seen: Seen, written: Written = {}) => {
    const { action, fields } = formIn(seen);
    for (const [name, text] of Object.entries(written)) fields.set(name, text);
    return post(action, fields);
  };
  return { desk, kept, get, post, send, base };
}

export type Operator = ReturnType<typeof operator>;

/** With a platform that answers questions too. */
export async function askedWorld(status: QueryAnswer['status']) {
  const made = await asked(['outcome-unknown'], status);
  await made.orders.cancel(orderNo, { reason });
  return { ...made, ...operator(made) };
}

/** A world with an operator, whose gateway answers as listed, the last one for ever. */
export async function consoleWorld(outcomes: readonly CancelOutcome['kind'][]) {
  const made = await world((call) =>
    Promise.resolve(answered(outcomes[Math.min(call, outcomes.length) - 1] ?? 'refused')),
  );
  return { ...made, ...operator(made) };
}

/** The first form that posts: where to, and all that it holds. */
export function formIn({ html }: Seen): { action: string; fields: URLSearchParams } {
  const [, attributes = '', content = ''] =
    /<form([^>]*method="post"[^>]*)>(.*?)<\/form>/s.exec(html) ?? [];
  const fields = new URLSearchParams();
  for (const [, input = ''] of content.matchAll(/<input([^>]*)>/g)) {
    const isTaken = attribute(input, 'type') !== 'checkbox' || /\bchecked\b/.test(input);
    if (isTaken) fields.append(attribute(input, 'name'), attribute(input, 'value'));
  }
  for (const [, opening = '', text = ''] of content.matchAll(
    /<textarea([^>]*)>(.*?)<\/textarea>/gs,
  )) {
    fields.append(attribute(opening, 'name'), textOf(text).replace(/^\n/, ''));
  }
  return { action: attribute(attributes, 'action'), fields };
}

function attribute(tag: string, name: string): string {
  return textOf(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/** What a reader sees. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (found) => entities[found] ?? found);
}

/** The part of a page that a form shows before anything is recorded: the events and their data. */
export function eventsShown({ html }: Seen): readonly { type: string; data: Written }[] {
  const [, list = ''] = /<ul class="desk-events">(.*?)<\/ul>/s.exec(html) ?? [];
  const all = [...html.matchAll(/<ul class="desk-events">(.*?)<\/ul>/gs)].map(
    ([, each = '']) => each,
  );
  return (all.length > 1 ? all : [list])
    .flatMap((each) => [...each.matchAll(/<li>(.*?)<\/li>/gs)])
    .map(([, item = '']) => {
      const [, type = ''] = /<code>([A-Za-z]+)<\/code>/.exec(item) ?? [];
      const rows = item.matchAll(/<dt><code>([^<]*)<\/code><\/dt>\s*<dd>(.*?)<\/dd>/gs);
      const data = Object.fromEntries(
        [...rows].map(([, name = '', value = '']) => [name, textOf(value)]),
      );
      return { type, data };
    });
}
