import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string }>;
};

describe('what is loaded', () => {
  const loadedBy = (code: string): string => {
    const watching =
      "import { registerHooks } from 'node:module';" +
      'registerHooks({ resolve(specifier, context, next) {' +
      'const found = next(specifier, context); console.log(found.url); return found; } });';
    const args = ['--input-type=module', '--eval', `${watching}\n${code}`];
    return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  };

  test('a SQLite user never loads gRPC, and nobody but the command loads its parser', () => {
    const loaded = loadedBy(
      "const { openPaymentOrders } = await import('./src/index.ts');" +
        "const orders = await openPaymentOrders({ store: 'sqlite:absent.db', readOnly: true });" +
        'await orders.close();',
    );
    expect(loaded).toContain('src/event-store/sqlite.ts');
    expect(loaded).not.toMatch(/@grpc|@eventstore|commander|string-width/);
    expect(existsSync(join(root, 'absent.db'))).toBe(false);
  });
});

describe('the declarations', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'payment-order-types-'));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const project = join(root, '.config', 'tsconfig.build.json');
    const args = [tsc, '-p', project, '--emitDeclarationOnly', '--outDir', directory];
    execFileSync(process.execPath, args, { cwd: root });
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

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

  const entries = Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === 'string' ? [] : [{ subpath, types: target.types.replace('./dist/', '') }],
  );

  test.each(entries.filter(({ subpath }) => subpath !== './machine'))(
    "$subpath leads to no type of XState's, and to nothing untyped",
    ({ types }) => {
      const files = closure(join(directory, types));
      expect(files.size).toBeGreaterThan(1);
      for (const [file, text] of files) {
        expect(text, file).not.toMatch(/['"]xstate/);
        expect(text, file).not.toMatch(/\bany\b(?![^\n]*\*)(?=[;,)>\]])/);
      }
    },
  );

  test('the machine alone is typed by XState', () => {
    const entry = entries.find(({ subpath }) => subpath === './machine');
    const files = closure(join(directory, entry?.types ?? ''));
    expect([...files.values()].join('\n')).toMatch(/['"]xstate['"]/);
  });
});
