import type { Bug, Detector } from './bugs.ts';

const seeds: Detector = { by: 'seeds' };

/** What could go wrong where two merchants share a store. */
export const bugsOfGateways: readonly Bug[] = [
  {
    name: 'a gateway with the name of the order is taken for its own, whatever its account',
    file: 'src/order/gateways.ts',
    from: "return found?.appId === recorded.appId ? found : 'other-gateway';",
    to: "return found ?? 'other-gateway';",
    detector: seeds,
  },
  {
    name: 'recovery asks about orders of another account',
    file: 'src/recovery/due.ts',
    from: 'const gateway = gateways.recorded(read.known) ?? ',
    to: 'const gateway = gateways.all[0] ?? ',
    detector: seeds,
  },
  {
    name: 'recovery adopts nothing',
    file: 'src/recovery/due.ts',
    from: '(isIdle ? null : await gateways.of(read.known))',
    to: "(isIdle ? null : 'no-gateway')",
    detector: seeds,
  },
  {
    name: 'the adoption of an order is not recorded',
    file: 'src/order/transact.ts',
    from: 'gateway: identityOf(gateway) }, gateway };',
    to: 'gateway: order.known.gateway === null ? undefined : identityOf(gateway) }, gateway };',
    detector: seeds,
  },
  {
    name: 'two accounts that both believe to be alone adopt one order',
    file: 'src/order/gateways.ts',
    from: "return claims.some(isRival) ? 'no-gateway' : candidate;",
    to: 'return candidate;',
    detector: seeds,
  },
  {
    name: 'an order is created before its account is claimed',
    file: 'src/order/transact.ts',
    from: 'if (event.gateway !== undefined) await gateways.claim(event.gateway);',
    to: 'if (event.gateway !== undefined) gateways.claim(event.gateway).catch(() => undefined);',
    detector: seeds,
  },
];
