import { describe, expect, onTestFinished, test } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { sandboxKeys, startSandbox } from '../../src/sandbox/index.ts';
import { scratchPath } from '../../test/event-store/scratch.ts';
import { check } from './check.ts';
import { kinds, tellPlatform, writeNight } from './store.ts';

const by = { actor: { kind: 'operator', id: 'li.wei' }, source: 'console' } as const;

describe('the night that a person settles through the console', () => {
  test('holds ten things of five kinds, and knows which of them are settled, and how', async () => {
    // Given a night after which nothing is settled,
    const { path, remove } = scratchPath();
    onTestFinished(remove);
    const store = `sqlite:${path}`;
    await writeNight(store);
    const before = await check(store);
    expect(before.map(({ isSettled }) => isSettled)).toEqual(Array(10).fill(false));
    expect(new Set(before.map(({ kind }) => kind)).size).toBe(5);
    expect(before.flatMap(({ how }) => how)).toEqual([]);

    // when an operator does what the console offers,
    const { publicKey, privateKey } = sandboxKeys(`${path}-keys`);
    await using sandbox = await startSandbox({
      runtime: systemRuntime(),
      callerPublicKey: publicKey,
    });
    tellPlatform(sandbox);
    const gateway = { url: sandbox.url, appId: sandbox.appId, privateKey };
    await using orders = await openPaymentOrders({ store, gateway });
    for (const orderNo of [...kinds['blocked key'], ...kinds.overdue]) {
      await orders.retryCancel(orderNo, by);
    }
    for (const orderNo of kinds.doubt) await orders.ask(orderNo, by);
    for (const orderNo of kinds['double payment']) {
      await orders.acknowledgeAnomaly(orderNo, { number: 1, by: 'li.wei', source: 'console' });
    }
    const inbox = orders.inbox();
    for await (const { noticeId } of inbox.list()) {
      await inbox.discard(noticeId, { by: 'li.wei', reason: 'no notice of the platform' });
    }

    // then all ten are settled, each by what was recorded.
    const after = await check(store);
    expect(after.filter(({ isSettled }) => !isSettled)).toEqual([]);
    for (const { how, what } of after) expect(how.join(), what).toMatch(/ by /);
  });
});
