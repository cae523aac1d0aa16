import { createHash } from 'node:crypto';
import type { Actor } from 'payment-order-machine';

/** Finds the caller by the bearer token of a request; null for an unknown token. */
export type Callers = (authorization: string | undefined) => Actor | null;

/**
 * Parses `TOKEN=ROLE:ID,TOKEN=ROLE:ID`. A real service asks its identity provider here. The actor
 * must be the authenticated caller, never a name in the request's body.
 */
export function callersFrom(text: string): Callers {
  // Looked up by digest, so that the time of a comparison reveals nothing about a token.
  const actors = new Map<string, Actor>();
  for (const entry of text.split(',')) {
    const [, token = '', kind = '', id = ''] =
      /^([A-Za-z0-9_-]{16,128})=(customer|operator):(.+)$/.exec(entry.trim()) ?? [];
    if (token === '')
      throw new Error('a caller must be TOKEN=customer:ID or TOKEN=operator:ID; see the README');
    actors.set(digest(token), { kind, id });
  }
  return (authorization) => actors.get(digest(bearerOf(authorization))) ?? null;
}

/** Whether a request comes from the payment provider. */
export type IsProvider = (authorization: string | undefined) => boolean;

/** The provider has a secret of its own: it reports payments, and no caller may do that. */
export function providerFrom(secret: string, callers: Callers): IsProvider {
  if (!/^[A-Za-z0-9_-]{16,128}$/.test(secret))
    throw new Error('the webhook secret must have 16 to 128 letters, digits, _ or -');
  if (callers(`Bearer ${secret}`) !== null)
    throw new Error('the webhook secret must not be the token of a caller');
  const expected = digest(secret);
  return (authorization) => digest(bearerOf(authorization)) === expected;
}

function bearerOf(authorization = ''): string {
  return /^Bearer ([^ ]+)$/.exec(authorization)?.[1] ?? '';
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
