import type { Act } from './act.ts';
import { sentence } from './act.ts';
import { drawPaths } from './paths.ts';
import type { Path } from './paths.ts';
import { replay } from './replay.ts';

export type Replayed = {
  readonly index: number;
  readonly path: Path;
  /** Where the real code and the model part; null where they do not. */
  readonly difference: string | null;
};

/** Draws paths from a seed and leads the real code along each, or along one alone. */
export async function* replayPaths(
  count: number,
  seed: number,
  only?: number,
): AsyncGenerator<Replayed> {
  const paths = drawPaths(count, numbersFrom(seed));
  for (const [index, path] of paths.entries()) {
    if (only !== undefined && index !== only) continue;
    yield { index, path, difference: await replay(path) };
  }
}

export function sentencesOf(path: Path): string {
  return path.map(({ act }, index) => numbered(act, index)).join('\n');
}

function numbered(act: Act, index: number): string {
  return `${String(index + 1).padStart(3)}. ${sentence(act)}`;
}

function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
