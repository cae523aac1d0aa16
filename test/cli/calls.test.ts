import { describe, expect, test } from 'vitest';
import { heldCall } from './held-gateway.ts';
import { desk, oneDocument } from './support.ts';

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
    ['SIGINT', 130],
    ['SIGTERM', 143],
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
    expect(await working.ended).toMatchObject({ code: 143, stdout: '' });
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
