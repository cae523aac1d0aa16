import { defineConfig } from 'vitest/config';
import { compileCache } from '../test/compile-cache.ts';
import { packageSources } from '../test/sources.ts';

const tests = ['test', 'trials', 'examples/*/test'];
const all = tests.map((directory) => `${directory}/**/*.test.ts`);
const e2e = tests.map((directory) => `${directory}/**/*.e2e.test.ts`);

// Two suites by suffix. The unit tests share one module graph per worker, and so must leave no
// state behind; what starts processes, servers or browsers, or compiles, is an end-to-end test.
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
    reporters: ['default', './test/closing-line.ts'],
    // vitest leaves one of two cores to itself, and most of these wait.
    maxWorkers: 2,
    setupFiles: ['test/seed.ts'],
    unstubEnvs: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: all,
          exclude: e2e,
          isolate: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: e2e,
          env: { NODE_COMPILE_CACHE: compileCache },
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // How long a busy machine may take is not what a test is about.
          expect: { poll: { timeout: 120_000 } },
        },
      },
    ],
  },
});
