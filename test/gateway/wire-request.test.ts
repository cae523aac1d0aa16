import { describe, expect, it } from 'vitest';
import { cancelApiCode, cancelParams, requestEnvelopeSchema } from '../../src/gateway/wire.ts';

const order = { orderNo: 'O1', processBillNo: 'F1' };

describe('the parameters of a cancel', () => {
  it("are the platform's names for ours", () => {
    expect(cancelApiCode).toBe('payment.order.cancel');
    expect(cancelParams({ ...order, reason: '临时决定' })).toEqual({
      ...{ etc_order_no: 'O1', etc_process_bill_no: 'F1', reason: '临时决定' },
    });
  });

  it('hold no reason where there is none, or an empty one, which the platform refuses', () => {
    const without = { etc_order_no: 'O1', etc_process_bill_no: 'F1' };
    for (const request of [order, { ...order, reason: '' }]) {
      expect(cancelParams(request)).toEqual(without);
      expect(cancelParams(request)).not.toHaveProperty('reason');
    }
  });

  it('may be as long as the platform takes them', () => {
    const longest = { orderNo: 'O'.repeat(32), processBillNo: 'F'.repeat(32) };
    expect(cancelParams({ ...longest, reason: 'r'.repeat(512) })).toMatchObject({
      ...{ etc_order_no: longest.orderNo, etc_process_bill_no: longest.processBillNo },
      reason: 'r'.repeat(512),
    });
  });

  it.each([
    ['orderNo', '', /^orderNo: Too small/],
    ['orderNo', 'O'.repeat(33), /^orderNo: Too big/],
    ['orderNo', 'O\ud800', /^orderNo: holds a lone surrogate$/],
    ['processBillNo', '', /^processBillNo: Too small/],
    ['processBillNo', 'F'.repeat(33), /^processBillNo: Too big/],
    ['reason', 'r'.repeat(513), /^reason: Too big/],
    ['reason', '\udfff', /^reason: holds a lone surrogate$/],
  ])('are refused by name before anything is sent: %s %j', (field, value, message) => {
    expect(() => cancelParams({ ...order, [field]: value })).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        field,
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});

describe('a posted envelope', () => {
  const envelope = {
    ...{ appId: 'a'.repeat(64), nonce: 'n'.repeat(64), timestamp: 1, sign: 's'.repeat(4_096) },
    ...{ apiCode: 'c'.repeat(128), params: { etc_order_no: 'O1', other: [null] } },
  };

  it('is read with whatever parameters it has', () => {
    expect(requestEnvelopeSchema.parse(envelope)).toEqual(envelope);
  });

  it.each(['appId', 'nonce', 'sign', 'apiCode'] as const)(
    'is refused with a longer %s',
    (field) => {
      const { success } = requestEnvelopeSchema.safeParse({
        ...envelope,
        [field]: `${envelope[field]}x`,
      });
      expect(success).toBe(false);
    },
  );
});
