/** What is loaded, and by what: counted by modules, for times depend on the machine. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPaymentOrders } from '../src/open.ts';

const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'payment-order-loading-'));
const store = `sqlite:${join(scratch, 'orders.db')}`;

beforeAll(async () => {
  await using orders = await openPaymentOrders({ store });
  await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
});

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** The modules that a program loads: paths from here, and URLs of those that Node has built in. */
function loadedBy(code: string): readonly string[] {
  const watching =
    "import { writeSync } from 'node:fs';" +
    "import { registerHooks } from 'node:module';" +
    'const seen = new Set();' +
    'registerHooks({ resolve(specifier, context, next) {' +
    'const found = next(specifier, context); seen.add(found.url); return found; } });' +
    "process.on('exit', () => writeSync(1, `\\nloaded ${JSON.stringify([...seen])}`));";
  const args = ['--input-type=module', '--eval', `${watching}\n${code}`];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  // The program above writes texts alone.
  const urls = JSON.parse(/^loaded (.*)$/m.exec(stdout)?.[1] ?? '[]') as readonly string[];
  return urls.map((url) => (url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url));
}

const importing = "await import('./src/index.ts');";

const opening = (options: string, use = '') =>
  "const { openPaymentOrders } = await import('./src/index.ts');" +
  `const orders = await openPaymentOrders(${options}); ${use} await orders.close();`;

const typing = (...args: readonly string[]) =>
  `process.argv.splice(1, Infinity, 'payment-order', ...${JSON.stringify(args)});` +
  "await import('./src/cli/main.ts');";

const ofPackages = (loaded: readonly string[]) =>
  new Set(
    loaded.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.slice(1) ?? []),
  );

const ofOurs = (loaded: readonly string[]) =>
  loaded.filter((path) => /^(?:src|machines)\//.test(path));

const ofRooms = (loaded: readonly string[], ...rooms: readonly string[]) =>
  loaded.filter((path) => rooms.some((room) => path.startsWith(`src/${room}`)));

const stores = ['event-store/sqlite/', 'event-store/eventstoredb/', 'event-store/memory'];
const readers = ['report/', 'evidence/', 'diagram/', 'bill/', 'sandbox/', 'platform-notices/'];

describe('importing the package', () => {
  const loaded = loadedBy(importing);

  test('loads zod, and neither XState, gRPC, a database nor a parser', () => {
    expect([...ofPackages(loaded)]).toEqual(['zod']);
    expect(loaded.filter((path) => path.startsWith('node:'))).toEqual([]);
  });

  test('loads what its synchronous functions need, and no room else', () => {
    expect(ofRooms(loaded, ...stores, ...readers, 'cli/', 'inbox/', 'recovery/')).toEqual([]);
    expect(loaded).not.toContain('machines/payment-order.machine.ts');
    expect(ofOurs(loaded).length).toBeLessThan(33);
  });
});

describe('opening a store', () => {
  const withSqlite = "{ store: 'sqlite:absent.db', readOnly: true }";

  test('keeps gRPC from a user of SQLite, and the command’s parser from everybody else', () => {
    const packages = ofPackages(loadedBy(opening(withSqlite)));

    expect([...packages].toSorted()).toEqual(['canonicalize', 'xstate', 'zod']);
    expect(existsSync(join(root, 'absent.db'))).toBe(false);
  });

  test('loads the client of EventStoreDB for its URLs alone', () => {
    const failing = '.catch(() => ({ close: () => undefined }))';
    const options = "{ store: 'esdb://localhost?unknown=1' }";
    const code = opening(options).replace(`(${options})`, `(${options})${failing}`);

    expect(ofPackages(loadedBy(code))).toContain('@eventstore/db-client');
    expect(ofPackages(loadedBy(opening("{ store: 'memory:' }")))).not.toContain(
      '@eventstore/db-client',
    );
  });

  test('loads recovery, the inbox’s work and the copying of a store for those who ask for them', () => {
    const rarely = ['recovery/recovery.ts', 'inbox/receive.ts', 'inbox/settle.ts', 'backup.ts'];
    const create = "await orders.create({ orderNo: 'O1', processBillNo: 'F1' });";
    const inMemory = "{ store: 'memory:' }";

    expect(ofRooms(loadedBy(opening(inMemory, create)), ...rarely)).toEqual([]);
    expect(
      ofRooms(
        loadedBy(
          opening(
            inMemory,
            "await orders.recoverOnce({ only: 'notices' });" +
              "await orders.inbox().receive({ body: '{}' });" +
              "await orders.backup('x').catch(() => undefined);",
          ),
        ),
        ...rarely,
      ).toSorted(),
    ).toEqual(rarely.map((path) => `src/${path}`).toSorted());
  });

  test('keeps the comparison of bills, and its database, from those who do not reconcile', () => {
    const reconciling = (bill: string) =>
      loadedBy(
        opening(
          "{ store: 'memory:' }",
          `const options = { from: '2021-02-02', to: '2021-02-02', ${bill} };` +
            'await Array.fromAsync(orders.reconcile(options)).catch(() => undefined);',
        ),
      );

    expect(reconciling('')).toContain('src/bill/reconcile.ts');
    expect([...ofPackages(reconciling(''))]).not.toContain('csv-parse');
    expect([...ofPackages(reconciling("bill: 'absent.csv'"))]).toContain('csv-parse');
  });

  test('loads fewer than 110 modules and 620 KiB of ours, and under 2 MiB of others', () => {
    const read = "await orders.get('O1'); await orders.verify('O1');";
    const loaded = loadedBy(opening(withSqlite, read));
    const kibOf = (paths: readonly string[]) =>
      paths.reduce((sum, path) => sum + statSync(join(root, path)).size / 1_024, 0);
    const ours = ofOurs(loaded);
    const others = loaded.filter((path) => path.startsWith('node_modules/'));
    console.log(
      `a SQLite user loads: ${ours.length} modules of ours, ${Math.ceil(kibOf(ours))} KiB; ` +
        `${others.length} of others, ${Math.ceil(kibOf(others))} KiB`,
    );

    expect(ours.length).toBeLessThan(110);
    // Of sources, comments and types included; what is packed is smaller.
    expect(kibOf(ours)).toBeLessThan(620);
    expect(kibOf(others)).toBeLessThan(2_048);
  });
});

describe('the command', () => {
  let showing: readonly string[] = [];

  beforeAll(() => {
    showing = loadedBy(typing('--store', store, 'show', 'O1'));
  });

  test('loads to show an order the parser, XState and zod, and nothing that measures Chinese', () => {
    expect([...ofPackages(showing)].toSorted()).toEqual([
      ...['canonicalize', 'commander', 'xstate', 'zod'],
    ]);
  });

  test('loads to show an order no room that only other commands need', () => {
    const others = [
      'inbox/receive',
      'inbox/settle',
      'recovery/recovery',
      'order-index/order-index',
      'words/console/',
    ];

    expect(showing).toContain('src/cli/commands/show.ts');
    expect(ofRooms(showing, 'cli/commands/')).toEqual(['src/cli/commands/show.ts']);
    expect(ofRooms(showing, ...readers, ...others, 'gateway/http', 'cli/input/gateways')).toEqual(
      [],
    );
    expect(ofRooms(showing, 'tlog/')).toEqual(['src/tlog/log.ts']);
    expect(ofOurs(showing).length).toBeLessThan(145);
  });

  test('loads the words of one language', () => {
    const chinese = loadedBy(typing('--lang', 'zh-CN', '--store', store, 'show', 'O1'));
    const wordsIn = (loaded: readonly string[], language: string) =>
      loaded.filter((path) => path.startsWith('src/words/') && path.endsWith(`/${language}.ts`));

    expect(wordsIn(showing, 'zh-CN')).toEqual([]);
    expect(wordsIn(showing, 'en')).not.toEqual([]);
    expect(wordsIn(chinese, 'en')).toEqual([]);
    expect(wordsIn(chinese, 'zh-CN')).not.toEqual([]);
  });
});
