import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import { hostileEvidence, throwingAt } from '../machines/hostile-evidence.ts';
import { answered, expectTruthful, order as created, orderNo, world } from './world.ts';

const typeOf = {
  confirmed: 'CancelConfirmed',
  refused: 'CancelRefused',
  'not-executed': 'CancelNotExecuted',
  blocked: 'CancelBlocked',
  'outcome-unknown': 'CancelOutcomeUnknown',
};

/** One cancel by a gateway port of the caller's own, written in JavaScript. */
async function cancelledWith(given: unknown) {
  const { orders, errors, store } = await world(() => Promise.resolve(given as CancelOutcome));
  await orders.create(created);
  const { order } = await orders.cancel(orderNo);
  return { order, errors, store, last: (await orders.history(orderNo)).at(-1) };
}

describe('an attempt by a gateway of the caller', () => {
  test.each([
    ['no known kind', { kind: 'toString', rule: 'r' }],
    ['an empty outcome', {}],
    ['a kind that cannot be read', throwingAt('kind')],
    ['nothing', undefined],
  ])('is recorded as unknown if the gateway port returns %s, and reported', async (_, given) => {
    const { order, last, errors } = await cancelledWith(given);

    expect(order.stateDetail).toBe('cancelling.inDoubt');
    expect(last?.data['rule']).toBe('unreadable-outcome');
    expect(errors).toMatchObject([{ code: 'gateway-failed' }]);
  });

  test('keeps its outcome, whatever is wrong with the evidence, and reports the fields once', async () => {
    const given = {
      kind: 'confirmed',
      rule: 'wechat.closed',
      requestId: 17,
      responseMsg: 'closed '.repeat(100),
      sentAt: 'canary',
      retryInMs: 1,
      colour: 'canary',
    };
    const { order, last, errors } = await cancelledWith(given);

    expect(order.state).toBe('cancelled');
    expect(last?.data).toEqual({
      attempt: 1,
      rule: 'wechat-closed',
      requestId: '17',
      responseMsg: given.responseMsg.slice(0, 512),
    });
    expect(errors).toHaveLength(1);
    const [error] = errors;
    expect(error).toBeInstanceOf(PaymentOrderError);
    expect(String(error)).toBe(
      'PaymentOrderError: stream paymentOrder-O20201109150635695000001: at attempt 1 the gateway ' +
        'port gave evidence that no event can hold as it is (rule, sentAt, requestId, ' +
        'responseMsg, others); the outcome is recorded, with each of these fields made to fit ' +
        'or left out; correct the port: the type CancelOutcome says what each field may be',
    );
  });

  test('reports nothing of evidence that fits', async () => {
    const { errors } = await cancelledWith({ ...answered('refused'), requestId: 'x'.repeat(128) });

    expect(errors).toEqual([]);
  });

  test('keeps the kind of its outcome with any evidence', async () => {
    const kinds = ['confirmed', 'refused', 'not-executed', 'blocked', 'outcome-unknown'] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds), hostileEvidence(), async (kind, evidence) => {
        const { last, store } = await cancelledWith({ ...evidence, kind });

        expect(last?.type).toBe(typeOf[kind]);
        await expectTruthful(store, []);
      }),
      { numRuns: 300 },
    );
  });
});
