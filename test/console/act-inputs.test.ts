import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { order, orderNo, reason } from '../payment-orders/world.ts';
import { consoleWorld, formIn } from './acting.ts';

const evidence = 'line 12 of the bill';
const money = { amountMinor: 12_800, currency: 'CNY' };
const payment = { transactionNo: 'T1', amount: '128.00', currency: 'CNY' };

const form = (path: string) => `/orders/${orderNo}/act/${path}`;

describe('what is written into a form of the console', () => {
  test.each([
    ['evidence', ''],
    ['evidence', ' \r\n '],
    ['transactionNo', ''],
    ['transactionNo', 'a\u202eb'],
    ['amount', '12,80'],
    ['amount', '-1'],
    ['amount', '1.234'],
    ['amount', '99999999999999999'],
    ['currency', 'XYZ'],
    ['currency', 'yuan'],
    ['currency', ''],
  ])('refuses %s %j beside the field, and records nothing', async (name, text) => {
    const { orders, get, send } = await consoleWorld(['outcome-unknown']);
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    const before = await orders.history(orderNo);

    const answer = await send(await get(form('resolve?as=paid')), {
      evidence,
      ...payment,
      [name]: text,
    });

    expect(answer.status).toBe(422);
    expect(answer.html).toMatch(new RegExp(`id="field-${name}"[^>]*aria-invalid="true"`));
    expect(await orders.history(orderNo)).toEqual(before);
  });

  test.each([
    ['evidence', 2_048],
    ['transactionNo', 128],
  ])('takes %s of %d characters, and not one more', async (name, most) => {
    const { orders, get, send } = await consoleWorld(['outcome-unknown']);
    await orders.create(order);
    await orders.cancel(orderNo, { reason });
    const shown = await get(form('resolve?as=paid'));
    const answerTo = (text: string) => send(shown, { evidence, ...payment, [name]: text });

    expect((await answerTo('证'.repeat(most + 1))).status).toBe(422);
    expect((await answerTo('证'.repeat(most))).status).toBe(200);
  });

  test('is shown as text, however hostile it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          '<script>alert(1)</script>',
          '"><img src=x onerror=alert(1)>',
          '</textarea><b>',
          "' onfocus='x",
          '\u202egnp.exe',
          '{{7*7}}',
          '&lt;b&gt;',
          '\n\nx',
        ),
        async (text) => {
          const { orders, get, send } = await consoleWorld(['outcome-unknown']);
          await orders.create(order);
          await orders.cancel(orderNo, { reason: text });
          await orders.recordPaymentSucceeded(orderNo, {
            transactionNo: 'T9',
            ...money,
            message: text,
          });

          const shown = await get(form('retract?revision=3'));
          const refused = await send(shown, { evidence: text.padEnd(2_049, 'x') });
          const { location } = await send(shown, { evidence: text });
          const pages = [shown, refused, await get(location), await get(`/orders/${orderNo}`)];

          for (const { html } of pages) {
            const [, main = ''] = /<main[^>]*>(.*)<\/main>/s.exec(html) ?? [];
            // What somebody writes stays as written.
            const told = main.replaceAll(/(<textarea[^>]*>).*?<\/textarea>/gs, '$1');
            expect(main).not.toMatch(/<script|<img|<b>|onfocus='x/);
            expect(told).not.toContain('\u202e');
          }
          expect(formIn(refused).fields.get('evidence')).toBe(text.padEnd(2_049, 'x'));
          expect((await orders.history(orderNo)).at(-1)?.data['evidence']).toBe(text);
        },
      ),
      { numRuns: 16 },
    );
  });
});
