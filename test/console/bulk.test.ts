import { describe, expect, test, vi } from 'vitest';
import { Jobs } from '../../src/console/jobs.ts';
import type { KeptReceipt } from '../../src/console/receipts.ts';
import { Receipts } from '../../src/console/receipts.ts';
import { turnOfTheLoop } from '../payment-orders/world.ts';
import { consoleWorld, formIn, textOf } from './acting.ts';
import type { Operator } from './acting.ts';

const money = { amountMinor: 12_800, currency: 'CNY' };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `O${index + 1}`);

async function blockedOrders(count: number) {
  const made = await consoleWorld([...numbers(count).map(() => 'blocked' as const), 'confirmed']);
  for (const orderNo of numbers(count)) {
    await made.orders.create({ orderNo, processBillNo: 'F1', ...money });
    await made.orders.cancel(orderNo);
  }
  return made;
}

/** The job's page once nothing of it is under way. */
async function endOf({ get }: Pick<Operator, 'get'>, path: string) {
  let page = await get(path);
  while (page.html.includes('under way')) {
    await turnOfTheLoop();
    page = await get(path);
  }
  return page;
}

describe('one action on many orders', () => {
  test('shows each that it would touch, and then does what it showed, with a receipt each', async () => {
    // given
    const { orders, get, send, kept, gateway } = await blockedOrders(3);

    // when
    const shown = await get('/bulk/retry?why=needs-review');
    const answer = await send(shown);
    const page = await endOf({ get }, answer.location);

    // then
    expect(formIn(shown).fields.getAll('take')).toEqual(['O1.2', 'O2.2', 'O3.2']);
    expect(textOf(shown.html)).toContain('For each one the platform is called');
    expect(answer.status).toBe(201);
    expect(textOf(page.html)).toContain('All 3 done.');
    expect(kept.map(({ about }) => about)).toEqual(
      numbers(3).map((orderNo) => ({ kind: 'order', orderNo })),
    );
    expect(gateway.calls).toHaveLength(6);
    for (const orderNo of numbers(3)) expect((await orders.get(orderNo))?.state).toBe('cancelled');
    for (const { id } of kept) expect((await get(`/receipts/${id}`)).status).toBe(200);
  });

  test('leaves an order alone that moved on after it was shown, and says so', async () => {
    const { orders, get, send } = await blockedOrders(2);
    const shown = await get('/bulk/retry?why=needs-review');
    await orders.abandonCancel('O1');

    const page = await endOf({ get }, (await send(shown)).location);

    expect(textOf(page.html)).toContain('not done:');
    expect((await orders.get('O1'))?.revision).toBe(3);
    expect((await orders.get('O2'))?.state).toBe('cancelled');
  });

  test('looks at no more than it shows, however many anomalies one order has', async () => {
    // given
    const { orders, get } = await blockedOrders(1);
    for (const transactionNo of numbers(60)) {
      await orders.recordPaymentSucceeded('O1', { transactionNo, ...money });
    }
    const looks = vi.spyOn(orders, 'previewAll');

    // when
    const shown = await get('/bulk/acknowledge?why=anomaly');

    // then
    expect(formIn(shown).fields.getAll('take')).toHaveLength(50);
    expect(looks).toHaveBeenCalledTimes(50);
  });

  test('acknowledges every anomaly of one order, though each moves it', async () => {
    const { orders, get, send } = await blockedOrders(1);
    for (const transactionNo of ['A', 'B', 'C']) {
      await orders.recordPaymentSucceeded('O1', { transactionNo, ...money });
    }

    const answer = await send(await get('/bulk/acknowledge?why=anomaly'));
    const page = await endOf({ get }, answer.location);

    expect(page.html).not.toContain('not done');
    const anomalies = (await orders.get('O1'))?.anomalies ?? [];
    expect(anomalies.length).toBeGreaterThan(1);
    expect(anomalies.every(({ acknowledged }) => acknowledged)).toBe(true);
  });

  test('records the note with each of them, and says what came of each', async () => {
    const { get, post, kept } = await blockedOrders(2);
    const { action, fields } = formIn(await get('/bulk/retry?why=needs-review'));
    fields.set('note', 'the key was replaced');

    const answer = await post(action, fields);
    const page = await endOf({ get }, answer.location);

    expect(kept.map(({ events }) => events[0]?.data['note'])).toEqual([
      'the key was replaced',
      'the key was replaced',
    ]);
    expect(textOf(page.html)).toContain('The gateway answered: cancelled');
  });

  test('refuses a note that no event can hold, and keeps what was written', async () => {
    const { get, post, gateway } = await blockedOrders(1);
    const { action, fields } = formIn(await get('/bulk/retry?why=needs-review'));
    fields.set('note', 'x'.repeat(2_049));

    const answer = await post(action, fields);

    expect(answer.status).toBe(422);
    expect(answer.html).toContain('x'.repeat(2_049));
    expect(gateway.calls).toHaveLength(1);
  });

  test('sent twice is one job', async () => {
    const { get, send, gateway } = await blockedOrders(2);
    const shown = await get('/bulk/retry?why=needs-review');

    const [first, again] = [await send(shown), await send(shown)];
    await endOf({ get }, first.location);

    expect(again.location).toBe(first.location);
    expect(gateway.calls).toHaveLength(4);
  });

  test('acknowledges the anomalies of one kind, and calls nobody', async () => {
    const { orders, get, send, gateway, kept } = await consoleWorld(['blocked']);
    for (const orderNo of numbers(2)) {
      await orders.create({ orderNo, processBillNo: 'F1', ...money });
      for (const transactionNo of ['T1', 'T2']) {
        await orders.recordPaymentSucceeded(orderNo, { transactionNo, ...money });
      }
    }

    const other = await get('/bulk/acknowledge?why=anomaly&code=refund-mismatch');
    const answer = await send(await get('/bulk/acknowledge?why=anomaly&code=double-payment'));
    await endOf({ get }, answer.location);

    expect(textOf(other.html)).toContain('No order can take this action now.');
    expect(kept.map(({ events }) => events.map(({ type }) => type))).toEqual([
      ['AnomalyAcknowledged'],
      ['AnomalyAcknowledged'],
    ]);
    expect((await orders.search({ attention: true })).orders).toEqual([]);
    expect(gateway.calls).toEqual([]);
  });

  test.each(['resolve?why=doubt', 'retry?why=anomaly', 'acknowledge?why=doubt', 'retry', 'ask'])(
    'does not exist for %s',
    async (path) => {
      const { get } = await consoleWorld(['blocked']);

      expect((await get(`/bulk/${path}`)).status).toBe(404);
    },
  );

  test.each([[[]], [['O1.2', 'x']], [['O1.2.1']], [numbers(51).map((orderNo) => `${orderNo}.2`)]])(
    'does nothing for what its page did not show: %j',
    async (take) => {
      const { get, post, gateway } = await blockedOrders(1);
      const { action, fields } = formIn(await get('/bulk/retry?why=needs-review'));
      fields.delete('take');
      for (const each of take) fields.append('take', each);

      expect((await post(action, fields)).status).toBe(422);
      expect(gateway.calls).toHaveLength(1);
    },
  );
});

const item = (orderNo: string) =>
  ({ orderNo, choice: { action: 'retry' }, ifRevision: 1, commandId: orderNo }) as const;
const receipt = (id: string): KeptReceipt => ({
  ...{ id, action: 'retry', about: { kind: 'order', orderNo: id }, at: '', code: null },
  ...{ actor: { kind: 'operator', id: 'li' }, answer: 'accepted', events: [], order: null },
});

describe('a job', () => {
  test('that is closed awaits what is under way, and leaves the rest', async () => {
    // given
    const jobs = new Jobs();
    const { promise, resolve } = Promise.withResolvers<KeptReceipt>();
    const begun: string[] = [];
    jobs.start('j', 'retry', numbers(3).map(item), ({ orderNo }) => {
      begun.push(orderNo);
      return promise;
    });

    // when
    let isClosed = false;
    const closing = jobs.close().then(() => {
      isClosed = true;
    });
    await turnOfTheLoop();
    const before = isClosed;
    resolve(receipt('O1'));
    await closing;

    // then
    expect([before, begun]).toEqual([false, ['O1']]);
    expect(jobs.get('j')?.steps.map(({ result }) => result?.kind)).toEqual([
      ...['receipt', undefined, undefined],
    ]);
  });

  test('goes on after one that fails', async () => {
    const jobs = new Jobs();
    jobs.start('j', 'retry', numbers(2).map(item), ({ orderNo }) =>
      orderNo === 'O1' ? Promise.reject(new Error('no')) : Promise.resolve(receipt(orderNo)),
    );
    await turnOfTheLoop();

    expect(jobs.get('j')).toMatchObject({ phase: 'ended' });
    expect(jobs.get('j')?.steps.map(({ result }) => result?.kind)).toEqual(['failure', 'receipt']);
  });
});

describe('the receipts of a console', () => {
  test('are the newest 1,000', () => {
    const receipts = new Receipts();
    for (const id of numbers(1_001)) receipts.keep(receipt(id));

    expect([receipts.get('O1'), receipts.get('O2')?.id, receipts.get('O1001')?.id]).toEqual([
      ...[undefined, 'O2', 'O1001'],
    ]);
  });
});
