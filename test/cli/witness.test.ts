import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Desk, Json } from './support.ts';
import { desk } from './support.ts';

let here: Desk;
let bank: Json;

beforeEach(async ({ onTestFinished }) => {
  here = desk();
  onTestFinished(here.remove);
  const { body: log } = await here.json('tlog', 'keygen', '--out', 'log.key', '--name', 'shop/log');
  ({ body: bank } = await here.json(
    ...['tlog', 'keygen', '--out', 'bank.key', '--name', 'bank', '--witness'],
  ));
  writeFileSync(here.path('logs'), `${String(log['trustLine'])}\nquorum none\n`);
  writeFileSync(
    here.path('trust'),
    `${String(log['trustLine'])}\n${String(bank['trustLine'])}\nquorum bank\n`,
  );
  await here.run('create', 'O1', '--process-bill-no', 'F1', '--actor', 'service:shop');
});

const serve = ['witness', 'serve', '--key', 'bank.key', '--trust', 'logs', '--state', 'bank.state'];

describe('witness serve', () => {
  test('prints where it answers and by which key, until a signal', async () => {
    const running = here.start(...serve, '--port', '0');
    const said = await running.said('line for a trust file');
    await running.said('Stop it with Ctrl-C');
    running.stop('SIGINT');
    const { code, stderr } = await running.ended;

    expect(code).toBe(130);
    expect(said).toBe(
      `public key: ${String(bank['vkey'])}\n` +
        `line for a trust file: witness bank ${String(bank['vkey'])} ${urlIn(stderr)}\n`,
    );
    expect(statSync(here.path('bank.state')).mode & 0o777).toBe(0o600);
  });

  test('cosigns what it has not seen, and remembers it over a restart', async () => {
    const first = await asked(['--out', 'a']);
    await here.run('create', 'O2', '--process-bill-no', 'F2');
    const second = await asked(['--out', 'b']);

    expect(first.stdout).toMatch(/^cosigned by bank, 2\S+Z: bank\+/m);
    expect(second.stdout).toMatch(/^shop\/log: checkpoint over 2 events$/m);
    expect(second.stdout).toMatch(/^cosigned by bank, /m);
    expect([first, second]).toMatchObject([
      ...[first, second].map(() => ({ code: 0, stderr: '' })),
    ]);
    expect(readFileSync(here.path('b'), 'utf8')).toMatch(/\n— shop\/log \S+\n— bank \S+\n$/);
  });

  test('speaks Chinese, and gives programs one document', async () => {
    const chinese = here.start(...serve, '--port', '0', '--lang', 'zh-CN');
    await chinese.said('按 Ctrl-C 停止');
    chinese.stop('SIGTERM');
    const programs = here.start(...serve, '--port', '0', '--json');
    const document = JSON.parse(await programs.said('}\n')) as Json;
    programs.stop('SIGTERM');

    expect((await chinese.ended).stdout).toContain('可写入信任文件的一行：witness bank bank+');
    expect(await programs.ended).toMatchObject({ code: 143, stderr: '' });
    expect(document).toMatchObject({ vkey: bank['vkey'], isNew: false });
    expect(document['trustLine']).toBe(
      `witness bank ${String(bank['vkey'])} ${String(document['url'])}`,
    );
  });

  test('refuses what it cannot use before it listens', async () => {
    const other = here.start(...serve, '--port', '0', '--json');
    const { url } = JSON.parse(await other.said('}\n')) as { readonly url: string };
    writeFileSync(here.path('empty'), '# nobody\n');
    const using = (option: string, value: string) =>
      here.run(...serve.flatMap((part, at, all) => (all[at - 1] === option ? [value] : [part])));

    const ends = [
      await using('--key', 'log.key'),
      await using('--key', 'absent.key'),
      await using('--trust', 'absent'),
      await using('--trust', 'empty'),
      await using('--state', 'trust'),
      await here.run(...serve, '--port', new URL(url).port),
      await here.run(...serve, '--port', '70000'),
      await here.run(...serve, '--host', '192.0.2.1', '--port', '0'),
      await here.run('witness', 'serve', '--key', 'bank.key', '--trust', 'logs'),
    ];
    other.stop('SIGTERM');
    await other.ended;

    expect(ends.map(({ stdout }) => stdout).join('')).toBe('');
    expect(ends.map(({ code, stderr }) => `${String(code)} ${stderr.trimEnd()}`)).toEqual([
      expect.stringContaining('2 error: --key: is the key of a log'),
      expect.stringContaining('2 error: --key: cannot be opened (ENOENT)'),
      expect.stringContaining('2 error: --trust cannot be read (ENOENT)'),
      expect.stringContaining('2 error: --trust: '),
      expect.stringContaining('2 error: --state: '),
      expect.stringMatching(/^2 error: port \d+ is taken; give another with --port$/),
      expect.stringContaining('2 error: --port must be a number'),
      expect.stringContaining('2 error: --host and --port cannot be listened on (EADDRNOTAVAIL)'),
      expect.stringContaining('2 error: required option'),
    ]);
  });
});

function urlIn(stderr: string): string {
  return /http:\/\/127\.0\.0\.1:\d+/.exec(stderr)?.[0] ?? 'none';
}

/** One checkpoint, with a witness that runs meanwhile. */
async function asked(more: readonly string[]) {
  const running = here.start(...serve, '--port', '0');
  await running.said('Stop it with Ctrl-C');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(await running.said('http://'))?.[0] ?? 'none';
  const signed = await here.run(
    ...['tlog', 'checkpoint', '--key', 'log.key', '--trust', 'trust', '--witness', url, ...more],
  );
  running.stop('SIGTERM');
  await running.ended;
  return signed;
}
