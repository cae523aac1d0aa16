const nonceLifeMs = 60_000;
const noncesMax = 200_000;

/** The nonces of the last 60 s; the oldest go first where there are more than 200,000. */
export type Nonces = {
  /** True the first time within 60 s. */
  isNew(nonce: string, nowMs: number): boolean;
};

export function newNonces(): Nonces {
  // A Map keeps the order of insertion, so the oldest stand first.
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
