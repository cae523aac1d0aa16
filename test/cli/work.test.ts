import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { fillWithDue, fillWithWaiting } from '../payment-orders/waiting-orders.ts';
import { heldCall } from './held-gateway.ts';
import type { Desk, Json } from './support.ts';

const orders = 80;

async function fill(here: Desk): Promise<void> {
  const runtime = systemRuntime();
  const store = await openSqliteStore({ path: here.path('payment-orders.db'), runtime });
  await fillWithDue(runtime, store, orders);
  await store.close();
}

// Every document of the command is an object; what is in it is what the tests check.
const documents = (stdout: string): readonly Json[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Json);

describe('work --once', () => {
  test('asks about orders that stay open for longer, and says so', async (context) => {
    const { here, sandbox, release } = await heldCall(context);
    release();
    // A clock that stands in the year 2023 recorded it.
    const runtime = simulatedRuntime();
    const store = await openSqliteStore({ path: here.path('payment-orders.db'), runtime });
    const old = await openPaymentOrders({ store, runtime });
    await old.create({ orderNo: 'OLD', processBillNo: 'F1' });
    await old.close();
    await store.close();
    const work = (...more: string[]) => here.run('work', '--once', ...more);

    const asked = await work('--ask-after-ms', '3600000');
    const again = await work('--ask-after-ms', '3600000', '--json');
    const refused = await work('--ask-after-ms', '59999');

    expect(asked.stdout.split('\n').slice(0, -1)).toEqual([
      ...['0 orders waiting, 0 due and fired', '1 question asked about orders that stay open'],
    ]);
    expect(documents(again.stdout)).toEqual([{ waiting: 0, fired: 0, answers: {} }]);
    expect(sandbox.requests).toHaveLength(1);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--ask-after-ms: ');
  });

  test('says what it fired and what came of it, and counts', async (context) => {
    const { here, release } = await heldCall(context);
    release();
    await fill(here);

    const { code, stdout } = await here.run('work', '--once');

    const lines = stdout.split('\n').slice(0, -1);
    expect(code).toBe(0);
    expect(lines.toSorted().slice(1, 3)).toEqual([
      'D0: CancelRetryDue; attempt 2 at default: confirmed; now cancelled',
      'D10: CancelRetryDue; attempt 2 at default: confirmed; now cancelled',
    ]);
    expect(lines.at(-1)).toBe(
      `${orders} orders waiting, ${orders} due and fired: ${orders} confirmed`,
    );
  });

  test('prints a JSON document per firing, and one that counts', async (context) => {
    const { here, release } = await heldCall(context);
    release();
    await fill(here);

    const { stdout } = await here.run('work', '--once', '--json');

    const printed = documents(stdout);
    expect(printed).toHaveLength(orders + 1);
    expect(printed[0]).toMatchObject({
      event: 'CancelRetryDue',
      attempt: 2,
      answer: 'confirmed',
      order: { state: 'cancelled' },
    });
    expect(printed.at(-1)).toEqual({
      waiting: orders,
      fired: orders,
      answers: { confirmed: orders },
    });
  });

  test('says in doubt that the platform was asked, and what that taught', async (context) => {
    const { here, sandbox, release } = await heldCall(context);
    release();
    sandbox.set('W0', { status: 'closed' });
    const runtime = { ...systemRuntime(), now: () => Date.now() - 9 * 3_600_000 };
    const store = await openSqliteStore({ path: here.path('payment-orders.db'), runtime });
    await fillWithWaiting(runtime, [store], 2);
    await store.close();
    const waiting = await here.run('show', 'W0');

    const { stdout } = await here.run('work', '--once');

    expect(waiting.stdout).toMatch(
      /the platform is asked at \S+ \(where it may not be, another attempt is made: Cancel/,
    );
    expect(stdout.split('\n').toSorted().slice(1)).toEqual([
      expect.stringMatching(/^2 orders waiting, 2 due and fired: 1 never answered, .*; 1 never/),
      'W0: StatusReported, the platform was asked; attempt 1: never answered, but the platform ' +
        'reported how the order ended; now cancelled',
      'W1: StatusReported, the platform was asked; attempt 1: never answered, and did not run by ' +
        "the platform's status; now waiting to call again",
    ]);
  });

  test('reports every order that it could not recover, and goes on with the others', async (context) => {
    const { here, release } = await heldCall(context);
    release();
    await fill(here);
    const database = new DatabaseSync(here.path('payment-orders.db'));
    database.exec(
      `UPDATE events SET data = '{"canary":1}'
       WHERE stream IN ('paymentOrder-D1', 'paymentOrder-D2') AND revision = 0`,
    );
    database.close();

    const asDocuments = await here.run('work', '--once', '--json');
    const asLines = await here.run('work', '--once');

    const errors = documents(asDocuments.stderr).map(({ error }) => error as Json);
    expect(errors.map(({ code, stream }) => [code, stream]).toSorted()).toEqual([
      ['invalid-event', 'paymentOrder-D1'],
      ['invalid-event', 'paymentOrder-D2'],
    ]);
    expect(documents(asDocuments.stdout).at(-1)).toMatchObject({ fired: orders - 2 });
    const lines = asLines.stderr.split('\n').filter((line) => line.startsWith('error: '));
    expect(lines.toSorted()).toEqual([
      expect.stringContaining('paymentOrder-D1, revision 0'),
      expect.stringContaining('paymentOrder-D2, revision 0'),
    ]);
    expect([asDocuments.code, asLines.code]).toEqual([3, 3]);
  });

  test('begins nothing after a signal, awaits what is out, and says so', async (context) => {
    const { here, sandbox, arrived, release } = await heldCall(context);
    await fill(here);
    const working = here.start('work', '--once', '--json');
    await arrived;

    working.stop('SIGTERM');
    release();

    const { code, stdout } = await working.ended;
    const called = sandbox.requests.length;
    expect(code).toBe(143);
    expect(called).toBeGreaterThan(0);
    expect(called).toBeLessThanOrEqual(32);
    expect(documents(stdout).at(-1)).toMatchObject({ fired: called, waiting: orders });
    const after = await here.run('list', '--state', 'cancelled', '--ndjson');
    expect(documents(after.stdout)).toHaveLength(called);
  });
});
