import { mkdirSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/open-store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { decodeEvent } from '../../src/history/codec.ts';
import { encodeEvent } from '../../src/history/encode.ts';
import type { Desk } from './support.ts';
import { desk, oneDocument } from './support.ts';

let here: Desk;

beforeEach(async () => {
  here = desk();
  await here.run(
    'create',
    'O1',
    '--process-bill-no',
    'F1',
    '--amount',
    '12800',
    '--currency',
    'CNY',
  );
  await here.run('create', 'O2', '--process-bill-no', 'F2', '--lang', 'zh-CN');
  await here.run('start', 'O2');
});

afterEach(() => here.remove());

function edit(sql: string): void {
  const database = new DatabaseSync(here.path('payment-orders.db'));
  database.exec(sql);
  database.close();
}

/** Appends an event that is whole but leads elsewhere than the machine does. */
async function appendDivergent(): Promise<void> {
  const runtime = systemRuntime();
  const store = await openStore(`sqlite:${here.path('payment-orders.db')}`, runtime);
  const last = await store.readLast('paymentOrder-O1');
  if (last === null) throw new Error('O1 was created');
  const { stream, revision, metadata } = decodeEvent(last);
  const { recordedAt, source, $correlationId, machine, hash } = metadata;
  const { prepared } = encodeEvent(
    runtime.newId(),
    { type: 'PaymentStarted' },
    {
      ...{ recordedAt, source, $correlationId, schemaVersion: 1, machine },
      ...{ from: 'created', to: 'paid' },
    },
    { stream, revision: revision + 1, prevHash: hash },
    runtime,
  );
  await store.append(stream, [prepared], revision);
  await store.close();
}

describe('a command that reads', () => {
  test('prints one document with --json, and one on each line with --ndjson', async () => {
    const [show, log, list, lines, events, verify, all] = await Promise.all([
      here.json('show', 'O2'),
      here.json('log', 'O2'),
      here.json('list', '--state', 'paying'),
      here.run('list', '--ndjson'),
      here.run('log', 'O2', '--ndjson'),
      here.json('verify', 'O2'),
      here.json('verify', '--all'),
    ]);
    expect(show).toMatchObject({ code: 0, body: { orderNo: 'O2', state: 'paying', revision: 1 } });
    expect(log.body).toMatchObject({ events: [{ revision: 0 }, { type: 'PaymentStarted' }] });
    expect(list.body).toMatchObject({ orders: [{ orderNo: 'O2' }] });
    const split = (text: string) => text.trimEnd().split('\n').map(oneDocument);
    expect(split(lines.stdout)).toMatchObject([{ orderNo: 'O1' }, { orderNo: 'O2' }]);
    expect(split(events.stdout)).toMatchObject([{ revision: 0 }, { revision: 1 }]);
    expect(verify).toMatchObject({ code: 0, body: { ok: true, events: 2, faults: [] } });
    expect(all.body).toMatchObject({ verifications: [{ orderNo: 'O1' }, { orderNo: 'O2' }] });
  });

  test('shows people a table in which Chinese aligns', async () => {
    const [english, chinese, log] = await Promise.all([
      here.run('list'),
      here.run('list', '--lang', 'zh-CN'),
      here.run('log', 'O2'),
    ]);
    expect(english.stdout).toBe(
      [
        'ORDER  STATE    SINCE    EXPECTED    RECEIVED  ATTEMPTS  LAST RULE  NEXT  WHY',
        'O1     created  < 1 min  128.00 CNY  –         0         –          –     –',
        'O2     paying   < 1 min  –           –         0         –          –     –',
        '',
      ].join('\n'),
    );
    expect(chinese.stdout).toBe(
      [
        '支付单  状态    持续         应收        已收  请求  最近规则  下一步  原因',
        'O1      已创建  不到 1 分钟  128.00 CNY  –     0     –         –       –',
        'O2      支付中  不到 1 分钟  –           –     0     –         –       –',
        '',
      ].join('\n'),
    );
    expect(log.stdout).toMatch(/1 {4}\S+Z {2}PaymentStarted {7}created → paying/);
  });

  test('tells an empty list from a store without orders', async () => {
    const [attention, paid] = await Promise.all([
      here.run('list', '--attention'),
      here.run('list', '--state', 'paid', '--lang', 'zh-CN'),
    ]);

    expect(attention.stderr).toBe('no order matches these options\n');
    expect(paid.stderr).toBe('没有符合条件的支付单\n');
  });

  test('suggests the commands that may come next', async () => {
    const { stdout } = await here.run('show', 'O1', '--store', 'sqlite:payment-orders.db');
    expect(stdout).toContain('--store sqlite:payment-orders.db start O1');
    expect(stdout).toContain('cancel O1 --reason TEXT');
  });

  test('compares a history with a witness that was kept elsewhere', async () => {
    const { body } = await here.json('show', 'O2');
    const witness = `${String(body['revision'])}:${String(body['hash'])}`;
    const [same, other] = await Promise.all([
      here.run('verify', 'O2', '--witness', witness),
      here.json('verify', 'O2', '--witness', `1:${'0'.repeat(64)}`),
    ]);
    expect(same.code).toBe(0);
    expect(other).toMatchObject({ code: 3, body: { faults: [{ code: 'witness-differs' }] } });
  });

  test('ends with 3 for an altered history, and names the place', async () => {
    edit(
      `UPDATE events SET data = '{"orderNo":"O1","processBillNo":"F9"}' WHERE stream LIKE '%O1'`,
    );
    const [one, all, people] = await Promise.all([
      here.json('verify', 'O1'),
      here.json('verify', '--all'),
      here.run('verify', 'O1'),
    ]);
    expect(one).toMatchObject({
      code: 3,
      body: { ok: false, faults: [{ revision: 0, code: 'data-altered' }] },
    });
    expect(all).toMatchObject({ code: 3, body: { verifications: [{ ok: false }, { ok: true }] } });
    expect(people.stdout).toContain('NOT ok');
  });

  test('still shows an altered history, warns of each fault, and ends with 3', async () => {
    edit(
      `UPDATE events SET data = '{"orderNo":"O1","processBillNo":"F9"}' WHERE stream LIKE '%O1'`,
    );
    const [show, log, lines, sound] = await Promise.all([
      here.run('show', 'O1'),
      here.run('log', 'O1'),
      here.run('log', 'O1', '--ndjson'),
      here.run('show', 'O2'),
    ]);
    expect([show, log, lines, sound].map(({ code }) => code)).toEqual([3, 3, 3, 0]);
    expect(show.stdout + log.stdout).toMatch(/Process bill +F9[^]*process bill F9/);
    expect(show.stderr).toBe(
      'warning: data-altered: revision 0: the data is not what was hashed\n',
    );
    expect(log.stderr).toBe(show.stderr);
    expect(oneDocument(lines.stderr)).toMatchObject({
      warning: { code: 'data-altered', stream: 'paymentOrder-O1', revision: 0 },
    });
  });

  test('counts events and orders in singular and plural', async () => {
    const { stdout, stderr } = await here.run('verify', '--all');
    expect(stdout).toMatch(/O1: ok, 1 event, .*\nO2: ok, 2 events, /);
    expect(stderr).toBe('2 orders checked\n');
  });

  test('counts the faults of all orders after the last of them', async () => {
    edit(`UPDATE events SET data = replace(data, 'F1', 'F9') WHERE stream LIKE '%O1'`);
    const { code, stderr } = await here.run('verify', '--all');
    expect({ code, stderr }).toEqual({ code: 3, stderr: '2 orders checked, 1 fault found\n' });
  });

  test('ends with 3 for an unknown event type, whichever command reads it', async () => {
    edit(`UPDATE events SET type = 'Constructor' WHERE stream LIKE '%O1'`);
    const ends = await Promise.all(
      ['show', 'log', 'verify', 'start'].map((c) => here.run(c, 'O1')),
    );
    expect(ends.map(({ code }) => code)).toEqual([3, 3, 3, 3]);
  });

  test('ends with 4 where the machine takes another transition than was recorded', async () => {
    await appendDivergent();
    const [show, verify, start] = await Promise.all([
      here.run('show', 'O1', '--json'),
      here.json('verify', 'O1'),
      here.run('start', 'O1'),
    ]);
    expect([show.code, start.code]).toEqual([4, 4]);
    expect(JSON.parse(show.stderr)).toMatchObject({
      error: { code: 'replay-divergence', stream: 'paymentOrder-O1', revision: 1 },
    });
    expect(verify).toMatchObject({ code: 4, body: { faults: [{ code: 'replay-divergence' }] } });
  });

  test('ends with 6 where the store is another file or a directory', async () => {
    writeFileSync(here.path('notes.txt'), 'not a database, but long enough to look at '.repeat(9));
    mkdirSync(here.path('directory'));
    const ends = await Promise.all([
      here.run('list', '--store', 'sqlite:notes.txt'),
      here.run('show', 'O1', '--store', 'sqlite:directory'),
    ]);
    expect(ends.map(({ code, stdout }) => [code, stdout])).toEqual([
      [6, ''],
      [6, ''],
    ]);
  });

  test('draws the machine and the path of an order', async () => {
    const [machine, order, dot] = await Promise.all([
      here.run('diagram'),
      here.run('diagram', 'O2'),
      here.json('diagram', 'O2', '--format', 'dot'),
    ]);
    expect(machine.stdout).toMatch(/^flowchart TD\n/);
    expect(machine.stdout).not.toContain('==>');
    expect(order.stdout).toContain('state_created ==>|"PaymentStarted"| state_paying');
    expect(dot.body).toMatchObject({ format: 'dot' });
    const table = await here.run('diagram', '--format', 'table');
    expect(table.stdout).toMatch(/\n\| `failed` +\| PaymentSucceeded +\| +\| `paid` +\|\n/);
    expect((await here.run('diagram', 'O2', '--format', 'table')).code).toBe(2);
  });

  test('escapes hostile text of a history in tables and in JSON', async () => {
    const reason = 'ok\u001b[2J\r\n\u202egnp.exe \u009b31m =HYPERLINK("x")';
    await here.run('cancel', 'O2', '--actor', 'a');
    await here.run('paid', 'O2', '--transaction-no', 'T1');
    await here.run('cancel', 'O2', '--actor', 'a', '--reason', reason);
    const [log, json] = await Promise.all([here.run('log', 'O2'), here.run('log', 'O2', '--json')]);
    expect(log.stdout).toContain('ok\\u001b[2J\\r\\n\\u202egnp.exe \\u009b31m');
    expect(json.stdout).not.toMatch(/[\p{Cc}\p{Cf}](?!$)/u);
    expect(JSON.stringify(oneDocument(json.stdout))).toContain(JSON.stringify(reason).slice(1, -1));
  });
});
