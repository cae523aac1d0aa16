import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

let here: Desk;

beforeEach(() => {
  here = desk();
});

afterEach(() => here.remove());

async function twoOrders(): Promise<void> {
  await here.run('create', 'O1', '--process-bill-no', 'F1');
  await here.run('create', 'O2', '--process-bill-no', 'F2');
  await here.run('start', 'O1');
}

/** Makes the store unsound: an event of O1 is changed after it was stored. */
function alterHistory(): void {
  const database = new DatabaseSync(here.path('payment-orders.db'));
  database.exec(`UPDATE events SET data = '{"processBillNo":"F9"}' WHERE position = 1`);
  database.close();
}

describe('payment-order backup', () => {
  test('copies the store, checks the copy, and prints a witness to keep', async () => {
    await twoOrders();

    const { code, stdout, stderr } = await here.run('backup', 'copy.db');

    const shown = (await here.json('show', 'O1')).body as Record<string, unknown>;
    const head = `${String(shown['revision'])}:${String(shown['hash'])}`;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      'backed up: copy.db, 2 orders, 3 events\n' +
        `written to last: O1, head ${head}; keep it elsewhere\n`,
    );
    expect(statSync(here.path('copy.db')).mode & 0o777).toBe(0o600);
    const restored = await here.run('verify', 'O1', '--witness', head, '--store', 'sqlite:copy.db');
    expect(restored.code).toBe(0);
  });

  test('prints one document with --json, and Chinese where that is asked for', async () => {
    await twoOrders();

    const [json, chinese] = await Promise.all([
      here.json('backup', 'a.db'),
      here.run('backup', 'b.db', '--lang', 'zh-CN'),
    ]);

    expect(json).toMatchObject({
      code: 0,
      body: { file: 'a.db', ok: true, orders: 2, events: 3, storeFaults: [], faults: [] },
    });
    expect(json.body['head']).toMatchObject({ orderNo: 'O1', revision: 1 });
    expect(chinese.stdout).toContain('已备份：b.db，2 个支付单，3 个事件');
  });

  test('never replaces a file', async () => {
    await twoOrders();
    await here.run('backup', 'copy.db');

    const { code, stderr } = await here.run('backup', 'copy.db');

    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: FILE: must name a new file, but \S+copy\.db exists/);
  });

  test('needs a store that exists, and a SQLite file', async () => {
    const absent = await here.run('backup', 'copy.db');
    const memory = await here.run('backup', 'copy.db', '--store', 'memory:');

    expect(absent).toMatchObject({ code: 6 });
    expect(absent.stderr).toContain('there is no store');
    expect(memory).toMatchObject({ code: 2 });
    expect(memory.stderr).toContain('back up an EventStoreDB with the tools of its server');
    expect(here.has('copy.db')).toBe(false);
  });

  test('ends by a signal without any part of a copy', async () => {
    await twoOrders();
    mkdirSync(here.path('backups'));

    const code = await run(['backup', 'backups/copy.db'], {
      stdout: { write: () => true },
      stderr: { write: () => true },
      env: {},
      cwd: here.path('.'),
      onSignal: (listener) => {
        listener('SIGINT');
      },
    });

    expect(code).toBe(130);
    expect(readdirSync(here.path('backups'))).toEqual([]);
  });

  test('keeps the copy of a damaged store, names the damage and ends with 3', async () => {
    await twoOrders();
    alterHistory();

    const people = await here.run('backup', 'copy.db');
    const json = await here.json('backup', 'other.db');

    expect(people.code).toBe(3);
    expect(people.stderr).toContain('warning: data-altered: stream paymentOrder-O1: revision 0: ');
    expect(here.has('copy.db')).toBe(true);
    expect(json).toMatchObject({ code: 3, body: { ok: false, orders: 2 } });
  });

  test('is restored by putting it in the place of the store, without the old log', async () => {
    await twoOrders();
    await here.run('backup', 'copy.db');
    await here.run('start', 'O2');

    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(here.path(`payment-orders.db${suffix}`), { force: true });
    }
    renameSync(here.path('copy.db'), here.path('payment-orders.db'));

    expect((await here.run('verify', '--all')).code).toBe(0);
    expect((await here.json('show', 'O2')).body).toMatchObject({ state: 'created' });
    expect((await here.run('start', 'O2')).code).toBe(0);
  });
});

describe('orders.backup', () => {
  test('ends at its signal, with its reason and without a file', async () => {
    const orders = await openPaymentOrders({ store: `sqlite:${here.path('payment-orders.db')}` });
    for (let index = 0; index < 20; index += 1) {
      await orders.create({ orderNo: `O${index}`, processBillNo: 'F1' });
    }
    mkdirSync(here.path('backups'));
    const aborted = orders.backup(here.path('backups/a.db'), { signal: AbortSignal.abort('no') });
    await expect(aborted).rejects.toBe('no');
    const stop = new AbortController();

    const backup = orders.backup(here.path('backups/b.db'), { signal: stop.signal });
    stop.abort('enough');

    await expect(backup).rejects.toBe('enough');
    expect(readdirSync(here.path('backups'))).toEqual([]);
    await orders.close();
  });

  test('is finished before the orders are closed, and refused afterwards', async () => {
    const orders = await openPaymentOrders({ store: `sqlite:${here.path('payment-orders.db')}` });
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });

    const backup = orders.backup(here.path('copy.db'));
    await orders.close();

    expect(await backup).toMatchObject({ ok: true, orders: 1, head: { orderNo: 'O1' } });
    await expect(orders.backup(here.path('other.db'))).rejects.toMatchObject({
      code: 'store-closed',
    });
  });
});

describe('payment-order doctor', () => {
  test('says how far the file lags behind its log', async () => {
    const orders = await openPaymentOrders({ store: `sqlite:${here.path('payment-orders.db')}` });
    // Whoever still needs the view before it keeps the order in the log, however long this takes.
    const reader = new DatabaseSync(here.path('payment-orders.db'), { readOnly: true });
    reader.exec('BEGIN; SELECT 1 FROM events');
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });

    const [people, json] = await Promise.all([here.run('doctor'), here.json('doctor')]);
    reader.close();
    await orders.close();
    const afterwards = await here.run('doctor');

    expect(people.stdout).toMatch(/log of the store +the newest changes \(\d+ pages, \d+ bytes\)/);
    expect(json.body['checks']).toContainEqual(
      expect.objectContaining({ name: 'store-log', ok: true }),
    );
    expect(afterwards.stdout).toContain('the file holds everything');
  });

  test.each([
    [0o644, 'every user of this machine may open it; run chmod 600', 1],
    [0o640, 'its group may open it; unless that is wanted, run chmod 600', 0],
  ])('names files that others may open: %o', async (mode, sentence, code) => {
    await twoOrders();
    copyFileSync(here.path('payment-orders.db'), here.path('it is.db'));
    chmodSync(here.path('it is.db'), mode);

    const doctor = await here.run('doctor', '--store', 'sqlite:it is.db');

    expect(doctor.code).toBe(code);
    expect(doctor.stdout).toContain(sentence);
    expect(doctor.stdout).toMatch(/chmod 600 .*'\S*it is\.db'/);
  });

  test('ends with 3 where somebody planted a trigger, as does verify --all', async () => {
    await twoOrders();
    const database = new DatabaseSync(here.path('payment-orders.db'));
    database.exec('CREATE TRIGGER quiet BEFORE INSERT ON events BEGIN SELECT RAISE(IGNORE); END');
    database.close();

    const ended = await Promise.all(
      [['doctor'], ['verify', '--all'], ['start', 'O2'], ['show', 'O1'], ['backup', 'c.db']].map(
        (args) => here.run(...args),
      ),
    );

    for (const { code, stdout, stderr } of ended) {
      expect(code).toBe(3);
      expect(stdout + stderr).toContain('trigger "quiet" on events does not belong there');
    }
  });
});
