import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { claim, claimsStream, readClaims } from '../../src/order/claims.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { withWays } from '../event-store/with-ways.ts';

describe('a claim', () => {
  test('is not tried without end where the store does not show what it has', async () => {
    const runtime = simulatedRuntime();
    const store = openMemoryStore(runtime);
    await claim(store, runtime, { name: 'a', appId: 'APP-A' });
    const stale = withWays(store, {
      // eslint-disable-next-line require-yield -- A node that lags has nothing to show.
      async *read() {
        await Promise.resolve();
      },
    });

    await expect(claim(stale, runtime, { name: 'b', appId: 'APP-B' })).rejects.toMatchObject({
      ...{ code: 'too-much-contention', stream: claimsStream },
    });
    expect(await readClaims(store)).toEqual({
      claims: [{ name: 'a', appId: 'APP-A' }],
      revision: 0,
    });
  });
});
