import { createHash } from 'node:crypto';
import type { Actor } from 'payment-order-machine';

/** Who calls, by the bearer token of a request; null for nobody we know. */
export type Callers = (authorization: string | undefined) => Actor | null;

/**
 * Reads `TOKEN=KIND:ID,TOKEN=KIND:ID`. A real service asks its identity provider here; what
 * matters is that the actor comes from whoever was authenticated, never from the request's body.
 */
export function callersFrom(text: string): Callers {
  // Looked up by digest, so that how long a comparison takes tells nothing about a token.
  const actors = new Map<string, Actor>();
  for (const entry of text.split(',')) {
    const [, token = '', kind = '', id = ''] =
      /^([A-Za-z0-9_-]{16,128})=([a-z-]+):(.+)$/.exec(entry.trim()) ?? [];
    if (token === '') throw new Error('a caller must be TOKEN=KIND:ID, its token 16 or longer');
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
