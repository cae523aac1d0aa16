import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Desk } from './support.ts';
import { desk } from './support.ts';

let here: Desk;

beforeEach(({ onTestFinished }) => {
  here = desk();
  onTestFinished(here.remove);
});

const read = (name: string) => readFileSync(here.path(name), 'utf8');

/** A store of two orders, the key of its log, and a trust file that names that key alone. */
async function aLog(): Promise<{ readonly vkey: string }> {
  for (const order of ['O1', 'O2']) {
    await here.run('create', order, '--process-bill-no', 'F1', '--actor', 'service:shop');
    await here.run('start', order, '--actor', 'service:shop');
  }
  const { body } = await here.json('tlog', 'keygen', '--out', 'log.key', '--name', 'shop/log');
  writeFileSync(here.path('log.trust'), `${String(body['trustLine'])}\nquorum none\n`);
  return { vkey: String(body['vkey']) };
}

describe('tlog keygen', () => {
  test.each([
    ['log', [], /^payment-order-log\/[0-9a-f]{16}$/],
    ['witness', ['--witness'], /^payment-order-witness\/[0-9a-f]{16}$/],
  ] as const)('writes the key of a %s for its owner alone', async (kind, more, name) => {
    const made = await here.json('tlog', 'keygen', '--out', 'a.key', ...more);

    expect(made).toMatchObject({ code: 0, body: { file: 'a.key', kind } });
    const { vkey, trustLine } = made.body;
    expect(String(made.body['name'])).toMatch(name);
    expect(read('a.key')).toMatch(/^PRIVATE\+KEY\+\S+\n$/);
    expect(statSync(here.path('a.key')).mode & 0o777).toBe(0o600);
    expect(String(trustLine)).toBe(
      kind === 'log'
        ? `log ${String(vkey)}`
        : `witness ${String(made.body['name'])} ${String(vkey)}`,
    );
  });

  test('shows the public key and the line of a trust file, in both languages, and no secret', async () => {
    const english = await here.run('tlog', 'keygen', '--out', 'en.key', '--name', 'shop/log');
    const chinese = await here.run(
      ...['tlog', 'keygen', '--out', 'zh.key', '--witness', '--name', 'bank', '--lang', 'zh-CN'],
    );

    expect(english.stdout).toMatch(
      /^written: en\.key, the private key of a log; keep it secret\npublic key: (shop\/log\+[0-9a-f]{8}\+\S+)\nline for a trust file: log \1\n$/,
    );
    expect(chinese.stdout).toMatch(
      /^已写出：zh\.key，见证方的私钥，请妥善保密\n公钥：(bank\+\S+)\n可写入信任文件的一行：witness bank \1\n$/,
    );
    expect(english.stderr).toBe('next:\n  payment-order tlog checkpoint --key en.key --out FILE\n');
    expect(chinese.stderr).toContain('witness serve --key zh.key --trust FILE --state FILE\n');
    for (const [shown, file] of [
      [english, 'en.key'],
      [chinese, 'zh.key'],
    ] as const) {
      // Base64 may have a '+' too.
      const secret = read(file).trim().split('+').slice(4).join('+');
      expect(shown.stdout + shown.stderr).not.toContain(secret);
    }
  });

  test('never writes over a file, and refuses a name that no key may have', async () => {
    writeFileSync(here.path('a.key'), 'mine');

    const taken = await here.run('tlog', 'keygen', '--out', 'a.key');
    const odd = await here.run('tlog', 'keygen', '--out', 'b.key', '--name', 'a b');
    const missing = await here.run('tlog', 'keygen');

    expect([taken.code, odd.code, missing.code]).toEqual([2, 2, 2]);
    expect(taken.stderr).toContain('a.key exists already: name a new file, for a key is never');
    expect(odd.stderr).toContain('--name: must be');
    expect(read('a.key')).toBe('mine');
    expect(readdirSync(here.directory)).toEqual(['a.key']);
  });

  test('refuses a private key on the command line without repeating it', async () => {
    await here.run('tlog', 'keygen', '--out', 'a.key');
    const secret = read('a.key').trim();

    const refused = await here.run('tlog', 'checkpoint', '--key', secret);

    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('an argument holds the key of a log or a witness');
    expect(refused.stderr).not.toContain(secret.split('+').at(-1));
  });
});

describe('tlog checkpoint', () => {
  test('signs, stores and writes the note, and says what it covers', async () => {
    const { vkey } = await aLog();

    const signed = await here.run(
      'tlog',
      'checkpoint',
      '--key',
      'log.key',
      '--out',
      'a.checkpoint',
    );

    expect(signed).toMatchObject({ code: 0, stderr: '' });
    expect(signed.stdout).toMatch(
      /^shop\/log: checkpoint over 4 events\nroot [0-9a-f]{64}\nwritten: a\.checkpoint\n$/,
    );
    expect(read('a.checkpoint')).toMatch(/^shop\/log\n4\n\S{44}\n\n— shop\/log \S+\n$/);
    expect(statSync(here.path('a.checkpoint')).mode & 0o777).toBe(0o600);
    expect(vkey).toMatch(/^shop\/log\+/);
  });

  test('says that one that stands only in the store proves nothing', async () => {
    await aLog();

    const [english, chinese] = [
      await here.run('tlog', 'checkpoint', '--key', 'log.key'),
      await here.run('tlog', 'checkpoint', '--key', 'log.key', '--lang', 'zh-CN'),
    ];

    expect([english.code, chinese.code]).toEqual([0, 0]);
    expect(english.stderr).toContain('stands only in the store, so it proves nothing against');
    expect(chinese.stderr).toContain('该检查点只在本存储中');
    expect(chinese.stdout).toContain('上一个检查点之后没有新事件，沿用该检查点\n');
  });

  test('replaces an earlier checkpoint, and gives the one that still holds again', async () => {
    await aLog();
    const checkpoint = ['tlog', 'checkpoint', '--key', 'log.key', '--out', 'a.checkpoint'];
    const first = await here.json(...checkpoint);
    const again = await here.json(...checkpoint);
    const before = read('a.checkpoint');
    await here.run('create', 'O3', '--process-bill-no', 'F1');

    const later = await here.json(...checkpoint);

    expect(first.body).toMatchObject({ size: 4, isNew: true, cosignedBy: [], missing: [] });
    expect(again.body).toMatchObject({ size: 4, isNew: false, note: first.body['note'] });
    expect(later.body).toMatchObject({ size: 5, isNew: true, file: 'a.checkpoint' });
    expect(before).toBe(first.body['note']);
    expect(read('a.checkpoint')).toBe(later.body['note']);
  });

  test('refuses what it cannot use before anything is stored', async () => {
    await aLog();
    await here.run('tlog', 'keygen', '--out', 'bank.key', '--witness');
    writeFileSync(here.path('open.key'), read('log.key'));
    chmodSync(here.path('open.key'), 0o644);
    mkdirSync(here.path('keys'));
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['--witness can only be used with --trust', ['--key', 'log.key', '--witness', 'http://a']],
      ['--key: is the key of a witness', ['--key', 'bank.key']],
      ['--key: ', ['--key', 'open.key']],
      ['--key: cannot be opened (ENOENT)', ['--key', 'absent.key']],
      ['--trust cannot be read (ENOENT)', ['--key', 'log.key', '--trust', 'absent']],
      ['--trust: ', ['--key', 'log.key', '--trust', 'log.key']],
      ['absent/a cannot be written: ENOENT', ['--key', 'log.key', '--out', 'absent/a']],
      ['keys cannot be written: it is a link', ['--key', 'log.key', '--out', 'keys']],
      ['--key must not be empty', ['--key', '']],
      ['--witness must not be empty', ['--key', 'log.key', '--witness', '']],
    ];

    for (const [says, args] of cases) {
      const refused = await here.run('tlog', 'checkpoint', ...args);
      expect({ args, code: refused.code, stdout: refused.stdout }).toEqual({
        args,
        code: 2,
        stdout: '',
      });
      expect(refused.stderr).toContain(says);
    }
    expect(await here.json('tlog', 'checkpoint', '--key', 'log.key')).toMatchObject({
      body: { isNew: true },
    });
  });

  test('makes no store where there is none', async () => {
    await here.run('tlog', 'keygen', '--out', 'log.key');

    const refused = await here.run('tlog', 'checkpoint', '--key', 'log.key');

    expect(refused).toMatchObject({ code: 6, stdout: '' });
    expect(readdirSync(here.directory)).toEqual(['log.key']);
  });

  test('ends with 1 where a witness did not cosign, and names it', async () => {
    await aLog();
    const url = 'http://127.0.0.1:1/';

    const signed = await here.run(
      ...['tlog', 'checkpoint', '--key', 'log.key', '--out', 'a', '--trust', 'log.trust'],
      ...['--witness', url],
    );

    expect(signed.code).toBe(1);
    expect(signed.stdout).toContain(`NOT cosigned by ${url}: `);
    expect(signed.stderr).toContain(
      'is signed and stored, but 1 cosignature of a witness is missing',
    );
    expect(read('a')).toContain('— shop/log ');
  });
});

describe('a signal during tlog checkpoint', () => {
  test('ends the waiting for a witness, and what was signed stays', async ({ onTestFinished }) => {
    await aLog();
    const asked = Promise.withResolvers<undefined>();
    const silent = createServer(() => {
      asked.resolve(undefined);
    });
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    // A server that listens on a port has such an address.
    const { port } = silent.address() as AddressInfo;

    const running = here.start(
      ...['tlog', 'checkpoint', '--key', 'log.key', '--out', 'kept', '--trust', 'log.trust'],
      ...['--witness', `http://127.0.0.1:${port}/`],
    );
    await asked.promise;
    running.stop('SIGINT');
    const { code, stdout } = await running.ended;

    expect(code).toBe(130);
    expect(stdout).toContain('shop/log: checkpoint over 4 events\n');
    expect(read('kept')).toMatch(/^shop\/log\n4\n/);
  });
});

describe('tlog proof and tlog consistency', () => {
  test('print what others check, as it is', async () => {
    await aLog();
    await here.run('tlog', 'checkpoint', '--key', 'log.key', '--out', 'old');
    await here.run('create', 'O3', '--process-bill-no', 'F1');
    await here.run('tlog', 'checkpoint', '--key', 'log.key', '--out', 'new');

    const [newest, first, json, body] = [
      await here.run('tlog', 'proof', 'O3'),
      await here.run('tlog', 'proof', 'O1', '0', '--checkpoint', 'old'),
      await here.json('tlog', 'proof', 'O1', '0', '--checkpoint', 'old'),
      await here.json('tlog', 'consistency', 'old', 'new'),
    ];
    const sizes = await here.run('tlog', 'consistency', '4', '5');

    expect([newest.code, first.code, json.code, body.code]).toEqual([0, 0, 0, 0]);
    expect(newest.stdout).toContain(read('new'));
    expect(first.stdout).toContain(read('old'));
    expect(json.body).toEqual({
      ...{ orderNo: 'O1', index: 0, origin: 'shop/log', size: 4, proof: first.stdout },
    });
    expect(body.body).toEqual({ body: sizes.stdout });
    expect(sizes.stdout).toMatch(/^old 4\n/);
    expect(sizes.stdout).toContain(read('new'));
  });

  test('refuse what is no order, no event and no checkpoint', async () => {
    await aLog();
    const early = await here.run('tlog', 'proof', 'O1');
    await here.run('tlog', 'checkpoint', '--key', 'log.key', '--out', 'old');

    const ends = [
      await here.run('tlog', 'proof', 'O9'),
      await here.run('tlog', 'proof', '../O1'),
      await here.run('tlog', 'proof', 'O1', 'x'),
      await here.run('tlog', 'proof', 'O1', '77'),
      await here.run('tlog', 'proof', 'O1', '--checkpoint', 'log.key'),
      await here.run('tlog', 'consistency', '1', '3'),
      await here.run('tlog', 'consistency', 'absent', '4'),
    ];

    expect(early.code).toBe(5);
    expect(ends.map(({ code }) => code)).toEqual([5, 2, 2, 2, 2, 5, 2]);
    expect(ends.map(({ stdout }) => stdout).join('')).toBe('');
    expect(ends[2]?.stderr).toContain('REV: must be');
    expect(ends[3]?.stderr).toContain('REV: must be at most 1');
    expect(ends[4]?.stderr).toContain('--checkpoint: must');
    expect(ends[6]?.stderr).toContain('A or B cannot be read (ENOENT)');
  });
});
