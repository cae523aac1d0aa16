import { chmodSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Desk, Ended } from './support.ts';
import { desk, withSandbox } from './support.ts';

let here: Desk;

beforeAll(async () => {
  here = desk();
  await here.run('create', 'O1', '--process-bill-no', 'F1');
  await (await withSandbox(here)).close();
});

afterAll(() => here.remove());

async function expectUsage(runs: readonly Promise<Ended>[]): Promise<void> {
  const ends = await Promise.all(runs);
  expect(ends.map(({ code, stderr }) => [code, stderr.split('\n').length])).toEqual(
    ends.map(() => [2, 2]),
  );
  expect(ends.map(({ stdout }) => stdout).join('')).toBe('');
}

async function expectNothingStored(): Promise<void> {
  const { body } = await here.json('list');
  expect(body).toMatchObject({ orders: [{ orderNo: 'O1', revision: 0 }] });
}

describe('bad input', () => {
  test.each([
    ['an id that is a path', ['..', '.', '%2e%2e', '../../x', '$all']],
    ['an id that is an option or a file', ['-rf', '@file', '']],
    ['an id that hides something', ['O1\n', 'Ｏ１', 'O\u200b1', 'O\u{301}', '__proto__']],
    ['an id that is too long', ['O'.repeat(33)]],
  ])('ends with 2 and stores nothing: %s', async (_what, ids) => {
    await expectUsage(ids.map((id) => here.run('create', id, '--process-bill-no', 'F1')));
    await expectUsage(ids.slice(0, 1).map((id) => here.run('show', '--', id)));
    await expectNothingStored();
  });

  test('ends with 2 for amounts that are not whole minor units', async () => {
    const amounts = ['1e400', '-0', '12.505', ' 12', '9007199254740993', '0', '-1', 'NaN', '0x10'];
    await expectUsage([
      ...amounts.map((amount) =>
        here.run(
          ...['create', 'O2', '--process-bill-no', 'F1', '--amount', amount, '--currency', 'CNY'],
        ),
      ),
      here.run('create', 'O2', '--process-bill-no', 'F1', '--amount', '1'),
      here.run('create', 'O2', '--process-bill-no', 'F1', '--currency', 'CNY'),
      here.run('create', 'O2', '--process-bill-no', 'F1', '--amount', '1', '--currency', 'XQZ'),
      here.run('create', 'O2', '--process-bill-no', 'F1', '--amount', '1', '--currency', 'cn'),
    ]);
    await expectNothingStored();
  });

  test('ends with 2 for times without offset, and for days that do not exist', async () => {
    const times = ['2026-11-23T10:02:03', '2024-02-30T00:00:00Z', 'yesterday', '1700000000'];
    await expectUsage(times.map((time) => here.run('failed', 'O1', '--occurred-at', time)));
    await expectNothingStored();
  });

  test('ends with 2 and one sentence for arguments that no command has', async () => {
    await expectUsage([
      ...[here.run('replay'), here.run('export', 'O1'), here.run('show')],
      ...[here.run('show', 'O1', 'O2'), here.run('show', 'O1', '--as-of', 'x')],
      ...[here.run('list', '--state', 'toString'), here.run('diagram', '--format', 'png')],
      ...[here.run('refunded', 'O1'), here.run('resolve', 'O1', 'cancelled')],
      ...[here.run('resolve', 'O1', 'maybe', '--evidence', 'x')],
      ...[here.run('resolve', 'O1', 'paid', '--evidence', '', '--actor', 'a')],
      ...[here.run('acknowledge', 'O1', 'one'), here.run('acknowledge', 'O1', '0')],
      ...[here.run('verify'), here.run('verify', 'O1', '--all')],
      ...[here.run('verify', 'O1', '--witness', '1:xyz'), here.run('list', '--lang', 'fr')],
      ...[here.run('start', 'O1', '--actor', 'a\nb'), here.run('start', 'O1', '--command-id', '')],
      ...[
        here.run('list', '--store', 'postgres://u:secret@h/d'),
        here.run('sandbox', '--port', 'x'),
      ],
      ...[here.run('cancel', 'O1', '--reason', 'x'.repeat(513))],
      ...[here.run('cancel', 'O1', '--attempt-limit-ms', '9000', '--attempt-deadline-ms', '10000')],
    ]);
    await expectNothingStored();
  });

  test('ends with 2 and shows help on stderr where no command is given', async () => {
    const { code, stdout, stderr } = await here.run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: payment-order');
    expect(await here.run('--help')).toMatchObject({ code: 0, stderr: '' });
  });

  test('is reported with the option it belongs to', async () => {
    const http = ['--gateway-url', 'http://etc.example.com'];
    const [bundle, plain] = await Promise.all([
      here.run('verify', '--bundle', 'absent'),
      here.run('cancel', 'O1', ...http),
    ]);

    expect(bundle.stderr).toContain('error: --bundle: must name a package; ');
    expect(plain.stderr).toContain('use https, or set --allow-insecure-http knowingly');
  });

  test('is reported without the secret of a URL', async () => {
    const { stderr } = await here.run('list', '--store', 'postgres://u:secret@h/d');
    const url = await here.run('cancel', 'O1', '--gateway-url', 'https://u:secret@h/');
    expect(url.code).toBe(2);
    expect(stderr + url.stderr).not.toContain('secret');
  });

  test('is reported as one line of JSON with --json', async () => {
    const { code, stdout, stderr } = await here.run('show', '..', '--json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')).toHaveLength(2);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'invalid-input', field: 'orderNo' },
    });
    const unknown = await here.run('bogus\u001b[2J', '--json');
    expect(JSON.parse(unknown.stderr)).toMatchObject({ error: { code: 'usage' } });
  });

  test('is reported with hostile arguments escaped', async () => {
    const { stderr } = await here.run('bogus\u001b[2J\u202e\r');
    expect(stderr).toContain('bogus\\u001b[2J\\u202e\\r');
  });
});

describe('an error about an input', () => {
  test('names the option, or the variable that the value came from', async () => {
    const create = ['create', 'O2', '--process-bill-no', 'F1'];
    const other = desk();
    other.env['PAYMENT_ORDER_ATTEMPT_DEADLINE_MS'] = '3';
    const ends = await Promise.all([
      here.run(...create, '--amount', '1'),
      here.run(...create, '--amount', 'x', '--currency', 'CNY'),
      here.run('create', 'O2', '--process-bill-no', '..'),
      here.run('failed', 'O1', '--occurred-at', 'x'),
      here.run('paid', 'O1', '--transaction-no', '\u202e'),
      here.run(...create, '--attempt-deadline-ms', '3'),
      other.run(...create),
      other.run(...create, '--store', 'postgres:x'),
    ]);
    other.env['PAYMENT_ORDER_STORE'] = 'postgres:x';
    const store = await other.run('list', '--attempt-deadline-ms', '9000');
    await other.remove();
    expect([...ends, store].map(({ stderr }) => stderr.split(':')[1])).toEqual([
      ...[' --amount', ' --amount', ' --process-bill-no'],
      ...[' --occurred-at', ' --transaction-no', ' --attempt-deadline-ms'],
      ...[' PAYMENT_ORDER_ATTEMPT_DEADLINE_MS', ' PAYMENT_ORDER_ATTEMPT_DEADLINE_MS'],
      ' PAYMENT_ORDER_STORE',
    ]);
  });

  test('says that nothing was stored only where something might have been stored', async () => {
    const [create, show] = await Promise.all([
      here.run('create', '..', '--process-bill-no', 'F1'),
      here.run('show', '..'),
    ]);
    expect(create.stderr).toContain('ORDER: must be');
    expect(create.stderr).toContain('nothing was stored');
    expect(show.stderr).toContain('ORDER: must be');
    expect(show.stderr).not.toContain('stored');
  });

  test('guesses an unknown command on one line', async () => {
    const { stderr } = await here.run('verif');
    expect(stderr).toBe("error: unknown command 'verif' (Did you mean verify?)\n");
  });
});

describe('keys and gateway settings', () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nMIIcanary\n-----END PRIVATE KEY-----';

  test('refuse a key on the command line and do not repeat it', async () => {
    const line = `MII${'canary'.repeat(60)}`;
    const runs = await Promise.all([
      here.run('cancel', 'O1', '--private-key-file', pem),
      here.run('cancel', 'O1', `--private-key-file=${line}`),
      here.run('bogus', pem),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(JSON.stringify(runs)).not.toContain('canary');
  });

  test('refuse a key in the variable that names its file and do not repeat it', async () => {
    const other = desk();
    Object.assign(other.env, here.env, { PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE: pem });
    const ended = await other.run('cancel', 'O1');
    await other.remove();
    expect(ended.code).toBe(2);
    expect(JSON.stringify(ended)).not.toContain('canary');
  });

  test('refuse a key file that others may read, and a file without a key', async () => {
    const [open, broken] = [here.path('open.pem'), here.path('broken.pem')];
    writeFileSync(open, pem);
    chmodSync(open, 0o644);
    writeFileSync(broken, pem, { mode: 0o600 });
    const runs = await Promise.all([
      here.run('cancel', 'O1', '--private-key-file', open),
      here.run('cancel', 'O1', '--private-key-file', broken),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([2, 2]);
    expect(runs[0].stderr).toMatch(/chmod 6[04]0/);
    expect(JSON.stringify(runs)).not.toContain('canary');
  });

  test('name missing settings where a call may be made and half of them are given', async () => {
    const other = desk();
    await other.run('create', 'O1', '--process-bill-no', 'F1');
    const [half, none, unneeded] = await Promise.all([
      other.run('cancel', 'O1', '--gateway-url', 'https://gateway.example'),
      other.run('cancel', 'O1'),
      other.run('start', 'O1', '--gateway-url', 'nonsense'),
    ]);
    await other.remove();
    expect(half.code).toBe(2);
    expect(half.stderr).toContain('--app-id');
    expect(half.stderr).toContain('--private-key-file');
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('none is configured');
    expect(unneeded.code).toBe(0);
  });

  test('refuse plain http off loopback, and disguised addresses', async () => {
    const urls = ['http://gateway.example', 'http://2130706433/', 'file:///etc', 'https://h/?q=1'];
    await expectUsage(urls.map((url) => here.run('cancel', 'O1', '--gateway-url', url)));
    await expectNothingStored();
  });
});
