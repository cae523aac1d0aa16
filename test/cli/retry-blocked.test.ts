import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { fillWithDue } from '../payment-orders/waiting-orders.ts';
import type { Desk, Json } from './support.ts';
import { desk, withSandbox } from './support.ts';

const blocked = 'code:401001';
const away: CancelOutcome = { kind: 'not-executed', rule: 'connection-refused' };
const lost: CancelOutcome = { kind: 'outcome-unknown', rule: 'answer-timeout' };

/** Orders B1, B2, … that the gateway blocked, and may block again. */
async function blockedOrders(count: number, later: readonly string[] = ['ok']) {
  const here = desk();
  const numbers = Array.from({ length: count }, (_, index) => `B${index + 1}`);
  const faults = Object.fromEntries(numbers.map((orderNo) => [orderNo, [blocked, ...later]]));
  const sandbox = await withSandbox(here, faults);
  onTestFinished(async () => {
    await here.remove();
    await sandbox.close();
  });
  for (const orderNo of numbers) {
    await here.run('create', orderNo, '--process-bill-no', 'F1');
    await here.run('cancel', orderNo);
  }
  return { here, sandbox, calls: () => sandbox.requests.length - count };
}

async function due(here: Desk, count: number): Promise<void> {
  const runtime = systemRuntime();
  const store = await openSqliteStore({ path: here.path('payment-orders.db'), runtime });
  await fillWithDue(runtime, store, count);
  await store.close();
}

/** An order that needs review after attempts with these outcomes. */
async function reviewed(
  here: Desk,
  identity: string,
  orderNo: string,
  outcomes: readonly CancelOutcome[],
): Promise<void> {
  const left = [...outcomes];
  await using orders = await openPaymentOrders({
    store: `sqlite:${here.path('payment-orders.db')}`,
    gateway: {
      ...{ identity, attemptMs: 1_000 },
      cancel: () => Promise.resolve(left.shift() ?? away),
      close: () => Promise.resolve(),
    },
    retryPolicy: { notExecutedMs: [], unknownMs: [], jitter: 0 },
  });
  await orders.create({ orderNo, processBillNo: 'F1' });
  await orders.cancel(orderNo);
  while (left.length > 0) await orders.retryCancel(orderNo);
}

const lastOf = (stdout: string) => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Json;

describe('work --once --retry-blocked', () => {
  test('fires what is due and tries every blocked order again, by one command', async () => {
    const { here, calls } = await blockedOrders(4);
    await due(here, 20);

    const { code, stdout } = await here.run('work', '--once', '--retry-blocked', '--note', '新钥');

    const states = await here.run('list', '--state', 'cancelled', '--ndjson');
    const log = await here.run('log', 'B1');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'B1: CancelRetryRequested; attempt 2 at default: confirmed; now cancelled',
    );
    expect(stdout.trimEnd().split('\n').slice(-2)).toEqual([
      '20 orders waiting, 20 due and fired: 20 confirmed',
      '4 blocked orders, 4 tried again: 4 confirmed',
    ]);
    expect(calls()).toBe(24);
    expect(states.stdout.trimEnd().split('\n')).toHaveLength(24);
    expect(log.stdout).toMatch(/CancelRetryRequested.*operator.*tester.*新钥/s);
  });

  test('counts in one JSON answer', async () => {
    const { here } = await blockedOrders(2);

    const { stdout } = await here.run('work', '--once', '--retry-blocked', '--json');

    expect(lastOf(stdout)).toEqual({
      ...{ waiting: 0, fired: 0, answers: {} },
      retried: {
        ...{ found: 2, retried: 2, left: 0, stillBlocked: false },
        answers: { confirmed: 2 },
      },
    });
  });

  test('stops after three where the gateway still blocks, and leaves the others', async () => {
    const { here, calls } = await blockedOrders(6, [blocked, 'ok']);

    const still = await here.run('work', '--once', '--retry-blocked');
    const stillCalls = calls();
    const others = await here.run('work', '--once', '--retry-blocked', '--json');
    const mended = await here.run('work', '--once', '--retry-blocked', '--json');

    expect(still.stdout).toContain('6 blocked orders, 3 tried again: 3 blocked');
    expect(still.stdout).toContain('still blocks every call, so 3 orders stayed as they were');
    expect([still.code, stillCalls]).toEqual([0, 3]);
    // Those that were tried in vain come last, so the next run goes on with the others.
    expect(lastOf(others.stdout)).toMatchObject({ retried: { found: 6, retried: 3, left: 3 } });
    expect(lastOf(mended.stdout)).toMatchObject({ retried: { answers: { confirmed: 6 } } });
  });

  test('leaves an order alone that needs review for another reason, or was retried since', async () => {
    const { here, calls } = await blockedOrders(2);
    await here.run('retry', 'B1');

    const { stdout } = await here.run('work', '--once', '--retry-blocked', '--json');

    expect(lastOf(stdout)).toMatchObject({ retried: { found: 1, retried: 1 } });
    expect(calls()).toBe(2);
  });

  test('tries again what spent its attempts on a gateway that was away, and no order in doubt', async () => {
    const { here, sandbox } = await blockedOrders(1);
    await reviewed(here, sandbox.appId, 'U1', [away]);
    await reviewed(here, sandbox.appId, 'D1', [lost, away]);

    const { stdout } = await here.run('work', '--once', '--retry-blocked', '--json');

    expect(lastOf(stdout)).toMatchObject({ retried: { found: 2, answers: { confirmed: 2 } } });
    expect(await here.json('show', 'D1')).toMatchObject({
      body: { stateDetail: 'cancelling.needsReview', doubtSince: expect.any(String) as string },
    });
  });

  test('needs a person, and --once', async () => {
    const { here } = await blockedOrders(1);
    const alone = await here.run('work', '--retry-blocked');
    const noted = await here.run('work', '--once', '--note', 'x');
    here.env['USER'] = 'root';
    const nobody = await here.run('work', '--once', '--retry-blocked');

    expect([alone.code, noted.code, nobody.code]).toEqual([2, 2, 2]);
    expect(alone.stderr).toContain('--retry-blocked can only be used with --once');
    expect(noted.stderr).toContain('--note can only be used with --retry-blocked');
    expect(nobody.stderr).toContain('give --actor ID');
  });
});

describe('work, where the gateway cannot be reached', () => {
  test('says that it is down, and how many orders it left for the next run', async () => {
    const { here, sandbox, calls } = await blockedOrders(1);
    await due(here, 20);
    await sandbox.close();

    const { code, stdout } = await here.run('work', '--once');

    const lines = stdout.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(lines).toContain(
      'gateway default is down: nothing listens at the gateway address; its orders wait, and one ' +
        'at a time is tried',
    );
    expect(lines.slice(-2)).toEqual([
      '20 orders waiting, 1 due and fired: 1 did not run',
      '19 orders due and left for the next run, because the gateway is down',
    ]);
    expect(calls()).toBe(0);
  });
});
