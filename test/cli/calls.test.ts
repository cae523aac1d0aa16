import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.ts';
import type { Desk } from './support.ts';
import { desk, oneDocument, withSandbox } from './support.ts';

type Scene = {
  readonly here: Desk;
  readonly sandbox: Sandbox;
  /** Resolves when the first request stands before the gateway. */
  readonly arrived: Promise<unknown>;
};

/** Order O1, and a sandbox that does this to its first request. Each test has its own. */
async function scene({ onTestFinished }: TestContext, fault: string): Promise<Scene> {
  const here = desk();
  const { promise: arrived, resolve } = Promise.withResolvers<undefined>();
  await here.run('create', 'O1', '--process-bill-no', 'F1');
  const sandbox = await withSandbox(here, { O1: [fault] }, () => {
    resolve(undefined);
  });
  onTestFinished(async () => {
    await sandbox.close();
    here.remove();
  });
  return { here, sandbox, arrived };
}

describe.concurrent('a call that is out', () => {
  it('is made once by two processes that cancel at once, and both answer truly', async (test) => {
    const { here, sandbox } = await scene(test, 'delay:3000');
    const [one, other] = await Promise.all([
      here.json('cancel', 'O1', '--actor', 'one', '--command-id', 'c1'),
      here.json('cancel', 'O1', '--actor', 'other', '--command-id', 'c2'),
    ]);
    expect([one.code, other.code]).toEqual([0, 0]);
    const kinds = [one.body, other.body].map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['accepted', 'duplicate']);
    const [winner, loser] = kinds[0] === 'accepted' ? [one, other] : [other, one];
    expect(winner.body).toMatchObject({ order: { state: 'cancelled' } });
    expect(loser.body).toMatchObject({ order: { stateDetail: 'cancelling.requesting' } });
    expect(sandbox.requests).toHaveLength(1);
    expect(await here.json('show', 'O1')).toMatchObject({
      body: { state: 'cancelled', cancel: { attempts: [{ attempt: 1, answer: 'confirmed' }] } },
    });
  });

  it('is finished with --no-wait after the receipt was printed', async (test) => {
    const { here, arrived } = await scene(test, 'delay:2000');
    const running = here.start('cancel', 'O1', '--no-wait', '--json');
    await arrived;
    await running.said('cancelling.requesting');
    expect(running.child.exitCode).toBeNull();
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(oneDocument(stdout)).toMatchObject({
      kind: 'accepted',
      order: { stateDetail: 'cancelling.requesting' },
    });
    expect(await here.json('show', 'O1')).toMatchObject({ body: { state: 'cancelled' } });
  });

  it.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'goes on after a first %s, is recorded, and ends with %i',
    async ([signal, code], test) => {
      const { here, arrived } = await scene(test, 'delay:2000');
      const running = here.start('cancel', 'O1');
      await arrived;
      running.child.kill(signal);
      expect(await running.ended).toMatchObject({ code, stdout: '' });
      const { stderr } = await running.ended;
      expect(stderr).toMatch(/its outcome will be recorded.*\naccepted: O1 is cancelled now/);
      expect(stderr).toContain('the gateway confirmed');
      expect(await here.json('show', 'O1')).toMatchObject({ body: { state: 'cancelled' } });
    },
  );

  it('is given up by a second signal, and the order does not claim an outcome', async (test) => {
    const { here, arrived } = await scene(test, 'delay:9000');
    const running = here.start('cancel', 'O1');
    await arrived;
    running.child.kill('SIGINT');
    await running.said('stopping');
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    expect(await here.json('show', 'O1')).toMatchObject({
      body: {
        stateDetail: 'cancelling.requesting',
        pending: [{ kind: 'call', attempt: 1 }, { event: 'CancelOutcomeUnknown' }],
      },
    });
  });

  it('is called abandoned, not failed, after kill -9 and the deadline', async (test) => {
    const { here, arrived } = await scene(test, 'delay:9000');
    here.env['PAYMENT_ORDER_ATTEMPT_LIMIT_MS'] = '1500';
    here.env['PAYMENT_ORDER_ATTEMPT_DEADLINE_MS'] = '6500';
    const running = here.start('cancel', 'O1');
    await arrived;
    running.child.kill('SIGKILL');
    expect((await running.ended).code).toBeNull();
    const early = await here.json('work', '--once');
    expect(early).toEqual({ code: 0, body: { waiting: 1, fired: 0 } });
    await new Promise((resolve) => setTimeout(resolve, 6500));
    const due = await here.json('work', '--once');
    expect(due).toEqual({ code: 0, body: { waiting: 1, fired: 1 } });
    expect(await here.json('show', 'O1')).toMatchObject({
      body: { stateDetail: 'cancelling.inDoubt', cancel: { inDoubt: true } },
    });
    const { stdout } = await here.run('log', 'O1');
    expect(stdout).toContain('attempt-abandoned');
  });
});

describe.concurrent('work', () => {
  it('retries what is due until a signal, then ends with the signal', async (test) => {
    const { here, arrived } = await scene(test, 'ok');
    // Nobody listens there, so the first attempt does not run.
    await here.run('cancel', 'O1', '--gateway-url', 'http://127.0.0.1:9');
    const working = here.start('work');
    await working.said('working');
    await arrived;
    working.child.kill('SIGTERM');
    expect(await working.ended).toMatchObject({ code: 143, stdout: '' });
    expect(await here.json('show', 'O1')).toMatchObject({ body: { state: 'cancelled' } });
  });

  it('says what is missing, and makes no file, without a gateway', async ({ onTestFinished }) => {
    const here = desk();
    onTestFinished(here.remove);
    const runs = await Promise.all([here.run('work'), here.run('work', '--once')]);
    expect(runs.map(({ code }) => code)).toEqual([2, 2]);
    expect(here.has('payment-orders.db')).toBe(false);
  });
});
