import { createHash } from 'node:crypto';
import type { Actor } from 'payment-order-machine';

/** Finds the caller by the bearer token of a request; null for an unknown token. */
export type Callers = (authorization: string | undefined) => Actor | null;

/**
 * Parses `TOKEN=KIND:ID,TOKEN=KIND:ID`. A real service asks its identity provider here. The actor
 * must be the authenticated caller, never a name in the request's body.
 */
export function callersFrom(text: string): Callers {
  // Looked up by digest, so that the time of a comparison reveals nothing about a token.
  const actors = new Map<string, Actor>();
  for (const entry of text.split(',')) {
    const [, token = '', kind = '', id = ''] =
      /^([A-Za-z0-9_-]{16,128})=([a-z-]+):(.+)$/.exec(entry.trim()) ?? [];
    if (token === '')
      throw new Error('a caller must be TOKEN=KIND:ID, with a token of 16 to 128 characters');
    actors.set(digest(token), { kind, id });
  }
  return (authorization) => {
    const [, token = ''] = /^Bearer ([^ ]+)$/.exec(authorization ?? '') ?? [];
    return actors.get(digest(token)) ?? null;
  };
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
