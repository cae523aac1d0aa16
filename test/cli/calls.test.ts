import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { heldCall } from './held-gateway.ts';
import { desk, oneDocument, Transcript } from './support.ts';

describe('a call that is out', () => {
  test('is finished with --no-wait after the receipt was printed', async (context) => {
    const { here, arrived, release } = await heldCall(context);
    const running = here.start('cancel', 'O1', '--no-wait', '--json');
    await arrived;
    await running.said('cancelling.requesting');
    expect(running.hasEnded()).toBe(false);
    release();
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(oneDocument(stdout)).toMatchObject({
      kind: 'accepted',
      order: { stateDetail: 'cancelling.requesting' },
    });
    expect(await here.json('show', 'O1')).toMatchObject({ body: { state: 'cancelled' } });
  });

  test.for([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGBREAK', 149],
  ] as const)(
    'goes on after a first %s, is recorded, and ends with %i',
    async ([signal, code], context) => {
      const { here, arrived, release } = await heldCall(context);
      const running = here.start('cancel', 'O1');
      await arrived;
      running.stop(signal);
      await running.said('its outcome will be recorded');
      release();
      expect(await running.ended).toMatchObject({ code, stdout: '' });
      const { stderr } = await running.ended;
      expect(stderr).toMatch(/its outcome will be recorded.*\naccepted: O1 is cancelled now/);
      expect(stderr).toContain('the gateway confirmed');
      expect(await here.json('show', 'O1')).toMatchObject({ body: { state: 'cancelled' } });
    },
  );
});

describe('a signal', () => {
  test('ends a cancel with --no-wait after its call was recorded', async (context) => {
    const { here, arrived, release } = await heldCall(context);
    const running = here.start('cancel', 'O1', '--no-wait');
    await arrived;
    await running.said('accepted');

    running.stop('SIGHUP');
    await running.said('its outcome will be recorded');
    release();

    expect((await running.ended).code).toBe(129);
    expect(await here.json('show', 'O1')).toMatchObject({ body: { state: 'cancelled' } });
  });

  test('lets the demo end its call, and begin no other', async ({ onTestFinished }) => {
    const here = desk();
    onTestFinished(here.remove);
    const running = here.start('demo', '--store', 'sqlite:demo.db');
    // The second story; the first has no more to do.
    await running.said('2. O');

    running.stop('SIGTERM');
    const { code, stdout } = await running.ended;
    const { body } = await here.json('list', '--store', 'sqlite:demo.db');

    expect(code).toBe(143);
    expect(stdout).not.toContain('3. O');
    expect(JSON.stringify(body)).not.toContain('requesting');
  });

  test('lets a command that stores end, and say what it stored', async ({ onTestFinished }) => {
    const here = desk();
    onTestFinished(here.remove);
    const transcript = new Transcript();
    const output = (to: 'stdout' | 'stderr') => ({
      write: (text: string) => {
        transcript.write(to, text);
      },
    });

    const code = await run(['create', 'O1', '--process-bill-no', 'F1'], {
      stdout: output('stdout'),
      stderr: output('stderr'),
      env: {},
      cwd: here.directory,
      onSignal: (listener) => {
        listener('SIGHUP');
      },
    });

    expect(code).toBe(129);
    expect(transcript.stdout).toBe('');
    expect(transcript.stderr).toContain('accepted: O1 is created now');
    expect((await here.run('show', 'O1')).code).toBe(0);
  });
});

describe('work', () => {
  test('retries what is due until a signal, then ends with the signal', async (context) => {
    const { here, arrived, release } = await heldCall(context);
    release();
    // Nobody listens there, so the first attempt does not run.
    await here.run('cancel', 'O1', '--gateway-url', 'http://127.0.0.1:9');
    const working = here.start('work');
    await working.said('working');
    await arrived;
    working.stop('SIGTERM');
    expect(await working.ended).toMatchObject({
      code: 143,
      stdout:
        'O1: CancelRetryDue; attempt 2 at default: confirmed; now cancelled\n1 timer fired: 1 confirmed\n',
    });
    expect(await here.json('show', 'O1')).toMatchObject({ body: { state: 'cancelled' } });
  });

  test('says what is missing, and makes no file, without a gateway', async ({ onTestFinished }) => {
    const here = desk();
    onTestFinished(here.remove);
    const runs = await Promise.all([here.run('work'), here.run('work', '--once')]);
    expect(runs.map(({ code }) => code)).toEqual([2, 2]);
    expect(here.has('payment-orders.db')).toBe(false);
  });
});
