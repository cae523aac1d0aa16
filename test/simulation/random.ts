/** Numbers from a seed, for one purpose alone. */
export type Random = {
  /** 0 ≤ n < 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  hex(bytes: number): string;
};

/**
 * One stream of numbers per purpose: what one fault draws does not reshuffle what another does, so
 * that taking a fault away leaves the rest of a run as it was.
 */
export function randomStreams(seed: number): (purpose: string) => Random {
  const streams = new Map<string, Random>();
  return (purpose) => {
    let stream = streams.get(purpose);
    if (stream === undefined) streams.set(purpose, (stream = randomOf(mixed(purpose, seed))));
    return stream;
  };
}

function randomOf(seed: number): Random {
  const next = numbersFrom(seed);
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    chance: (share) => next() < share,
    pick: (from) => {
      const picked = from[between(0, from.length - 1)];
      if (picked === undefined) throw new TypeError('nothing to pick from');
      return picked;
    },
    hex: (bytes) =>
      Array.from({ length: bytes }, () => between(0, 255).toString(16).padStart(2, '0')).join(''),
  };
}

/** FNV-1a over the seed and the purpose. */
function mixed(purpose: string, seed: number): number {
  let hash = 2_166_136_261;
  for (const character of `${String(seed)}/${purpose}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  }
  return hash;
}

/** Mulberry32: small, and good enough to draw tests from. */
export function numbersFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A version 4 UUID of 16 random bytes in hexadecimal. */
export function uuidOf(hex: string): string {
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4] ?? '8';
  const version4 = `${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
  return version4.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
