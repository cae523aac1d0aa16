import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import { noticeStreamOf } from '../../src/inbox/events.ts';
import { bodyOf, inboxWorld, noticeTypes, order, orderTypes, payment, vouchedBy } from './world.ts';

describe('whatever comes', () => {
  test.each([
    ['no JSON', 'status=paid', 'it is not JSON'],
    ['nothing', '', 'it is not JSON'],
    ['bytes that are not UTF-8', Buffer.from('c4e3bac3', 'hex'), 'the body is not UTF-8'],
    ['a lone surrogate', '{"paid":"\ud800"}', 'the body is not UTF-8'],
    ['a lone surrogate in JSON', '{"paid":"\\ud800","order":"O1"}', /transactionNo/],
    ['an order number that no order can have', bodyOf('T1', '../x'), /^orderNo: must be/],
    ['an amount with decimals', '{"paid":"T1","order":"O1","amount":1.5}', /^amountMinor: /],
    ['64 KiB and a byte', 'x'.repeat(65_537), 'the body is larger than 64 KiB'],
    ['control characters', '\0'.repeat(65_536), 'it is not JSON'],
    ['200,000 brackets', '['.repeat(200_000), 'the body is larger than 64 KiB'],
  ])('is kept and readable: %s', async (_name, body, problem) => {
    const { orders, inbox, memory, errors } = await inboxWorld();
    await orders.create(order);

    const receipt = await inbox.receive({ body, vouchedBy });
    const detail = await inbox.get(receipt.noticeId);

    expect(receipt).toMatchObject({ status: 'held', code: 'unreadable' });
    expect(receipt.problem).toMatch(problem);
    const kept = detail?.body ?? { text: '' };
    const bytes = 'text' in kept ? Buffer.from(kept.text) : Buffer.from(kept.base64, 'base64');
    const whole = typeof body === 'string' ? Buffer.from(body) : body;
    if (typeof body !== 'string' || body.isWellFormed()) {
      expect(bytes.equals(whole.subarray(0, 65_536))).toBe(true);
    }
    expect(detail?.isWhole).toBe(whole.length <= 65_536);
    expect(errors).toEqual([]);
    expect(await orderTypes(memory)).toEqual(['PaymentOrderCreated']);
    expect(await inbox.receive({ body, vouchedBy })).toEqual({ ...receipt, kind: 'duplicate' });
  });

  test('of exactly 64 KiB is kept whole and translated', async () => {
    const { orders, inbox } = await inboxWorld();
    await orders.create(order);
    const body = payment.padEnd(65_536);

    const { status, noticeId } = await inbox.receive({ body, vouchedBy });

    expect(status).toBe('applied');
    expect((await inbox.get(noticeId))?.body).toEqual({ text: body });
  });

  test('is kept apart where only a lone surrogate tells two bodies apart', async () => {
    const { inbox } = await inboxWorld();

    const ids = await Promise.all(
      ['\ud800', '\udfff', '\ufffd'].map(async (body) => (await inbox.receive({ body })).noticeId),
    );

    expect(new Set(ids).size).toBe(3);
  });

  test('keeps long headers cut', async () => {
    const { inbox } = await inboxWorld();
    const contentType = `text/\ud800${'x'.repeat(1_000)}`;

    const { noticeId } = await inbox.receive({
      body: payment,
      contentType,
      signature: 's'.repeat(100_000),
    });

    const detail = await inbox.get(noticeId);
    expect(detail?.contentType).toHaveLength(256);
    expect(detail?.signature).toHaveLength(8_192);
  });

  test.each([
    [{ body: { parsed: true } }, 'body'],
    [{}, 'body'],
    [{ body: 'x', vouchedBy: '' }, 'vouchedBy'],
    [{ body: 'x', vouchedBy: 'a\nb' }, 'vouchedBy'],
    [{ body: 'x', source: 'x'.repeat(129) }, 'source'],
    [{ body: 'x', header: 'x' }, 'header'],
  ])('is refused by name only where the caller is wrong: %o', async (input, field) => {
    const { inbox, memory } = await inboxWorld();
    // A caller in JavaScript has no compiler.
    const receiving = inbox.receive(input as never);

    await expect(receiving).rejects.toMatchObject({ code: 'invalid-input', field });
    expect(await noticeTypes(memory)).toEqual([]);
  });
});

test('names no word of a body in an error or a problem', async () => {
  const secret = 'Zhang San 6222020200112233445';
  const { inbox, errors } = await inboxWorld({
    translate: ({ body }) => {
      throw new Error(`cannot read ${body}`, { cause: new SyntaxError(body) });
    },
  });

  const { problem, noticeId } = await inbox.receive({ body: secret, vouchedBy });

  expect(problem).toBe('the translator threw an error');
  const [error] = errors;
  expect(error).toMatchObject({ code: 'translator-failed', stream: noticeStreamOf(noticeId) });
  for (let next = error; next instanceof Error; next = next.cause) {
    expect(`${next.message} ${next.stack ?? ''}`).not.toMatch(/Zhang|6222/);
  }
  expect(error).toBeInstanceOf(PaymentOrderError);
});
