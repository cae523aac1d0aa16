import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { platformNotices } from '../../src/platform-notices/platform-notices.ts';
import { chinaTime } from '../../src/sandbox/notice-body.ts';
import { notice, paid, paidFact, refunded, unreadable, waits } from './support.ts';

const translate = platformNotices();
const occurredAt = '2021-03-03T07:51:05.238Z';

describe('a notice of a payment', () => {
  test('that succeeded is the payment of its order, whose number stands for the transaction', async () => {
    expect(await translate(notice(paid))).toEqual(paidFact);
  });

  test('that failed is the failure of the order, with what the platform says of it', async () => {
    const failed = { ...paid, status: 'failed', msg: '余额不足' };
    expect(await translate(notice(failed))).toEqual({
      kind: 'fact',
      orderNo: paid.etc_biz_no,
      type: 'PaymentFailed',
      fact: { occurredAt, message: '余额不足' },
    });
  });

  test.each([undefined, null])('may have no amount and no message: %s', async (absent) => {
    const { orderNo, etc_biz_no: transactionNo } = { orderNo: paid.etc_biz_no, ...paid };
    expect(await translate(notice({ ...paid, biz_amt: absent, msg: absent }))).toEqual({
      kind: 'fact',
      orderNo,
      type: 'PaymentSucceeded',
      fact: { transactionNo, occurredAt },
    });
  });

  test('is about the order that an operator named, and keeps its own number', async () => {
    const named = await translate(notice({ ...paid, etc_biz_no: '交易/1' }, { orderNo: 'O1' }));
    expect(named).toMatchObject({ orderNo: 'O1', fact: { transactionNo: '交易/1' } });
  });

  test('keeps the beginning of a message that is too long, well-formed', async () => {
    const long = `${'长'.repeat(511)}🧾`;
    const translated = await translate(notice({ ...paid, msg: long }));
    expect(translated).toMatchObject({ fact: { message: `${'长'.repeat(511)}\ufffd` } });
  });

  test('keeps every amount and every instant exactly', async () => {
    const fen = fc.integer({ min: 0, max: 99_999_999_999 });
    const instant = fc.integer({ min: 0, max: 4_102_444_800_000 });
    await fc.assert(
      fc.asyncProperty(fen, instant, async (amountMinor, ms) => {
        const yuan = `${Math.floor(amountMinor / 100)}.${String(amountMinor % 100).padStart(2, '0')}`;
        const given = notice({ ...paid, biz_amt: yuan, time: chinaTime(ms) });
        const expected = { amountMinor, occurredAt: new Date(ms).toISOString() };
        // China set its clocks back six times in 1986 to 1991, and an hour came twice.
        fc.pre(ms < Date.parse('1986-01-01') || ms > Date.parse('1992-01-01'));
        expect(await translate(given)).toMatchObject({ kind: 'fact', fact: expected });
      }),
    );
  });
});

describe('a notice of a refund', () => {
  const fact = {
    ...{ refundNo: refunded.etc_biz_no, amountMinor: 600, currency: 'CNY', occurredAt },
  };

  test('is the refund of the order that was asked for', async () => {
    const orderOfRefund = vi.fn(() => 'O1');
    const translated = await platformNotices({ orderOfRefund })(notice(refunded));
    expect(translated).toEqual({ kind: 'fact', orderNo: 'O1', type: 'PaymentRefunded', fact });
    expect(orderOfRefund.mock.calls).toEqual([[refunded.etc_biz_no]]);
  });

  test.each([null, undefined])('waits while nobody knows its order: %s', async (unknown) => {
    const orderOfRefund = () => Promise.resolve(unknown);
    const translated = await platformNotices({ orderOfRefund })(notice(refunded));
    expect(translated).toEqual(waits);
  });

  test('is held where nobody could be asked, until an operator names the order', async () => {
    expect(await translate(notice(refunded))).toEqual(unreadable);
    const named = await translate(notice(refunded, { orderNo: 'O1' }));
    expect(named).toEqual({ kind: 'fact', orderNo: 'O1', type: 'PaymentRefunded', fact });
  });

  test('is held where what was asked gives no number of an order', async () => {
    const orderOfRefund = () => '../O1';
    const translated = await platformNotices({ orderOfRefund })(notice(refunded));
    expect(translated).toEqual(unreadable);
  });

  test('lets the error through where what was asked throws', async () => {
    const orderOfRefund = () => Promise.reject(new Error('no database'));
    const translated = platformNotices({ orderOfRefund })(notice(refunded));
    await expect(translated).rejects.toThrow('no database');
  });

  test('is no refund of an order where it failed, or returns a split, or has no amount', async () => {
    const translateAll = platformNotices({ orderOfRefund: () => 'O1' });
    for (const change of [
      { status: 'failed' },
      { api_callback_code: 'launch_refund' },
      { biz_amt: undefined },
      { etc_biz_no: undefined },
      { etc_biz_no: '\u202eRFD' },
    ]) {
      const translated = await translateAll(notice({ ...refunded, ...change }));
      expect(translated, JSON.stringify(change)).toEqual(unreadable);
    }
  });
});

const text = JSON.stringify(paid);

describe('a notice is unreadable', () => {
  test.each([
    ['empty', ''],
    ['no JSON', 'status=succeeded&etc_biz_no=O1'],
    ['cut off', text.slice(0, -1)],
    ['a list', [paid]],
    ['null', 'null'],
    ['a key twice', text.replace('{', '{"status":"failed",')],
    ['a key twice, once escaped', text.replace('{', '{"st\\u0061tus":"failed",')],
    ['deep', `${'['.repeat(60_000)}${']'.repeat(60_000)}`],
    ['the code of another service', { ...paid, api_callback_code: 'open_account' }],
    ['no code', { ...paid, api_callback_code: undefined }],
    ['a code that every object has', { ...paid, api_callback_code: 'toString' }],
    ['another status', { ...paid, status: 'pending' }],
    ['an unknown field', { ...paid, channel_no: '4200002345' }],
    ['the field __proto__', text.replace('{', '{"__proto__":{"status":"failed"},')],
    ['no order number', { ...paid, etc_biz_no: undefined }],
    ['an order number that no order can have', { ...paid, etc_biz_no: '../O1' }],
    ['an order number of 33 characters', { ...paid, etc_biz_no: 'O'.repeat(33) }],
    ['an amount with three decimals', { ...paid, biz_amt: '106.095' }],
    ['an amount as a number', { ...paid, biz_amt: 106.09 }],
    ['a negative amount', { ...paid, biz_amt: '-106.09' }],
    ['an amount with an exponent', { ...paid, biz_amt: '1e2' }],
    ['an amount in full-width digits', { ...paid, biz_amt: '１０６.０９' }],
    ['an amount that no number holds', { ...paid, biz_amt: '99999999999999999.00' }],
    ['a day that does not exist', { ...paid, time: '20210230155105238' }],
    ['an hour that does not exist', { ...paid, time: '20210303245105238' }],
    ['no time', { ...paid, time: undefined }],
    ['the zero of a time', { ...paid, time: '00010101000000000' }],
    ['a time of another form', { ...paid, time: '2021-03-03 15:51:05' }],
    ['a message that is none', { ...paid, msg: { text: 'x' } }],
  ])('with %s', async (_what, body) => {
    expect(await translate(notice(body))).toEqual(unreadable);
  });
});

test('whatever a notice is, it is translated or has a problem that never quotes it', async () => {
  const canary = 'CANARY6222021234567890';
  const odd = fc.oneof(
    fc.constantFrom(canary, `${canary}.00`, '', '0', null, undefined, 7, [canary], { [canary]: 1 }),
    fc.json(),
  );
  const changed = fc.dictionary(
    fc.constantFrom(...Object.keys(paid), 'msg', canary, '__proto__', 'sign', 'request_content'),
    odd,
    { minKeys: 1, maxKeys: 3 },
  );
  const body = fc.oneof(
    changed.map((change) => JSON.stringify({ ...paid, ...change })),
    fc.string({ unit: 'binary' }),
    fc.json(),
  );
  await fc.assert(
    fc.asyncProperty(body, async (given) => {
      const translated = await translate(notice(given));
      if (translated.kind !== 'fact') {
        expect(['unreadable', 'forged']).toContain(translated.kind);
        expect(translated.problem).not.toContain(canary.slice(0, 6));
        expect(translated.problem.length).toBeLessThan(300);
      }
    }),
    { numRuns: 500 },
  );
});
