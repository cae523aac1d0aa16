import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { apiReport } from './api/api-report.ts';
import { packageEntries } from './api/declarations.ts';

const root = join(import.meta.dirname, '..');

describe('an import', () => {
  const loadedBy = (code: string): string => {
    const watching =
      "import { registerHooks } from 'node:module';" +
      'registerHooks({ resolve(specifier, context, next) {' +
      'const found = next(specifier, context); console.log(found.url); return found; } });';
    const args = ['--input-type=module', '--eval', `${watching}\n${code}`];
    return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  };
  const openingSqlite =
    "const { openPaymentOrders } = await import('./src/index.ts');" +
    "const orders = await openPaymentOrders({ store: 'sqlite:absent.db', readOnly: true });" +
    'await orders.close();';

  test('keeps gRPC from a user of SQLite, and the command’s parser from everybody else', () => {
    const loaded = loadedBy(openingSqlite);
    expect(loaded).toContain('src/event-store/sqlite/store.ts');
    expect(loaded).not.toMatch(/@grpc|@eventstore|commander|string-width/);
    expect(existsSync(join(root, 'absent.db'))).toBe(false);
  });

  test('keeps the comparison of bills, and its database, from those who do not reconcile', () => {
    const reconciling = (bill: string) =>
      "const { openPaymentOrders } = await import('./src/index.ts');" +
      "const orders = await openPaymentOrders({ store: 'memory:' });" +
      `const options = { from: '2021-02-02', to: '2021-02-02', ${bill} };` +
      'await Array.fromAsync(orders.reconcile(options)).catch(() => undefined);';
    expect(loadedBy("await import('./src/index.ts')")).not.toMatch(
      /node:sqlite|csv-parse|src\/bill\//,
    );
    expect(loadedBy(reconciling(''))).toContain('src/bill/reconcile.ts');
    expect(loadedBy(reconciling(''))).not.toContain('csv-parse');
    expect(loadedBy(reconciling("bill: 'absent.csv'"))).toContain('csv-parse');
  });

  test('loads three other packages for a user of SQLite, under 2 MiB of them', () => {
    const code = `await import('./src/event-store/sqlite/store.ts'); ${openingSqlite}`;
    const files = new Set(loadedBy(code).match(/^file:.*$/gm));
    const sizes = new Map<string, { modules: number; kib: number }>();
    for (const url of files) {
      const file = relative(root, fileURLToPath(url));
      const [, name = 'our own'] = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
      const { modules, kib } = sizes.get(name) ?? { modules: 0, kib: 0 };
      const bytes = statSync(join(root, file)).size;
      sizes.set(name, { modules: modules + 1, kib: kib + bytes / 1_024 });
    }
    const shown = [...sizes].map(
      ([name, { modules, kib }]) => `${name} ${modules} modules, ${Math.ceil(kib)} KiB`,
    );
    console.log(`a SQLite user loads: ${shown.join('; ')}`);
    const own = sizes.get('our own');
    expect(own?.modules).toBeLessThan(120);
    // Of sources, comments and types included; what is packed is smaller.
    expect(own?.kib).toBeLessThan(620);
    sizes.delete('our own');
    expect([...sizes.keys()].toSorted()).toEqual(['canonicalize', 'xstate', 'zod']);
    const foreign = [...sizes.values()].reduce((sum, { kib }) => sum + kib, 0);
    expect(foreign, shown.join()).toBeLessThan(2_048);
  });
});

// `npm run build` writes them, and `npm run test:e2e` builds first.
const built = join(root, 'dist');

describe('the declarations', () => {
  /** Every declaration file that a consumer of an entry loads. */
  function closure(entry: string): Map<string, string> {
    const seen = new Map<string, string>();
    const visit = (file: string) => {
      if (seen.has(file)) return;
      const text = readFileSync(file, 'utf8');
      seen.set(file, text);
      for (const [, specifier = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
        visit(join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts')));
      }
    };
    visit(entry);
    return seen;
  }

  const entries = packageEntries();

  test.each(entries.filter(({ subpath }) => subpath !== './machine'))(
    'lead from $subpath to no type of XState and to nothing untyped',
    ({ declarations }) => {
      const files = closure(join(built, declarations));
      expect(files.size).toBeGreaterThan(1);
      for (const [file, text] of files) {
        expect(text, file).not.toMatch(/['"]xstate/);
        expect(text, file).not.toMatch(/\bany\b(?![^\n]*\*)(?=[;,)>\]])/);
      }
    },
  );

  test('lead to XState from ./machine alone', () => {
    const entry = entries.find(({ subpath }) => subpath === './machine');
    const files = closure(join(built, entry?.declarations ?? ''));
    expect([...files.values()].join('\n')).toMatch(/['"]xstate['"]/);
  });

  test('are the agreed public surface, which `npm run api` writes', () => {
    const agreed = readFileSync(join(import.meta.dirname, 'api', 'public-api.txt'), 'utf8');
    expect(apiReport(built, entries)).toBe(agreed);
  });
});
