import { beforeEach } from 'vitest';
import { scratchPath } from './scratch.ts';

/** Gives each test such a path, and removes what is there when the test is over. */
export function scratchForEach(use: (path: string) => void): void {
  beforeEach(() => {
    const { path, remove } = scratchPath();
    use(path);
    return remove;
  });
}
