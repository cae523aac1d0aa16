/**
 * Who is let in. A console that acts may be reached by every program and every web page of this
 * machine, so a request must know the way in, must have been sent by our own page, and must ask for
 * us by our own name.
 */

import { hash, timingSafeEqual } from 'node:crypto';

/** What a request says of itself; undefined where it has no such header. */
export type Caller = {
  readonly method: string;
  readonly path: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: browsers write it, and no page can. */
  readonly site: string | undefined;
};

/** Where the console is. */
export type Place = {
  /** `127.0.0.1:8785`: a name that is led to this address is another host. */
  readonly host: string;
  /** The random first part of every path. */
  readonly wayIn: string;
};

/** Why a request is not answered; null where it is. */
export type Refusal = { readonly status: 403 | 404 | 405 | 421; readonly sentence: string } | null;

export function refusalOf(caller: Caller, { host, wayIn }: Place): Refusal {
  if (caller.host !== host) return refused(421, 'this address is not served here');
  // Whoever does not know the way in learns nothing, not even that there is one.
  if (!isSame(firstPart(caller.path), wayIn)) return refused(404, 'not found');
  if (caller.method === 'GET') {
    const isOurs = caller.site === 'none' || caller.site === 'same-origin';
    return isOurs ? null : refused(403, 'open this address by typing or pasting it in a browser');
  }
  if (caller.method !== 'POST') return refused(405, 'GET and POST only');
  const isOurs = caller.origin === `http://${host}` && caller.site === 'same-origin';
  return isOurs ? null : refused(403, 'this was not sent by a page of this console');
}

function refused(status: NonNullable<Refusal>['status'], sentence: string): Refusal {
  return { status, sentence };
}

function firstPart(path: string): string {
  return path.split('/')[1] ?? '';
}

/** In constant time, whatever the lengths are. */
export function isSame(given: string, known: string): boolean {
  const [one, other] = [given, known].map((text) => hash('sha256', text, 'buffer'));
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
