import { describe, expect, test } from 'vitest';
import { openPaymentOrders } from '../../src/open.ts';
import type { OpenOptions } from '../../src/open-options.ts';

const account = (identity: unknown) => ({
  identity,
  attemptMs: 15_000,
  cancel: () => Promise.reject(new Error('nobody is called')),
  close: () => Promise.resolve(),
});

describe('opening', () => {
  test.each([
    ['a gateway without an identity', { gateway: account(undefined) }],
    ['an identity that is not text', { gateway: account(7) }],
    ['no gateways', { gateways: {} }],
    ['a name that no actor can have', { gateways: { 'a b': account('x') } }],
    ['gateway and gateways', { gateway: account('x'), gateways: { b: account('x') } }],
    ['adoption without a gateway', { adopt: true }],
    ['adoption by one that is not there', { gateway: account('x'), adopt: 'b' }],
    ['adoption by any of several', { gateways: { a: account('x'), b: account('y') }, adopt: true }],
  ])('is refused with %s', async (_what, options) => {
    // As a caller in JavaScript may give it.
    const given = { store: 'memory:', ...options } as unknown as OpenOptions;
    await expect(openPaymentOrders(given)).rejects.toMatchObject({ code: 'invalid-input' });
  });
});
