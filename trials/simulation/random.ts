import { randomNumbers } from '../../src/testing/simulated-runtime.ts';

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

/** Every event of a run has some sixty bytes drawn. */
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function randomOf(seed: number): Random {
  const next = randomNumbers(seed);
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
    hex: (bytes) => {
      let drawn = '';
      for (let left = bytes; left > 0; left -= 1) drawn += hexOfByte[between(0, 255)] ?? '';
      return drawn;
    },
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
