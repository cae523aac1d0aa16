/** The console without a socket: who is let in, and which page answers. */

import { Hono } from 'hono';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Language } from '../words/language.ts';
import { assets } from './assets.ts';
import { Changes } from './changes.ts';
import { missingPage } from './failure.ts';
import type { Caller, Place } from './guard.ts';
import { refusalOf } from './guard.ts';
import { headers } from './headers.ts';
import type { Route } from './routes.ts';
import { routes as ours } from './routes.ts';
import { streamOf } from './stream.ts';
import type { Desk } from './types.ts';
import { Visits } from './visits.ts';

/** Of a form: the longest evidence fits, and fifty orders. */
const formBytesMax = 65_536;

export type App = {
  /** By this a server asks it. */
  readonly fetch: Hono['fetch'];
  /** By this a test asks it, without a socket. */
  readonly request: Hono['request'];
  /** Ends the streams. Resolves when nothing follows the store any more. */
  readonly close: () => Promise<void>;
};

export function appOf({
  desk,
  place,
  language,
  routes = ours,
}: {
  readonly desk: Desk;
  readonly place: Place;
  readonly language: Language;
  /** Default: those of the console. */
  readonly routes?: readonly Route[];
}): App {
  const base = `/${place.wayIn}`;
  const changes = new Changes(desk);
  const ending = new AbortController();
  const app = new Hono();
  app.use(async (context, next) => {
    const refusal = refusalOf(callerOf(context), place);
    if (refusal === null) await next();
    else context.res = context.text(`${refusal.sentence}\n`, refusal.status);
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
  });
  for (const [path, { type, text }] of assets()) {
    app.get(`${base}${path}`, (context) => context.body(text, 200, { 'content-type': type }));
  }
  app.get(`${base}/changes`, (context) => streamOf(context, desk.runtime, changes, ending.signal));
  // As people type it. The cookie's path, and all that is relative, begins below.
  app.get(base, (context) => context.redirect(`${base}/`, 302));
  addRoutes(app, { base, desk, visits: new Visits(desk, base, language), routes });
  app.notFound((context) => context.text('not found\n', 404));
  app.onError((error, context) => {
    desk.onError(error);
    return context.text('the console failed; its terminal says why\n', 500);
  });
  const close = async () => {
    ending.abort();
    await changes.close();
  };
  return { fetch: app.fetch, request: app.request, close };
}

function addRoutes(
  app: Hono,
  {
    base,
    desk,
    visits,
    routes,
  }: {
    readonly base: string;
    readonly desk: Desk;
    readonly visits: Visits;
    readonly routes: readonly Route[];
  },
): void {
  const { actor } = desk;
  const limit = bodyLimit({
    maxSize: formBytesMax,
    onError: (context) => context.text('the form is over 64 KiB\n', 413),
  });
  for (const route of routes) {
    const path = `${base}${route.path}`;
    if (route.method === 'GET') {
      app.get(path, (context) =>
        visits.get(context, (visit) => route.handle(desk, visit, context.req.param())),
      );
    } else if (actor !== null) {
      app.post(path, limit, (context) =>
        visits.post(context, (visit, form) =>
          route.handle({ ...desk, actor }, visit, context.req.param(), form),
        ),
      );
    }
  }
  app.get('*', (context) => visits.get(context, (visit) => Promise.resolve(missingPage(visit))));
}

function callerOf({ req }: Context): Caller {
  const { method, path } = req;
  const host = req.header('host');
  return { method, path, host, origin: req.header('origin'), site: req.header('sec-fetch-site') };
}
