import { readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Desk, Json } from './support.ts';
import { desk } from './support.ts';

let here: Desk;

/** Two orders, a checkpoint of their four events as `kept`, and the trust files `log` and `both`. */
beforeEach(async ({ onTestFinished }) => {
  here = desk();
  onTestFinished(here.remove);
  for (const order of ['O1', 'O2']) {
    await here.run('create', order, '--process-bill-no', 'F1', '--actor', 'service:shop');
    await here.run('start', order, '--actor', 'service:shop');
  }
  const keygen = ['tlog', 'keygen', '--out'];
  const { body: log } = await here.json(...keygen, 'log.key', '--name', 'shop/log');
  const { body: bank } = await here.json(...keygen, 'bank.key', '--name', 'bank', '--witness');
  const [ofLog, ofBank] = [String(log['trustLine']), String(bank['trustLine'])];
  writeFileSync(here.path('log'), `${ofLog}\nquorum none\n`);
  writeFileSync(here.path('both'), `${ofLog}\n${ofBank}\nquorum bank\n`);
  await here.run('tlog', 'checkpoint', '--key', 'log.key', '--out', 'kept');
});

const verify = (...more: readonly string[]) =>
  here.run('verify', '--all', '--checkpoint', 'kept', ...more);

function alterKept(from: RegExp | string, to: string): void {
  const note = readFileSync(here.path('kept'), 'utf8');
  writeFileSync(here.path('kept'), note.replace(from, to));
}

describe('verify --all --checkpoint', () => {
  test('says without a trust file that nobody vouches, in both languages', async () => {
    await here.run('create', 'O3', '--process-bill-no', 'F1');

    const [english, chinese] = [await verify(), await verify('--lang', 'zh-CN')];

    expect(english.code).toBe(0);
    expect(english.stdout).toMatch(
      /^log: ok, its first 4 events agree with the checkpoint of shop\/log\nconsistent in itself, nobody vouches: .* proves nothing against those who can write there\n1 event recorded after the checkpoint: unwitnessed\n/m,
    );
    expect(chinese.code).toBe(0);
    expect(chinese.stdout).toMatch(
      /^日志：前 4 个事件与 shop\/log 的检查点一致\n自身前后一致，但没有外部印证：.*\n检查点之后又记录了 1 个事件，未经见证\n/m,
    );
    expect(english.stdout).not.toContain('complete');
  });

  test('names who signed by their whole keys, and calls the owner no witness', async () => {
    const [english, chinese] = [
      await verify('--trust', 'log'),
      await verify('--trust', 'log', '--lang', 'zh-CN'),
    ];

    expect([english.code, chinese.code]).toEqual([0, 0]);
    expect(english.stdout).toMatch(
      /^log: ok, these 4 events are unaltered since the checkpoint that shop\/log signed\n {2}signed by nobody but the owner of the log, which is a claim: shop\/log\+[0-9a-f]{8}\+\S+\n$/m,
    );
    expect(chinese.stdout).toContain('自 shop/log 签署该检查点以来，这 4 个事件未被改动\n');
    expect(chinese.stdout).toContain('只是其单方声明：shop/log+');
  });

  test('ends with 3 where too few have signed', async () => {
    const missing = await verify('--trust', 'both');

    expect(missing.code).toBe(3);
    expect(missing.stdout).toMatch(
      /^log: NOT ok, 1 fault\n {2}not-vouched: the checkpoint .*\n {2}the first 4 events have the hashes that the checkpoint covers: what it lacks is signatures\n/m,
    );
    expect(missing.stdout).not.toContain('nobody vouches');
  });

  test('calls no event unaltered where one was altered under its old hash', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    using database = new DatabaseSync(here.path('payment-orders.db'));
    database.exec(`UPDATE events SET data = replace(data, '"F1"', '"F2"') WHERE revision = 0`);

    const [english, chinese] = [
      await verify('--trust', 'log'),
      await verify('--trust', 'log', '--lang', 'zh-CN'),
    ];

    expect([english.code, chinese.code]).toEqual([3, 3]);
    expect(english.stdout).toMatch(/^log: its first 4 events have the hashes .* other faults/m);
    expect(english.stdout).not.toContain('unaltered');
    expect(chinese.stdout).toMatch(/^日志：前 4 个事件的哈希与检查点一致；但另有错误/m);
  });

  test('names a stream of a name that no store reads, and goes on', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    using database = new DatabaseSync(here.path('payment-orders.db'));
    database.exec("UPDATE events SET stream = stream || char(0) WHERE stream LIKE '%-O1'");

    const { code, stdout } = await verify();

    expect(code).toBe(3);
    expect(stdout).toMatch(/^ {2}invalid-name: stream paymentOrder-O1\S+: no order can have/m);
    expect(stdout).toMatch(/^O2: ok, 2 events/m);
    expect(stdout).toMatch(/^log: its first 4 events have the hashes/m);
  });

  test('ends with 3 where the store is not what the checkpoint covers', async () => {
    alterKept(/\n\S{44}\n/, `\n${'A'.repeat(43)}=\n`);
    const differs = await verify();
    alterKept('\n4\n', '\n9\n');
    const shorter = await verify('--lang', 'zh-CN');

    expect(differs.code).toBe(3);
    expect(differs.stdout).toMatch(
      /^log: NOT ok, 2 faults\n {2}log-differs: .*\n {2}log-differs: the first event that differs has an index from 0 to 3/m,
    );
    expect(shorter.code).toBe(3);
    expect(shorter.stdout).toMatch(/^日志：核验未通过，错误 \d+ 处\n {2}log-shorter: /m);
  });

  test('gives programs the log as a member, and only where it was asked for', async () => {
    const args = ['verify', '--all', '--checkpoint', 'kept', '--trust', 'log'];
    const json = await here.json(...args);
    const { stdout } = await here.run(...args, '--ndjson');
    const without = await here.json('verify', '--all');

    const log = {
      ...{ ok: true, size: 4, vouched: true, faults: [] },
      checkpoint: { origin: 'shop/log', size: 4 },
      signedBy: { witnesses: [] },
    };
    expect(json).toMatchObject({ code: 0, body: { verifications: [{}, {}], store: [], log } });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ store: [], log });
    expect(without.body).not.toHaveProperty('log');
  });

  test('refuses what is no checkpoint and no trust file before it reads the store', async () => {
    const ends = [
      await here.run('verify', '--all', '--checkpoint', 'log'),
      await verify('--trust', 'kept'),
      await verify('--trust', 'absent'),
      await verify('--leaves', 'absent'),
    ];

    expect(ends.map(({ code, stdout }) => [code, stdout])).toEqual(ends.map(() => [2, '']));
    expect(ends[0]?.stderr).toMatch(/^error: --checkpoint: must /);
    expect(ends[1]?.stderr).toMatch(/^error: --trust: /);
    expect(ends[2]?.stderr).toMatch(/^error: --trust cannot be read/);
    expect(ends[3]?.stderr).toMatch(/^error: --leaves/);
  });

  test('stops before the log where --first found a fault', async () => {
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(here.path('payment-orders.db'));
    database.exec("UPDATE events SET type = 'PaymentDeclined' WHERE position = 2");
    database.close();

    const first = await verify('--first');

    expect(first.code).toBe(3);
    expect(first.stdout).not.toContain('log: ');
    expect(first.stderr).toContain('stopped at the first fault');
  });
});

describe('verify --bundle --trust', () => {
  const verifyBundle = (...more: readonly string[]) =>
    here.run('verify', '--bundle', 'evidence', ...more);

  test('says up to where the log speaks, and what came after it', async () => {
    await here.run('cancel', 'O1', '--no-wait');
    await here.run('failed', 'O1', '--actor', 'service:shop');
    const exported = await here.run('export', 'O1', '--bundle', 'evidence', '--actor', 'li.wei');

    const [english, chinese, json, alone] = [
      await verifyBundle('--trust', 'log'),
      await verifyBundle('--trust', 'log', '--lang', 'zh-CN'),
      await here.json('verify', '--bundle', 'evidence', '--trust', 'log'),
      await verifyBundle(),
    ];

    expect(exported.stdout).toContain('a proof from the log over all orders is included\n');
    expect(english.code).toBe(0);
    const [first, second, third, fourth] = english.stdout.split('\n');
    expect(first).toMatch(/^O1: proven, 3 events, head 2:/);
    expect(second).toBe(
      'the events up to revision 1 are unaltered since the checkpoint that shop/log signed',
    );
    expect(third).toMatch(/^ {2}signed by nobody but the owner of the log, which is a claim: shop/);
    expect(fourth).toBe('revision 2 is unwitnessed: it is not covered by the checkpoint');
    expect(chinese.stdout).toContain('自 shop/log 签署该检查点以来，截至版次 1 的事件未被改动\n');
    expect(chinese.stdout).toContain('版次 2 不在检查点之内，未经见证\n');
    expect(json.body).toMatchObject({ vouchedTo: 1, log: { revision: 1, unwitnessed: 1 } });
    expect(alone).toMatchObject({ code: 0 });
    expect(alone.stdout.split('\n').slice(1, 3)).toEqual([
      expect.stringMatching(/^consistent in itself, nobody vouches: /),
      'a proof from the log bears these names, which count with --trust FILE alone: shop/log',
    ]);
  });

  test('ends with 3 where too few have signed, and proves a shorter export too', async () => {
    await here.run('export', 'O1', '--bundle', 'evidence', '--actor', 'li.wei');
    const few = await verifyBundle('--trust', 'both');
    await here.run('export', 'O1', '--as-of', '0', '--bundle', 'none', '--actor', 'li.wei');
    const early = await here.run('verify', '--bundle', 'none', '--trust', 'log');

    expect(few.code).toBe(3);
    expect(few.stdout).toMatch(/^O1: NOT proven, 1 fault/);
    expect(few.stdout).toContain('not-vouched: ');
    expect(few.stdout).not.toContain('nobody vouches');
    expect(early).toMatchObject({ code: 0 });
    expect(early.stdout).toContain('the events up to revision 0 are unaltered since');
  });

  test('takes the proof by a checkpoint that was named, or none where none covers it', async () => {
    await here.run('create', 'O9', '--process-bill-no', 'F9');
    const bundle = ['export', 'O9', '--actor', 'li.wei', '--bundle'];

    const without = await here.json(...bundle, 'none');
    const missed = await here.run(...bundle, 'missed');
    const unproven = await here.run('verify', '--bundle', 'none', '--trust', 'log');
    const refused = await here.run(...bundle, 'refused', '--checkpoint', 'kept');
    await here.run('tlog', 'checkpoint', '--key', 'log.key', '--out', 'later');
    const covered = await here.json(...bundle, 'covered', '--checkpoint', 'later');

    const files = (body: Json) => (body as { readonly files: readonly string[] }).files;
    expect(files(without.body).filter((name) => name.endsWith('.tlog-proof'))).toEqual([]);
    expect(missed.stderr).toMatch(
      /warning: no proof from the log over all orders is included, for/,
    );
    expect(unproven.code).toBe(3);
    expect(unproven.stdout).toContain('not-vouched: ');
    expect(refused.code).toBe(5);
    expect(here.has('refused')).toBe(false);
    expect(files(covered.body)).toContain('revision-0.tlog-proof');
    expect(await here.run(...bundle, 'covered', '--force')).toMatchObject({ code: 0 });
  });
});

test('export says nothing of a log where no checkpoint was ever signed', async ({
  onTestFinished,
}) => {
  const other = desk();
  onTestFinished(other.remove);
  await other.run('create', 'O1', '--process-bill-no', 'F1', '--actor', 'service:shop');

  const { code, stderr } = await other.run('export', 'O1', '--html', 'x.html');

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

describe('export --html --trust', () => {
  const html = (...more: readonly string[]) => here.run('export', 'O1', '--html', ...more);

  test('lets the report show the proof, and the keys to check it by', async () => {
    const trusted = await html('trusted.html', '--trust', 'log');
    const plain = await html('plain.html', '--checkpoint', 'kept');

    expect([trusted.code, plain.code]).toEqual([0, 0]);
    expect(trusted.stdout).toContain('a proof from the log over all orders is included\n');
    const [vkey = 'none'] = /shop\/log\+\S+/.exec(readFileSync(here.path('log'), 'utf8')) ?? [];
    const textOf = (name: string) => readFileSync(here.path(name), 'utf8');
    expect(textOf('trusted.html')).toContain(vkey);
    expect(textOf('plain.html')).toContain('c2sp.org/tlog-proof@v1');
    expect(textOf('plain.html')).not.toContain(vkey);
  });

  test('warns where fewer signed than the trust file demands, as the report says', async () => {
    const short = await html('short.html', '--trust', 'both');
    const enough = await html('enough.html', '--trust', 'log');

    expect([short.code, enough.code]).toEqual([0, 0]);
    expect(short.stderr).toContain('warning: the checkpoint is not signed as your trust file');
    expect(enough.stderr).toBe('');
  });

  test('is refused for a package, and where no checkpoint covers an event', async () => {
    await here.run('create', 'O9', '--process-bill-no', 'F9');

    const bundle = await here.run('export', 'O1', '--bundle', 'x', '--trust', 'log');
    const early = await here.run('export', 'O9', '--html', 'x.html', '--trust', 'log');
    const fixtures = await here.run('export', '--fixtures', 'x', '--checkpoint', 'kept');

    expect([bundle.code, early.code, fixtures.code]).toEqual([2, 5, 2]);
    expect(bundle.stderr).toContain('--trust can only be used with --html');
    expect(early.stderr).toContain('no checkpoint covers any of the events');
    expect(fixtures.stderr).toContain('--checkpoint can only be used with ORDER');
    expect([here.has('x'), here.has('x.html')]).toEqual([false, false]);
  });
});
