/**
 * A browser's session, and the word that each of its forms must say. Cookies ignore ports, so any
 * other page of this machine may set one of our name: only those count that this console has signed.
 */

import { createHmac } from 'node:crypto';
import { isSame } from './guard.ts';

export const cookieName = 'desk';

export class Sessions {
  readonly #key: string;
  readonly #newId: () => string;

  /** @param randomHex - As `Runtime` draws it. */
  constructor(randomHex: (bytes: number) => string) {
    this.#key = randomHex(32);
    this.#newId = () => randomHex(16);
  }

  /** A cookie's value that begins a session. */
  begin(): string {
    const id = this.#newId();
    return `${id}.${this.#signed('session', id)}`;
  }

  /** The session of a request, by any of its cookies of our name; null where none is ours. */
  find(cookieHeader: string | undefined): string | null {
    const values = (cookieHeader ?? '').split(';').map((pair) => pair.trim().split('='));
    const ours = values.find(([name, value = '']) => name === cookieName && this.#isOurs(value));
    return ours?.[1] ?? null;
  }

  /** What every form of the session carries. */
  csrf(session: string): string {
    return this.#signed('form', session);
  }

  isForm(session: string, csrf: string): boolean {
    return isSame(csrf, this.csrf(session));
  }

  #isOurs(value: string): boolean {
    const [id = '', signature = ''] = value.split('.');
    return isSame(signature, this.#signed('session', id));
  }

  #signed(purpose: string, text: string): string {
    return createHmac('sha256', this.#key).update(`${purpose} ${text}`).digest('hex');
  }
}
