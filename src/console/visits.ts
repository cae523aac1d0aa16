/** From a request to a whole page: the session, the language, the handler, and what failed. */

import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import type { Language } from '../words/language.ts';
import { failurePage } from './failure.ts';
import { languageIn } from './language.ts';
import { layout } from './layout.ts';
import { cookieName, Sessions } from './session.ts';
import type { Answer, Desk, Page, Visit } from './types.ts';
import { wordsOf } from './words.ts';

export class Visits {
  readonly #desk: Desk;
  readonly #base: string;
  readonly #usual: Language;
  readonly #sessions: Sessions;

  /** @param usual - The language of whoever has chosen none. */
  constructor(desk: Desk, base: string, usual: Language) {
    this.#desk = desk;
    this.#base = base;
    this.#usual = usual;
    this.#sessions = new Sessions((bytes) => desk.runtime.randomHex(bytes));
  }

  async get(context: Context, handle: (visit: Visit) => Promise<Page>): Promise<Response> {
    const chosen = languageIn(context, 'now');
    if (chosen !== null) return this.#rememberLanguage(context, chosen);
    const found = this.#sessions.find(context.req.header('cookie'));
    const session = found ?? this.#sessions.begin();
    if (found === null) setCookie(context, cookieName, session, this.#cookie());
    const visit = this.#visit(context, session);
    const page = await this.#orFailure(visit, () => handle(visit));
    return this.#show(context, visit, page);
  }

  async post(
    context: Context,
    handle: (visit: Visit, form: URLSearchParams) => Promise<Answer>,
  ): Promise<Response> {
    const session = this.#sessions.find(context.req.header('cookie'));
    const form = new URLSearchParams(await context.req.text());
    if (session === null || !this.#sessions.isForm(session, form.get('csrf') ?? '')) {
      return context.text('this form is not of your session: load the page again\n', 403);
    }
    const visit = this.#visit(context, session);
    const answer = await this.#orFailure(visit, () => handle(visit, form));
    if ('location' in answer) return context.body(null, 201, { location: answer.location });
    return this.#show(context, visit, { ...answer, status: answer.status ?? 422 });
  }

  #visit(context: Context, session: string): Visit {
    const language = languageIn(context, 'before') ?? this.#usual;
    return {
      words: wordsOf(language),
      language,
      nowMs: this.#desk.runtime.now(),
      base: this.#base,
      csrf: this.#sessions.csrf(session),
      url: new URL(context.req.url),
    };
  }

  #show(context: Context, visit: Visit, page: Page): Response | Promise<Response> {
    // Hono knows statuses as literals; ours are numbers of HTTP.
    const status = (page.status ?? 200) as 200;
    return context.html(layout(this.#desk, visit, page), status);
  }

  #rememberLanguage(context: Context, language: Language): Response {
    const url = new URL(context.req.url);
    url.searchParams.delete('lang');
    setCookie(context, 'lang', language, this.#cookie());
    return context.redirect(`${url.pathname}${url.search}`, 302);
  }

  /** Sent to this console alone: no other page of this machine has its path. */
  #cookie() {
    return { path: `${this.#base}/`, httpOnly: true, sameSite: 'Strict' } as const;
  }

  async #orFailure<Given>(visit: Visit, handle: () => Promise<Given>): Promise<Given | Page> {
    try {
      return await handle();
    } catch (error) {
      return failurePage(this.#desk, visit, error);
    }
  }
}
