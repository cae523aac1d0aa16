import { describe, expect, test } from 'vitest';
import {
  cancelApiCode,
  cancelParams,
  isAppId,
  requestEnvelopeSchema,
} from '../../src/gateway/wire.ts';

const order = { orderNo: 'O1', processBillNo: 'F1' };

describe('the parameters of a cancel', () => {
  test("have the platform's names", () => {
    expect(cancelApiCode).toBe('payment.order.cancel');
    expect(cancelParams({ ...order, reason: '临时决定' })).toEqual({
      etc_order_no: 'O1',
      etc_process_bill_no: 'F1',
      reason: '临时决定',
    });
  });

  test('leave out an absent or empty reason, which the platform refuses', () => {
    const without = { etc_order_no: 'O1', etc_process_bill_no: 'F1' };
    for (const request of [order, { ...order, reason: '' }]) {
      expect(JSON.parse(JSON.stringify(cancelParams(request)))).toEqual(without);
    }
  });

  test('accept the longest values that the platform accepts', () => {
    const longest = { orderNo: 'O'.repeat(32), processBillNo: 'F'.repeat(32) };
    expect(cancelParams({ ...longest, reason: 'r'.repeat(512) })).toMatchObject({
      etc_order_no: longest.orderNo,
      etc_process_bill_no: longest.processBillNo,
      reason: 'r'.repeat(512),
    });
  });

  test.each([
    ['orderNo', '', 'must not be empty'],
    ['orderNo', 'O'.repeat(33), 'must have at most 32 characters'],
    ['orderNo', 'O\ud800', 'must not hold a lone surrogate'],
    ['processBillNo', '', 'must not be empty'],
    ['processBillNo', 'F'.repeat(33), 'must have at most 32 characters'],
    ['reason', 'r'.repeat(513), 'must have at most 512 characters'],
    ['reason', '\udfff', 'must not hold a lone surrogate'],
  ])('are refused by name before anything is sent: %s %j', (field, value, problem) => {
    expect(() => cancelParams({ ...order, [field]: value })).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        field,
        problem,
      }),
    );
  });
});

describe('an appId', () => {
  test('has 16 letters and digits', () => {
    expect(isAppId('OIG0AF4DMOK2VC2N')).toBe(true);
    for (const other of [
      '',
      'OIG0AF4DMOK2VC2',
      'OIG0AF4DMOK2VC2N1',
      'xOIG0AF4DMOK2VC2N',
      '-'.repeat(16),
    ]) {
      expect(isAppId(other)).toBe(false);
    }
  });
});

describe('a posted envelope', () => {
  const envelope = {
    appId: 'a'.repeat(64),
    nonce: 'n'.repeat(64),
    timestamp: 1,
    sign: 's'.repeat(4_096),
    apiCode: 'c'.repeat(128),
    params: { etc_order_no: 'O1', other: [null] },
  };

  test('is read with any parameters', () => {
    expect(requestEnvelopeSchema.parse(envelope)).toEqual(envelope);
  });

  test.each(['appId', 'nonce', 'sign', 'apiCode'] as const)(
    'is refused with a %s that is too long',
    (field) => {
      const { success } = requestEnvelopeSchema.safeParse({
        ...envelope,
        [field]: `${envelope[field]}x`,
      });
      expect(success).toBe(false);
    },
  );
});
