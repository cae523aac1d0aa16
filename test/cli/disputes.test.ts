import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { version } from '../../src/cli/version.ts';
import { fromFormat1 } from '../evidence/histories.ts';
import { aDispute, forged, packed } from '../evidence/support.ts';
import type { Desk } from './support.ts';
import { desk, withSandbox } from './support.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';

let here: Desk;
let sandbox: Sandbox;

beforeAll(async () => {
  here = desk();
  sandbox = await withSandbox(here, { O1: ['http-500'] });
  await here.run('create', 'O1', '--process-bill-no', 'F1', '--actor', 'service:shop');
  await here.run('start', 'O1', '--actor', 'service:shop');
  await here.run('cancel', 'O1', '--reason', '临时', '--actor', 'customer:u-7');
  await here.run('paid', 'O1', '--transaction-no', 'T1', '--occurred-at', '2026-01-01T00:00:00Z');
  await here.run('cancel', 'O1', '--actor', 'customer:u-7');
});

afterAll(async () => {
  await sandbox.close();
  await here.remove();
});

describe('a command that looks into a history', () => {
  test('filters the log and says how many events are hidden', async () => {
    const [failed, actor, type, detailed] = await Promise.all([
      here.run('log', 'O1', '--failed'),
      here.json('log', 'O1', '--actor', 'u-7'),
      here.run('log', 'O1', '--type', 'PaymentStarted,PaymentSucceeded', '--lang', 'zh-CN'),
      here.run('log', 'O1', '--detailed'),
    ]);
    expect(failed.stdout).toMatch(/CancelOutcomeUnknown[^]*CommandRejected/);
    expect(failed.stdout).not.toContain('PaymentStarted');
    expect(failed.stderr).toMatch(/^\d events hidden\n$/);
    expect(actor.body).toMatchObject({
      events: [{ type: 'CancelRequested' }, { type: 'CommandRejected' }],
      hidden: 4,
    });
    expect(type.stderr).toBe('另有 4 个事件未显示\n');
    expect(detailed.stdout).toMatch(/data\.reason: 临时[^]*hash: [0-9a-f]{64}/);
  });

  test('shows the order as of a revision, a time, and the time of occurrence', async () => {
    const [revision, early, occurred, none] = await Promise.all([
      here.json('show', 'O1', '--as-of', '1'),
      here.json('show', 'O1', '--as-of', '2026-02-01T00:00:00Z'),
      here.run('show', 'O1', '--as-of', '2099-02-01T00:00:00+08:00', '--occurred'),
      here.run('show', 'O1', '--as-of', '77'),
    ]);
    expect(revision).toMatchObject({ code: 0, body: { order: { state: 'paying' }, revision: 1 } });
    expect(early).toMatchObject({ code: 0, body: { order: null } });
    expect(occurred.stdout).toContain('as of revision 5');
    expect(none).toMatchObject({ code: 2, stdout: '' });
  });

  test('shows differences, attempts, reasons and first times', async () => {
    const [diff, attempts, explain, may, bisect, never] = await Promise.all([
      here.json('diff', 'O1', '1..4'),
      here.json('attempts', 'O1'),
      here.run('explain', 'O1', 'cancel'),
      here.json('explain', 'O1', 'acknowledge'),
      here.json('bisect', 'O1', '--when', 'state=cancelling.inDoubt'),
      here.run('bisect', 'O1', '--when', 'failed'),
    ]);
    expect(diff.body['changes']).toContainEqual({
      field: 'state',
      before: 'paying',
      after: 'paid',
    });
    expect(attempts.body).toMatchObject({ attempts: [{ attempt: 1, outcome: 'unknown' }] });
    expect(explain.stdout).toMatch(
      /rejected now: it is already paid[^]*since revision 4, PaymentSucceeded/,
    );
    expect(may).toMatchObject({
      ...{ code: 0, body: { isAllowed: true, answer: 'accepted', code: null } },
    });
    expect(bisect.body).toMatchObject({ first: { revision: 3 }, spans: [{ from: 3, until: 3 }] });
    expect(never).toMatchObject({ code: 0, stdout: 'never, in 6 events\n' });
  });

  test('replays one order and all orders', async () => {
    const [steps, one, all] = await Promise.all([
      here.json('replay', 'O1'),
      here.json('replay', 'O1', '--check'),
      here.run('replay', '--check', '--all'),
    ]);
    expect(steps.body).toMatchObject({
      steps: [{ to: 'created' }, { to: 'paying' }, {}, {}, {}, {}],
    });
    expect(one).toMatchObject({ code: 0, body: { divergence: null, events: 6 } });
    expect(all).toMatchObject({ code: 0, stderr: '1 order replayed, 0 not as recorded\n' });
  });

  test.each([
    ['diff', 'O1', '1-2'],
    ['diff', 'O1', '1..99'],
    ['explain', 'O1', 'pay'],
    ['bisect', 'O1', '--when', 'constructor'],
    ['replay', '--all'],
    ['export', 'O1'],
    ['export', 'O1', '--bundle', '.'],
    ['verify', '--bundle', 'nowhere'],
    ['verify', 'O1', '--seal', 'x'],
    ['verify', 'O1', '--strict'],
    ['show', 'O1', '--occurred'],
  ])('refuses %s %s %s as wrong usage', async (...args) => {
    const { code, stdout } = await here.run(...args);
    expect([code, stdout]).toEqual([2, '']);
  });

  test('ends with 5 where there is no such order', async () => {
    const commands = [
      ['attempts', 'O9'],
      ['replay', 'O9'],
      ['log', 'O9'],
      ['explain', 'O9', 'cancel'],
    ];
    const ends = await Promise.all(commands.map((args) => here.run(...args)));
    expect(ends.map(({ code }) => code)).toEqual([5, 5, 5, 5]);
  });
});

describe('a package of evidence', () => {
  test('is written, verifies without the store, and names altered and added files', async () => {
    const written = await here.json('export', 'O1', '--bundle', 'open', '--purpose', 'case 7');
    expect(written).toMatchObject({ code: 0, body: { scope: { orderNo: 'O1', events: 6 } } });
    const { head, seal } = written.body as {
      head: { revision: number; hash: string };
      seal: string;
    };
    const witness = `${head.revision}:${head.hash}`;
    const elsewhere = ['--store', 'sqlite:absent.db', '--witness', witness, '--seal', seal];
    const sound = await here.json('verify', '--bundle', 'open', ...elsewhere);
    expect(sound).toMatchObject({ code: 0, body: { ok: true, events: 6 } });
    expect(here.has('absent.db')).toBe(false);

    appendFileSync(here.path('open/attempts.csv'), 'x');
    writeFileSync(here.path('open/more.txt'), 'x');
    const altered = await here.run('verify', '--bundle', 'open');
    expect(altered.code).toBe(3);
    expect(altered.stdout).toMatch(/attempts\.csv: file-altered[^]*more\.txt: file-added/);
  });

  test('is not called forged where an earlier version made it, and names what nothing proves', async () => {
    const ours = await packed(await aDispute(), [], { version: '0.1.0' });
    const theirs = forged(ours, { 'report.html': 'as 0.1.0 made it' });
    mkdirSync(here.path('earlier'));
    for (const [name, text] of theirs) writeFileSync(here.path(`earlier/${name}`), text);

    const [verified, strict, json] = await Promise.all([
      here.run('verify', '--bundle', 'earlier'),
      here.run('verify', '--bundle', 'earlier', '--strict'),
      here.json('verify', '--bundle', 'earlier', '--strict'),
    ]);

    expect([verified.code, strict.code, json.code]).toEqual([0, 3, 3]);
    expect(verified.stdout).toMatch(
      /^O\d+: proven, 8 events, head 7:[0-9a-f]{64}; unchecked, so nothing proves them: timeline\.csv, .*report\.html, verify\.mjs, verify\.html, verify-log\.mjs, verify-log\.html, README\.txt\n/,
    );
    expect(strict.stdout).toBe(verified.stdout);
    expect(verified.stdout).toContain(
      `version 0.1.0 made this package, and this is ${version()}\n`,
    );
    expect(json.body).toMatchObject({ ok: true, standing: 'proven', madeBy: '0.1.0' });
    expect(json.body['unchecked']).toContain('report.html');
  });

  test('passes --strict where all of it was derived again', async () => {
    await here.run('export', 'O1', '--bundle', 'strict');
    expect(await here.run('verify', '--bundle', 'strict', '--strict')).toMatchObject({ code: 0 });
  });

  test('says that nobody vouches for its head, unless a witness or a seal does', async () => {
    const { body } = await here.json('export', 'O1', '--bundle', 'vouched');
    const { head, seal } = body as { head: { revision: number; hash: string }; seal: string };
    const outputs = await Promise.all(
      [[], ['--witness', `${head.revision}:${head.hash}`], ['--seal', seal]].map(
        async (given) => (await here.run('verify', '--bundle', 'vouched', ...given)).stdout,
      ),
    );
    expect(
      outputs.map((text) => text.includes('\nconsistent in itself, nobody vouches: ')),
    ).toEqual([...[true, false, false]]);
  });

  test('says from where on a witness speaks for nothing', async () => {
    await here.run('export', 'O1', '--bundle', 'vouched-in-part');
    const [first = ''] = readFileSync(here.path('vouched-in-part/events.ndjson'), 'utf8').split(
      '\n',
    );
    const { metadata } = JSON.parse(first) as { metadata: { hash: string } };
    const verify = ['verify', '--bundle', 'vouched-in-part', '--witness', `0:${metadata.hash}`];

    const [verified, chinese] = await Promise.all([
      here.run(...verify),
      here.run(...verify, '--lang', 'zh-CN'),
    ]);

    expect(verified.stdout).toContain(
      'nobody vouches for what was recorded after revision 0, where the witness ends\n',
    );
    expect(chinese.stdout).toContain('凭据只到版次 0，其后的事件没有外部印证\n');
    const [early, forged, without] = await Promise.all([
      here.json(...verify),
      here.json(...verify.slice(0, -1), `0:${'0'.repeat(64)}`),
      here.json(...verify.slice(0, -2)),
    ]);
    expect([early, forged, without].map((answer) => answer.body['vouchedTo'])).toEqual([
      ...[0, null, null],
    ]);
  });

  test('withholds fields by rule, and proves the original later', async () => {
    await here.run('export', 'O1', '--bundle', 'closed', '--redact', 'reason,actor');
    const text = readFileSync(here.path('closed/events.ndjson'), 'utf8');
    expect(text).not.toMatch(/临时|u-7/);
    writeFileSync(here.path('originals.ndjson'), (await here.run('log', 'O1', '--ndjson')).stdout);
    const closed = ['verify', '--bundle', 'closed', '--originals', 'originals.ndjson'];
    const [proven, chinese] = await Promise.all([
      here.run(...closed),
      here.run(...closed, '--lang', 'zh-CN'),
    ]);
    expect(proven.code).toBe(0);
    expect(proven.stdout).toMatch(/^O1: proven but for \d+ withheld fields, 6 events, head 5:/);
    expect(proven.stdout).toMatch(/^revision 2: withheld: data\.reason, .*metadata\.actor\.id/m);
    expect(proven.stdout).toContain('revision 2: the original matches the hash');
    expect(chinese.stdout).toMatch(/^O1：核验通过，但有 \d+ 个字段未披露，6 个事件，末端 5:/);
    expect(chinese.stdout).toContain('\n自身前后一致，但没有外部印证：');
  });

  test('counts the withheld parts of older events apart, and says what is not proven', async () => {
    const events = await aDispute();
    const old = await packed(fromFormat1(events, 5), ['reason'], { version: version() });
    const forgery = forged(old, { 'timeline.csv': 'x' });
    for (const [name, files] of Object.entries({ old, forgery })) {
      mkdirSync(here.path(name));
      for (const [file, text] of files) writeFileSync(here.path(`${name}/${file}`), text);
    }

    const [sound, altered] = await Promise.all([
      here.run('verify', '--bundle', 'old'),
      here.run('verify', '--bundle', 'forgery'),
    ]);

    expect(sound.stdout).toMatch(
      /^O\d+: proven but for \d+ withheld fields? and \d+ withheld parts of older events, 8 events/,
    );
    expect(sound.stdout).toMatch(/^revision 2: withheld: data, metadata$/m);
    expect(altered).toMatchObject({ code: 3 });
    expect(altered.stdout).toMatch(/^O\d+: NOT proven, 1 fault, 8 events, head 7:/);
    expect(altered.stdout).toContain('  timeline.csv: not-derived: ');
  });

  test('is written as one HTML report', async () => {
    expect(await here.run('export', 'O1', '--html', 'o1.html')).toMatchObject({ code: 0 });
    expect(readFileSync(here.path('o1.html'), 'utf8')).toMatch(/^<!doctype html>/);
    expect(await here.run('export', 'O1', '--html', 'o1.html')).toMatchObject({ code: 2 });
  });

  test('calls a fact late in its report from the threshold on that was given', async () => {
    await here.run('create', 'O2', '--process-bill-no', 'F2');
    const tenMinutesAgo = new Date(Date.now() - 600_000).toISOString();
    await here.run('paid', 'O2', '--transaction-no', 'T2', '--occurred-at', tenMinutesAgo);
    const isLateIn = async (file: string, ...args: readonly string[]) => {
      expect(await here.run('export', 'O2', '--html', file, ...args)).toMatchObject({ code: 0 });
      return readFileSync(here.path(file), 'utf8').includes('"late":{');
    };
    expect(await isLateIn('by-default.html')).toBe(true);
    expect(await isLateIn('in-an-hour.html', '--late-after-ms', '3600000')).toBe(false);
  });
});
