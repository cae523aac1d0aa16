import { appOf } from '../../src/console/app.ts';
import { html } from '../../src/console/html.ts';
import { Jobs } from '../../src/console/jobs.ts';
import { Receipts } from '../../src/console/receipts.ts';
import type { Route } from '../../src/console/routes.ts';
import type { Desk, Page } from '../../src/console/types.ts';
import type { Actor } from '../../src/history/event.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { always, scriptedGateway } from '../payment-orders/world.ts';

export const place = { host: '127.0.0.1:8785', wayIn: 'a'.repeat(32) };
export const base = `/${place.wayIn}`;
export const operator: Actor = { kind: 'operator', id: 'li.wei' };

/** What a browser sends that was given the address, and what our script sends. */
export const typed = { host: place.host, 'sec-fetch-site': 'none' };
export const posted = {
  host: place.host,
  origin: `http://${place.host}`,
  'sec-fetch-site': 'same-origin',
  'content-type': 'application/x-www-form-urlencoded',
};

/** A desk over a memory store; what it was told goes to `errors`. */
export async function tried(actor: Actor | null = operator, given: Partial<Desk> = {}) {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  const gateway = scriptedGateway(store, always('confirmed'));
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const orders = await openPaymentOrders({ store, gateway, runtime, onError });
  const desk: Desk = {
    ...{ orders, runtime, actor, onError, store: 'memory:', indexFile: null },
    ...{ receipts: new Receipts(), jobs: new Jobs() },
    ...given,
  };
  return { desk, orders, runtime, errors };
}

/** Pages that do nothing but count what they were asked to do. */
export function counting() {
  const forms: string[] = [];
  const page: Page = { title: 'A page', nav: 'queue', main: html`<h1>A page</h1>`, live: 'all' };
  const routes: readonly Route[] = [
    {
      method: 'GET',
      path: '/',
      handle: (_desk, { csrf }) => Promise.resolve({ ...page, main: html`<b>csrf:${csrf}</b>` }),
    },
    { method: 'GET', path: '/other', handle: () => Promise.resolve(page) },
    {
      method: 'POST',
      path: '/act',
      handle: (_desk, { base: below }, _params, form) => {
        forms.push(form.toString());
        return Promise.resolve({ location: `${below}/other` });
      },
    },
  ];
  return { forms, routes };
}

type Headers = Readonly<Record<string, string>>;

/** An app with such pages, and a visitor who has a session. */
export async function visited(actor: Actor | null = operator, extra: readonly Route[] = []) {
  const { forms, routes } = counting();
  const { desk, ...rest } = await tried(actor);
  const app = appOf({ desk, place, language: 'en', routes: [...routes, ...extra] });
  const get = (path: string, headers: Headers = {}) =>
    Promise.resolve(app.request(`${base}${path}`, { headers: { ...typed, ...headers } }));
  const answer = await get('/');
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const csrf = csrfIn(await answer.text());
  const post = (path: string, headers: Headers = {}, body = `csrf=${csrf}&a=1`) =>
    Promise.resolve(
      app.request(`${base}${path}`, {
        method: 'POST',
        headers: { ...posted, cookie, ...headers },
        body,
      }),
    );
  return { ...rest, app, desk, forms, get, post, cookie, csrf, first: answer };
}

export function csrfIn(text: string): string {
  return /csrf:([0-9a-f]+)/.exec(text)?.[1] ?? '';
}
