import { formIn } from '../console/acting.ts';
import type { Seen, Written } from '../console/acting.ts';

export type Visitor = {
  readonly get: (path: string) => Promise<Seen>;
  /** Sends the form of a page, with what is written into it. */
  readonly send: (seen: Seen, written?: Written) => Promise<Seen>;
  readonly post: (path: string, fields: URLSearchParams) => Promise<Seen>;
};

/** Whoever was given the address of a console that runs, as that person's browser asks it. */
export function visitor(url: string): Visitor {
  let cookie = '';
  const ask = async (path: string, init: RequestInit, more: Written): Promise<Seen> => {
    const headers = { cookie, connection: 'close', ...more };
    const answer = await fetch(new URL(path, url), { ...init, headers });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const location = answer.headers.get('location') ?? '';
    return { status: answer.status, html: await answer.text(), location };
  };
  const post = (path: string, body: URLSearchParams) => {
    const { origin } = new URL(url);
    return ask(path, { method: 'POST', body }, { origin, 'sec-fetch-site': 'same-origin' });
  };
  return {
    post,
    get: (path) => ask(path, {}, { 'sec-fetch-site': 'none' }),
    send: (seen, written = {}) => {
      const { action, fields } = formIn(seen);
      for (const [name, text] of Object.entries(written)) fields.set(name, text);
      return post(action, fields);
    },
  };
}
