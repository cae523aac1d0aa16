import { defineConfig } from 'vitest/config';
import { packageSources } from '../test/sources.ts';

export default defineConfig({
  root: `${import.meta.dirname}/..`,
  resolve: {
    // An example imports the package by its name, as its users do, and needs no build for it.
    alias: [...packageSources()].map(([name, source]) => ({
      find: new RegExp(`^${name}$`),
      replacement: source,
    })),
  },
  test: {
    include: ['test/**/*.test.ts', 'trials/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    setupFiles: ['test/seed.ts'],
    reporters: ['default', './test/closing-line.ts'],
    // vitest leaves one of two cores to itself, and most of these wait.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 30_000,
    unstubEnvs: true,
  },
});
