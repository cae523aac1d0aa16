import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Linter } from 'eslint';
import { describe, expect, test } from 'vitest';
import { nodeFault } from '../src/node-version.ts';
import { assertNode } from '../src/open.ts';

const root = join(import.meta.dirname, '..');
// `npm run build` writes it, and `npm run test:e2e` builds first.
const built = join(root, 'dist', 'src');
const main = join(built, 'cli', 'main.js');
const sentence = /^error: payment-order-machine needs Node 24\.16 or newer; this is Node \S+\n$/;

/** A Node on the path that is too old; npm puts the project's own one in front of it. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'node'))
  .filter((file) => existsSync(file))
  .find((file) => nodeFault(execFileSync(file, ['-p', 'process.versions.node']).toString()));

describe('an old Node', () => {
  test('is told apart by what package.json asks for', () => {
    const manifest = readFileSync(join(root, 'package.json'), 'utf8');

    expect(JSON.parse(manifest)).toMatchObject({ engines: { node: '>=24.16' } });
    expect(['24.16.0', '24.21.0', '25.0.0'].map(nodeFault)).toEqual([null, null, null]);
    for (const version of ['24.15.9', '22.20.0', '20.20.2', '18.0.0', '9.9.9']) {
      expect(nodeFault(version)).toContain(`this is Node ${version}`);
    }
  });

  test('is refused where payment orders are opened', () => {
    expect(() => {
      assertNode('22.1.0');
    }).toThrow(expect.objectContaining({ code: 'unsupported-node' }));
    assertNode(process.versions.node);
  });

  test('can read all that the command loads before it knows the version', () => {
    const files = ['cli/main.js', 'node-version.js'];
    const sources = files.map((file) => readFileSync(join(built, file), 'utf8'));
    const imported = sources.flatMap((source) => [...source.matchAll(/^import .*$/gm)].map(String));
    const problems = sources.flatMap((source) =>
      new Linter().verify(source.replace(/^#!.*/, ''), { languageOptions: { ecmaVersion: 2020 } }),
    );

    expect(imported).toHaveLength(1);
    expect(imported[0]).toContain('"../node-version.js"');
    expect(problems).toEqual([]);
  });

  test.skipIf(oldNode === undefined)(
    'ends the command with one sentence and 1 (skipped where no old Node is on the path)',
    () => {
      for (const args of [[], ['list'], ['--version'], ['sandbox', '--port', 'x']]) {
        const { status, stdout, stderr } = spawnSync(oldNode ?? '', [main, ...args], {
          encoding: 'utf8',
        });

        expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
        expect(stderr).toMatch(sentence);
      }
    },
  );

  const openings = [
    { file: 'index.js', open: "openPaymentOrders({ store: 'sqlite:x.db' })" },
    { file: 'event-store/sqlite/store.js', open: "openSqliteStore({ path: 'x.db', runtime: {} })" },
  ];
  test.skipIf(oldNode === undefined).each(openings)(
    'is named by the library at opening (skipped where no old Node is on the path): $file',
    ({ file, open }) => {
      const code =
        `const module = await import(${JSON.stringify(join(built, file))});` +
        `await module.${open}.catch(({ code, message }) => console.log(code, message));`;
      const args = ['--input-type=module', '--eval', code];

      expect(execFileSync(oldNode ?? '', args, { encoding: 'utf8' })).toMatch(
        /^unsupported-node payment-order-machine needs Node 24\.16 or newer; this is Node \S+\n$/,
      );
    },
  );
});
