import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Desk } from './support.ts';
import { desk, oneDocument, withSandbox } from './support.ts';

let here: Desk;

beforeEach(() => {
  here = desk();
});

afterEach(() => here.remove());

async function createThree(): Promise<void> {
  for (const order of ['O1', 'O2', 'O3'])
    await here.run('create', order, '--process-bill-no', 'F1');
}

/** Overwrites the beginning of the page where an index, or the table itself, has its root. */
function overwriteRoot(name: string, bytes: Uint8Array): void {
  const path = here.path('payment-orders.db');
  const database = new DatabaseSync(path);
  const root = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(name);
  database.close();
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, (Number(root?.['rootpage']) - 1) * 4096);
  closeSync(file);
}

/** An index page without entries: to SQLite it is well-formed. */
const emptyIndexPage = Buffer.alloc(52);
emptyIndexPage.set([0x0a, 0, 0, 0, 0, 0x10, 0x00]);

describe('a damaged store', () => {
  test('is found by verify --all and doctor, which end with 3, where list finds nothing', async () => {
    await createThree();
    overwriteRoot('stream_starts', emptyIndexPage);
    const [json, people, doctor, chinese] = await Promise.all([
      here.json('verify', '--all'),
      here.run('verify', '--all'),
      here.run('doctor'),
      here.run('verify', '--all', '--lang', 'zh-CN'),
    ]);
    expect(json).toMatchObject({ code: 3, body: { verifications: [] } });
    const sentence = 'row 1 missing from index stream_starts';
    expect(json.body['store']).toContain(sentence);
    expect(people.code).toBe(3);
    expect(people.stdout).toContain(`store: NOT ok, 3 faults\n  ${sentence}\n`);
    expect(people.stderr).toContain('restore a backup');
    expect(doctor.code).toBe(3);
    expect(doctor.stdout).toContain(sentence);
    expect(chinese.stderr).toContain('提示：请恢复备份');
  });

  test.each([
    ['the newest', 'O3', ''],
    [
      'another, and the positions closed up',
      'O2',
      'UPDATE events SET position = 2 WHERE position = 3',
    ],
  ])('that lost a whole order, %s, is named by its witness only', async (_, lost, closeUp) => {
    await createThree();
    const heads = new Map<string, string>();
    for (const order of ['O1', 'O2', 'O3']) {
      const { revision, hash } = (await here.json('show', order)).body;
      heads.set(order, `${String(revision)}:${String(hash)}`);
    }
    const database = new DatabaseSync(here.path('payment-orders.db'));
    database.exec(`DELETE FROM events WHERE stream = 'paymentOrder-${lost}'; ${closeUp}`);
    database.close();

    const everything = await here.run('verify', '--all');
    const other = await here.run('verify', 'O1', '--witness', heads.get('O1') ?? '');
    const own = await here.run('verify', lost, '--witness', heads.get(lost) ?? '');

    expect([everything.code, other.code, own.code]).toEqual([0, 0, 3]);
    expect(own.stdout).toContain('NOT ok, 1 fault\n  tail-lost: the witness is at revision 0');
  });

  test('that lost an order between others is named by the gap in its positions', async () => {
    await createThree();
    const database = new DatabaseSync(here.path('payment-orders.db'));
    database.exec("DELETE FROM events WHERE stream = 'paymentOrder-O2'");
    database.close();

    const { code, stdout } = await here.run('verify', '--all');

    expect(code).toBe(3);
    expect(stdout).toContain('position 2 is missing; the next row is at position 3');
  });

  test('is named also where the search for damage fails itself', async () => {
    await createThree();
    overwriteRoot('stream_starts', Buffer.alloc(52));
    const [verify, doctor] = await Promise.all([here.json('verify', '--all'), here.run('doctor')]);
    expect(verify.code).toBe(3);
    expect(JSON.stringify(verify.body['store'])).toContain('malformed');
    expect(doctor.code).toBe(3);
    expect(doctor.stdout).toContain('malformed');
  });

  test('is reported by list beside the orders, which it never hides', async () => {
    await createThree();
    const database = new DatabaseSync(here.path('payment-orders.db'));
    database.exec(`UPDATE events SET metadata = '[]' WHERE stream <> 'paymentOrder-O2'`);
    database.close();
    const [list, json] = await Promise.all([here.run('list'), here.run('list', '--json')]);
    expect([list.code, json.code]).toEqual([3, 3]);
    expect(list.stdout).toMatch(/^O3 .*revision 0 cannot be read/m);
    expect(list.stderr.match(/^error: .*metadata is not a JSON object/gm)).toHaveLength(2);
    expect(list.stderr.match(/^hint: restore a backup/gm)).toHaveLength(1);
    const { orders } = JSON.parse(json.stdout) as { orders: { why: { why: string }[] }[] };
    expect(orders.map(({ why }) => why.map((reason) => reason.why))).toEqual([
      ...[['unreadable'], [], ['unreadable']],
    ]);
  });
});

describe('an absent store', () => {
  test('fails verify --all, which says how its path was read', async () => {
    const [verify, json] = await Promise.all([
      here.run('verify', '--all'),
      here.run('verify', '--all', '--json', '--store', 'sqlite:sub/none.db'),
    ]);
    expect([verify.code, json.code]).toEqual([6, 6]);
    expect(verify.stdout + json.stdout).toBe('');
    expect(verify.stderr).toContain(
      `sqlite:payment-orders.db was read as ${here.path('payment-orders.db')}, and that file does not`,
    );
    expect(verify.stderr).toContain('hint: ');
    expect(json.stderr).toContain('store-unavailable');
    expect(json.stderr).toContain(here.path('sub/none.db'));
  });

  test('lists no orders, with a warning', async () => {
    const { code, stderr } = await here.run('list');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: .* that file does not exist\nno orders\n$/);
    writeFileSync(here.path('empty.db'), '');
    const empty = await here.run('list', '--store', 'sqlite:empty.db');
    expect(empty.stderr).toContain('that file is empty');
  });

  test('is created by work, which says so, and not by work --once', async () => {
    const sandbox = await withSandbox(here);
    const once = await here.run('work', '--once');
    expect(once).toMatchObject({ code: 0, stdout: '0 orders waiting, 0 due and fired\n' });
    expect(once.stderr).toContain('that file does not exist; no order is waiting');
    expect(here.has('payment-orders.db')).toBe(false);
    const working = here.start('work');
    await working.said('working');
    working.stop('SIGTERM');
    expect((await working.ended).stderr).toContain('that file does not exist; it was created');
    expect(here.has('payment-orders.db')).toBe(true);
    await sandbox.close();
  });
});

describe('a store that cannot be used', () => {
  test('is reported with advice in the language of the reader', async () => {
    mkdirSync(here.path('directory'));
    writeFileSync(here.path('notes.txt'), 'not a database '.repeat(90));
    const create = ['create', 'O1', '--process-bill-no', 'F1', '--store'];
    const ends = await Promise.all([
      here.run(...create, 'sqlite:nowhere/x.db'),
      here.run(...create, 'sqlite:directory'),
      here.run(...create, 'sqlite:notes.txt'),
      here.run(...create, 'sqlite:nowhere/x.db', '--lang', 'zh-CN'),
    ]);
    expect(ends.map(({ code }) => code)).toEqual([6, 6, 6, 6]);
    expect(ends.map(({ stderr }) => stderr.split('\n')[1])).toEqual([
      'hint: there is no such directory: create it, or name another file with --store',
      'hint: that is not a file: name one with --store',
      'hint: this file belongs to another program: name another file with --store',
      '提示：该目录不存在。请先创建，或用 --store 指定其他文件',
    ]);
  });

  test('is forgotten with a warning where it is only memory', async () => {
    const [create, list, doctor] = await Promise.all([
      here.run('create', 'O1', '--process-bill-no', 'F1', '--store', 'memory:'),
      here.run('list', '--json', '--store', 'memory:'),
      here.run('doctor', '--store', 'memory:'),
    ]);
    expect(create.code).toBe(0);
    expect(create.stderr).toContain('warning: memory: keeps nothing when this command ends');
    expect(oneDocument(list.stderr)).toHaveProperty('warning.message');
    expect(doctor.stderr).not.toContain('warning');
  });
});
