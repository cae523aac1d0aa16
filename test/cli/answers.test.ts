import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.ts';
import type { Desk } from './support.ts';
import { desk, withSandbox } from './support.ts';

/** For the call that is never answered; all others have the usual time. */
const unanswered = ['--attempt-limit-ms', '1500'];

let here: Desk;
let sandbox: Sandbox;

beforeEach(async () => {
  here = desk();
  sandbox = await withSandbox(here, { O2: ['silent-after'], O3: ['http-500'] });
});

afterEach(async () => {
  await sandbox.close();
  await here.remove();
});

async function started(order: string): Promise<void> {
  const amount = ['--amount', '12800', '--currency', 'CNY'];
  await here.run('create', order, '--process-bill-no', 'F1', ...amount);
  await here.run('start', order);
}

describe('the answer to a cancel', () => {
  test('says that the gateway refused, and what to wait for before asking again', async () => {
    await started('O1');
    sandbox.pay('O1');
    const { code, stdout, stderr } = await here.run('cancel', 'O1');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^accepted: O1 is paying now .*\nthe gateway refused: it did not cancel/,
    );
    const next = stderr.trimEnd().split('\n').slice(1);
    expect(next).toHaveLength(3);
    expect(next[0]).toContain('show O1');
    expect(next[1]).toContain('paid O1 --transaction-no NO');
    expect(next[2]).toContain('cancel O1');
  });

  test('says that the gateway confirmed, in the language of the reader', async () => {
    await Promise.all([started('O1'), started('O4')]);
    const [english, chinese] = await Promise.all([
      here.run('cancel', 'O1'),
      here.run('cancel', 'O4', '--lang', 'zh-CN'),
    ]);
    expect(english.stdout).toMatch(/O1 is cancelled now .*\nthe gateway confirmed/);
    expect(chinese.stdout).toContain('网关已确认');
    expect(chinese.stderr).toContain('下一步：\n');
  });

  test('tells a refusal in doubt from a plain one, and reports a settled doubt as past', async () => {
    await started('O2');
    await here.run('cancel', 'O2', ...unanswered);
    const refused = await here.run('retry', 'O2');
    expect(refused.stdout).toContain('Either an earlier one did, or the payment has arrived');
    expect((await here.run('show', 'O2')).stdout).toContain('in doubt: an attempt may or may not');
    await here.run('closed', 'O2', '--fact-id', 'bill:7');
    const repeated = await here.run('cancel', 'O2');
    expect(repeated.stdout).toMatch(/^duplicate: .*\n.*: the newest attempt did not cancel\n$/);
    const { stdout } = await here.run('show', 'O2');
    expect(stdout).toContain('attempt 1 was never answered; the order was settled without it');
    expect(stdout).not.toContain('in doubt');
  });

  test('keeps a doubt that a payment made matter, until somebody acknowledges it', async () => {
    await started('O2');
    await here.run('cancel', 'O2', ...unanswered);
    await here.run('paid', 'O2', '--transaction-no', 'T5', '--fact-id', 'notice:5');
    const open = (await here.run('show', 'O2')).stdout;
    expect(open).toContain('in doubt: an attempt may or may not have run');
    expect(open).not.toContain('settled without it');
    await here.run('acknowledge', 'O2', '1');
    const closed = (await here.run('show', 'O2')).stdout;
    expect(closed).toContain('attempt 1 was never answered; the order was settled without it');
    expect(closed).not.toContain('in doubt:');
  });
});

describe('an operator who gives no name', () => {
  test('is recorded as the user of the operating system by all four commands', async () => {
    await started('O3');
    await here.run('cancel', 'O3', '--actor', 'customer:c-7');
    await here.run('abandon', 'O3');
    await here.run('retry', 'O3');
    await here.run('resolve', 'O3', 'open', '--evidence', 'x');
    await here.run('acknowledge', 'O3', '1');
    const { body } = await here.json('log', 'O3');
    const actor = { kind: 'operator', id: 'tester' };
    expect(body).toMatchObject({
      events: [
        { type: 'PaymentOrderCreated' },
        { type: 'PaymentStarted' },
        { type: 'CancelRequested', metadata: { actor: { kind: 'customer', id: 'c-7' } } },
        { type: 'CancelOutcomeUnknown' },
        { type: 'CommandRejected', metadata: { actor } },
        { type: 'CancelRetryRequested', metadata: { actor } },
        { type: 'CancelConfirmed' },
        { type: 'CommandRejected', metadata: { actor } },
        { type: 'CommandRejected', metadata: { actor } },
      ],
    });
  });

  test('is not recorded by other commands, as their help says', async () => {
    await started('O1');
    const { body } = await here.json('log', 'O1');
    expect(JSON.stringify(body)).not.toContain('"actor"');
    const helps = await Promise.all([here.run('start', '--help'), here.run('cancel', '--help')]);
    for (const { stdout } of helps) expect(stdout).toContain('names who asked if you give --actor');
  });
});

describe('the log', () => {
  test('describes attempts, answers, rejections and anomalies in words', async () => {
    await started('O2');
    await here.run(
      'cancel',
      'O2',
      '--reason',
      'changed · my mind',
      '--actor',
      'customer:c-7',
      ...unanswered,
    );
    await here.run('retry', 'O2', '--note', 'by hand');
    await here.run('closed', 'O2', '--fact-id', 'bill:7');
    await here.run('paid', 'O2', '--transaction-no', 'T1', '--fact-id', 'notice:1');
    await here.run('cancel', 'O2', '--reason', 'too late', '--actor', 'customer:c-7');
    const { stdout } = await here.run('log', 'O2');
    const rows = stdout.trimEnd().split('\n').slice(3);
    const sent = String.raw`sent \d\d:\d\d:\d\d\.\d{3} · took [\d.]+ (?:ms|s)`;
    const expected = [
      /begins attempt 1 · gateway default \(\w+\) · reason changed · my mind$/,
      new RegExp(
        `attempt 1 · by rule: no answer in time \\(answer-timeout\\) · ${sent} · asked again in [\\d.]+ s$`,
      ),
      /begins attempt 2 · gateway default \(\w+\) · note by hand$/,
      new RegExp(`attempt 2 · cancel_result false · HTTP 200 · code 000 · ${sent} · asked`),
      /fact id bill:7$/,
      /transaction T1 · fact id notice:1 · opens anomaly 1: .* \(paid-after-cancel\) · opens anomaly 2/,
      /not accepted: it is already paid; returning the money would be a refund .*· reason too late$/,
    ];
    expect(rows).toHaveLength(expected.length);
    for (const [index, row] of rows.entries()) expect(row).toMatch(expected[index] ?? /never/);
  });
});
