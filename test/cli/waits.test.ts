import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitsBeside } from '../../src/listing/waits.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { fillWithWaiting } from '../payment-orders/waiting-orders.ts';
import { desk } from './support.ts';
import type { Desk } from './support.ts';

type Gateway = { readonly name: string; readonly appId: string; readonly state: 'up' | 'down' };

let here: Desk;

beforeEach(() => {
  here = desk();
});

afterEach(() => here.remove());

/** A process that says how its recovery stands. */
function says(pid: number, gateways: readonly Gateway[], { noGateway = 0, ageMs = 0 } = {}): void {
  const at = new Date(Date.now() - ageMs).toISOString();
  const status = {
    ...{ phase: 'following', startedAt: at, position: null, lagMs: 0, waiting: 3, due: 3 },
    ...{ inFlight: 0, fired: 0, lastFiring: null, leftAlone: { others: 0, noGateway } },
    gateways: gateways.map((gateway) => ({ ...gateway, since: at, rule: 'x', waiting: 3 })),
    notices: null,
  };
  const file = here.path(`payment-orders.db.index.work-host-${pid}.json`);
  writeFileSync(file, JSON.stringify({ at, host: 'host', pid, status }));
}

async function overdueOrders(): Promise<void> {
  const path = here.path('payment-orders.db');
  const runtime = { ...systemRuntime(), now: () => Date.now() - 9 * 3_600_000 };
  const store = await openSqliteStore({ path, runtime });
  await fillWithWaiting(runtime, [store], 2);
  await store.close();
}

const waitsOf = async (gateway: { name: string; appId: string | null } | null) => {
  return (await waitsBeside(here.path('payment-orders.db.index'), Date.now()))({ gateway });
};

const a = { name: 'a', appId: 'APP-A' };
const [up, down] = [
  { ...a, state: 'up' },
  { ...a, state: 'down' },
] as const;

describe('why an overdue order waits', () => {
  test('is not said where no process works', async () => {
    expect(await waitsOf(a)).toBeNull();
    says(1, [down], { ageMs: 60_000 });
    expect(await waitsOf(a)).toBeNull();
  });

  test('is gateway-down where every process that has its gateway cannot call it', async () => {
    says(1, [down]);
    says(2, [{ name: 'b', appId: 'APP-B', state: 'up' }]);
    expect(await waitsOf(a)).toBe('gateway-down');
    expect(await waitsOf({ name: 'a', appId: null })).toBe('gateway-down');
    says(3, [up]);
    expect(await waitsOf(a)).toBeNull();
  });

  test('is no-gateway where processes work and none may call for it', async () => {
    says(1, [up], { noGateway: 1 });
    expect(await waitsOf({ name: 'b', appId: 'APP-B' })).toBe('no-gateway');
    expect(await waitsOf({ ...a, appId: 'APP-Z' })).toBe('no-gateway');
    expect(await waitsOf(null)).toBe('no-gateway');
    says(2, [up]);
    expect(await waitsOf(null)).toBeNull();
  });

  test('stands in the list, in show, and in JSON', async () => {
    await overdueOrders();
    says(1, [up], { noGateway: 1 });

    const [list, show, json] = await Promise.all([
      here.run('list', '--why', 'overdue'),
      here.run('show', 'W0'),
      here.json('list', '--why', 'overdue'),
    ]);

    for (const { stdout } of [list, show]) expect(stdout).toMatch(/overdue by 1 h: no-gateway, /);
    expect(json.body).toMatchObject({
      orders: [{ orderNo: 'W0', waits: 'no-gateway' }, { orderNo: 'W1' }],
    });
  });

  test('is what doctor says, and not that no recovery runs, where it is so for all of them', async () => {
    await overdueOrders();
    const without = await here.run('doctor');
    says(1, [up], { noGateway: 1 });
    const withOne = await here.run('doctor');

    expect([without.code, withOne.code]).toEqual([1, 1]);
    expect(without.stdout).toMatch(/2 orders overdue, .*: no recovery is running/);
    expect(withOne.stdout).toMatch(/2 orders overdue, .*: no-gateway, no process that works/);
  });
});
