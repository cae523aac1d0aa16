import { nonceLifeMs, noncesMax } from './limits.ts';

/** The nonces of the last 60 s, at most 200,000; the oldest go first. */
export type Nonces = {
  /** True the first time within 60 s. */
  isNew(nonce: string, nowMs: number): boolean;
};

export function newNonces(): Nonces {
  // A Map keeps the order of insertion, so the oldest come first.
  const seenAtMs = new Map<string, number>();
  return {
    isNew(nonce, nowMs) {
      for (const [old, atMs] of seenAtMs) {
        if (nowMs - atMs < nonceLifeMs && seenAtMs.size < noncesMax) break;
        seenAtMs.delete(old);
      }
      if (seenAtMs.has(nonce)) return false;
      seenAtMs.set(nonce, nowMs);
      return true;
    },
  };
}
