import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'vitest';
import { describe, expect, test } from 'vitest';
import { inChild, main, startChild } from './child.ts';
import { heldCall } from './held-gateway.ts';
import { desk, oneDocument } from './support.ts';

// What only a real process can show; every command and its words are tried in one process.

function childDesk({ onTestFinished }: TestContext) {
  const here = desk(inChild);
  onTestFinished(here.remove);
  return here;
}

/** Runs a script with Node as `$0` and the command as `$1`; resolves to its exit code. */
function shell(script: string, cwd: string): Promise<unknown> {
  const args = ['-c', `set -o pipefail; ${script}`, process.execPath, main];
  return new Promise((resolve) => {
    execFile('/bin/bash', args, { cwd }, (error) => {
      resolve(error === null ? 0 : error.code);
    });
  });
}

describe('the process', () => {
  test('starts, and ends with the exit code of the command', async (context) => {
    const here = childDesk(context);
    const ends = await Promise.all([
      here.run('create', 'O1', '--process-bill-no', 'F1'),
      here.run('show', 'O9', '--store', 'sqlite:other.db'),
      here.run('bogus'),
      here.run('list', '--store', 'sqlite:.'),
    ]);
    expect(ends.map(({ code }) => code)).toEqual([0, 5, 2, 6]);
    expect(ends[0]).toMatchObject({ stdout: 'accepted: O1 is created now (revision 0)\n' });
    expect(ends[0].stderr).toContain('npm run -s payment-order -- start O1');
    expect(ends[2]).toEqual({ code: 2, stdout: '', stderr: "error: unknown command 'bogus'\n" });
    expect(here.has('payment-orders.db')).toBe(true);
  });

  test('shows its version and its help', async (context) => {
    const here = childDesk(context);
    const [version, help, nothing] = await Promise.all([
      here.run('--version'),
      here.run('--help'),
      here.run(),
    ]);
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({ version: version.stdout.trim() });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(nothing).toEqual({ code: 2, stdout: '', stderr: help.stdout });
  });

  test('refuses bytes that are not UTF-8, such as a lone surrogate', async (context) => {
    const { directory } = childDesk(context);
    // A JavaScript string cannot carry such bytes; a shell can.
    const script = `"$0" "$1" cancel O1 --reason "$(printf '\\355\\240\\200')"`;
    expect(await shell(script, directory)).toBe(2);
  });

  test('ends quietly when its reader closes stdout', async (context) => {
    const { directory } = childDesk(context);
    expect(await shell('"$0" "$1" diagram | true', directory)).toBe(0);
  });

  test('fails when stdout cannot be written', async (context) => {
    const { directory } = childDesk(context);
    expect(await shell('"$0" "$1" diagram > /dev/full', directory)).toBe(1);
  });
});

describe('a call that is out', () => {
  test('is made once by two processes that cancel at once, and both answer truly', async (context) => {
    const { here, sandbox, release } = await heldCall(context, inChild);
    const cancels = [
      here.start('cancel', 'O1', '--command-id', 'c1', '--json'),
      here.start('cancel', 'O1', '--command-id', 'c2', '--json'),
    ];
    // The one that has no call to make.
    await Promise.race(cancels.map(({ ended }) => ended));
    release();
    const ends = await Promise.all(cancels.map(({ ended }) => ended));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    const answers = ends.map(({ stdout }) => oneDocument(stdout));
    expect(answers.find(({ kind }) => kind === 'accepted')).toMatchObject({
      order: { state: 'cancelled' },
    });
    expect(answers.find(({ kind }) => kind === 'duplicate')).toMatchObject({
      order: { stateDetail: 'cancelling.requesting' },
    });
    expect(sandbox.requests).toHaveLength(1);
    expect(await here.json('show', 'O1')).toMatchObject({
      body: { state: 'cancelled', cancel: { attempts: [{ attempt: 1, answer: 'confirmed' }] } },
    });
  });

  test.for([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'goes on after a first %s, is recorded, and ends with %i',
    async ([signal, code], context) => {
      const { here, arrived, release } = await heldCall(context, inChild);
      const running = here.start('cancel', 'O1');
      await arrived;
      running.stop(signal);
      await running.said('its outcome will be recorded');
      release();
      expect(await running.ended).toMatchObject({ code, stdout: '' });
      expect(await here.json('show', 'O1')).toMatchObject({ body: { state: 'cancelled' } });
    },
  );

  test('is given up by a second signal, and the order claims no outcome', async (context) => {
    const { here, arrived } = await heldCall(context, inChild);
    const running = here.start('cancel', 'O1');
    await arrived;
    running.stop('SIGINT');
    await running.said('stopping');
    running.stop('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(await here.json('show', 'O1')).toMatchObject({
      body: {
        stateDetail: 'cancelling.requesting',
        pending: [{ kind: 'call', attempt: 1 }, { event: 'CancelOutcomeUnknown' }],
      },
    });
  });

  test('is called abandoned, not failed, after kill -9 and the deadline', async (context) => {
    const { here, arrived, release } = await heldCall(context, inChild);
    here.env['PAYMENT_ORDER_ATTEMPT_LIMIT_MS'] = '1000';
    here.env['PAYMENT_ORDER_ATTEMPT_DEADLINE_MS'] = '6000';
    const running = startChild(['cancel', 'O1'], here.directory, here.env);
    await arrived;
    running.kill();
    expect((await running.ended).code).toBeNull();
    release();
    // The deadline that was recorded counts, not that of the process that looks.
    const work = () => here.run('work', '--once', '--attempt-deadline-ms', '3600000');
    let due = await work();
    while (due.stdout.includes('0 due')) due = await work();
    expect(due).toMatchObject({
      code: 0,
      stdout:
        'O1: CancelOutcomeUnknown; attempt 1 at default: unknown; now in doubt\n' +
        '1 order waiting, 1 due and fired: 1 unknown\n',
    });
    expect(await here.json('show', 'O1')).toMatchObject({
      body: { stateDetail: 'cancelling.inDoubt', cancel: { inDoubt: true } },
    });
    const { stdout } = await here.run('log', 'O1');
    expect(stdout).toContain('attempt-abandoned');
  });
});

describe('a process that serves', () => {
  test('ends with its signal: work', async (context) => {
    const { here, arrived, release } = await heldCall(context, inChild);
    release();
    // Nobody listens there, so the first attempt does not run.
    await here.run('cancel', 'O1', '--gateway-url', 'http://127.0.0.1:9');
    const working = here.start('work');
    await working.said('working');
    await arrived;
    working.stop('SIGTERM');
    const { code, stdout } = await working.ended;
    expect(code).toBe(143);
    expect(stdout).toContain('1 timer fired: 1 confirmed');
    expect(await here.json('show', 'O1')).toMatchObject({ body: { state: 'cancelled' } });
  });

  test('ends with its signal: sandbox', async (context) => {
    const here = childDesk(context);
    const running = here.start('sandbox', '--port', '0', '--json');
    expect(oneDocument(await running.said('}\n'))).toHaveProperty('url');
    running.stop('SIGINT');
    expect((await running.ended).code).toBe(130);
  });
});
