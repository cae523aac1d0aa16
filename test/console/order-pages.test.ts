import { describe, expect, test } from 'vitest';
import { choiceFrom, pathOf } from '../../src/console/actions/action.ts';
import { order, orderNo, reason } from '../payment-orders/world.ts';
import type { Seen } from './acting.ts';
import { consoleWorld, textOf } from './acting.ts';

const form = (path: string) => `/orders/${orderNo}/act/${path}`;

describe('an order in the console', () => {
  test('offers what its state allows, and asks the platform first where it is in doubt', async () => {
    const { orders, get } = await consoleWorld(['outcome-unknown']);
    await orders.create(order);
    await orders.cancel(orderNo, { reason });

    const { html } = await get(`/orders/${orderNo}`);

    const offered = [...html.matchAll(/\/act\/([^"]*)"/g)].map(([, path = '']) => path);
    expect(offered).toEqual([
      ...['ask', 'retry', 'resolve?as=cancelled', 'resolve?as=paid', 'resolve?as=failed'],
      'resolve?as=open',
    ]);
    for (const path of offered) {
      const [name = '', query] = path.split('?');
      const choice = choiceFrom(name, new URLSearchParams(query));
      expect(choice === null ? null : pathOf(choice)).toBe(`act/${path}`);
    }
  });

  test('that does not exist is not found', async () => {
    const { get } = await consoleWorld(['blocked']);

    expect((await get('/orders/O1')).status).toBe(404);
  });
});

const seenTexts = ({ html }: Seen) => textOf(html).replaceAll(/\s+/g, ' ');

describe('a receipt', () => {
  test('says what was recorded with its hash, how the order stands, and what may be next', async () => {
    const { orders, get, send } = await consoleWorld(['blocked']);
    await orders.create(order);
    await orders.cancel(orderNo, { reason });

    const { location } = await send(await get(form('retry')));
    const page = await get(location);

    const history = await orders.history(orderNo);
    for (const { type, metadata } of history.slice(3)) {
      expect(page.html).toContain(`<code>${type}</code>`);
      expect(page.html).toContain(metadata.hash);
    }
    expect(seenTexts(page)).toContain('needs review');
    expect(page.html).toContain('/act/abandon');
  });

  test('that is not kept is not found', async () => {
    const { get } = await consoleWorld(['blocked']);

    expect((await get('/receipts/x')).status).toBe(404);
  });
});
