import Fastify from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPaymentOrders } from 'payment-order-machine';
import type { Access } from '../access.ts';
import { guard } from '../access.ts';
import { callersFrom, providerFrom } from '../callers.ts';
import type { TestService } from './in-process.ts';
import { callers, customer, isProvider, newTestService } from './in-process.ts';
import { operator, otherCustomer, provider } from './in-process.ts';

const order = { orderNo: 'O1', processBillNo: 'F1' };

const tokens = {
  owner: customer,
  otherCustomer,
  operator,
  provider,
  stranger: 'stranger-token-00001',
};
type Role = keyof typeof tokens;
const roles = Object.keys(tokens) as readonly Role[];

const granted: Record<Access, readonly Role[]> = {
  everybody: roles,
  provider: ['provider'],
  caller: ['owner', 'otherCustomer', 'operator'],
  operator: ['operator'],
  owner: ['owner', 'operator'],
};

let service: TestService;
beforeEach(async () => {
  service = newTestService();
  await service.send('POST', '/orders', { key: 'k0', body: order });
});
afterEach(async () => {
  await service.remove();
});

const historyOf = async (orderNo: string) => {
  await using orders = await openPaymentOrders({ store: service.store, readOnly: true });
  return await orders.history(orderNo);
};

describe('every route', () => {
  test.each(roles)('is open to the %s exactly as it says', async (role) => {
    const routes = await service.routes();
    expect(routes.length).toBeGreaterThan(6);

    for (const { method, url, access } of routes) {
      for (const verb of [method].flat()) {
        const send = (orderNo: string) =>
          service.send(verb, url.replace(':orderNo', orderNo).replace(':noticeId', 'none'), {
            token: tokens[role],
            key: `${role}-${verb}`,
            ...(verb === 'POST' ? { body: {} } : {}),
          });
        const before = await historyOf('O1');

        const { status, body } = await send('O1');

        const what = `${verb} ${url} as ${role}`;
        if (granted[access].includes(role)) expect([401, 403, 404], what).not.toContain(status);
        else {
          // Another's order looks as one that does not exist.
          const refusals = {
            owner: 404,
            operator: 403,
            ...{ everybody: 0, caller: 0, provider: 0 },
          };
          expect(status, what).toBe(granted.caller.includes(role) ? refusals[access] || 401 : 401);
          expect({ status, body }, what).toEqual(await send('ABSENT'));
          expect(await historyOf('O1'), what).toEqual(before);
        }
      }
    }
  });

  test('must say who may use it, and name the owner if it names an order', async () => {
    await using orders = await openPaymentOrders({ store: 'memory:' });
    const app = Fastify();
    guard(app, { orders, callers, isProvider });

    expect(() => app.get('/open', () => ({}))).toThrow('must say who may use it');
    const byCaller = { config: { access: 'caller' } } as const;
    expect(() => app.get('/orders/:orderNo/bill', byCaller, () => ({}))).toThrow('the owner');
    await app.close();
  });
});

describe('the number of another customer’s order', () => {
  const create = (token: string) =>
    service.send('POST', '/orders', { token, key: 'k1', body: { ...order, orderNo: 'O2' } });

  test('cannot be created again, shows nothing of the order, and writes nothing to it', async () => {
    await create(customer);
    const before = await historyOf('O2');

    const answer = await create(otherCustomer);

    expect(answer).toEqual({ status: 409, body: { code: 'order-number-taken' } });
    expect(await historyOf('O2')).toEqual(before);
  });

  test('goes to one of two who create it at once', async () => {
    const answers = await Promise.all([create(customer), create(otherCustomer)]);

    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const taken = answers.find(({ status }) => status === 409);
    expect(taken?.body).toEqual({ code: 'order-number-taken' });
  });
});

describe('the settings of callers', () => {
  test.each([
    'customer-token-00001',
    'short=customer:u-7',
    'customer-token-00001=provider:u-7',
    'customer-token-00001=root:u-7',
    '',
  ])('refuse %j', (text) => {
    expect(() => callersFrom(text)).toThrow('a caller must be');
  });

  test('refuse a secret of the provider that is short, or the token of a caller', () => {
    expect(() => providerFrom('short', callers)).toThrow('16 to 128');
    expect(() => providerFrom(customer, callers)).toThrow('must not be the token of a caller');
  });
});
