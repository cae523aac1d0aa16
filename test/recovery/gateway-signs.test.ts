import { expect, test } from 'vitest';
import { fitOutcome } from '../../machines/payment-order.outcomes.ts';
import { signOfAttempt } from '../../src/recovery/gateway-signs.ts';

test.each(['Dns Failed: host é', '\u001b[31mred', '', 7, undefined, 'x'.repeat(999)])(
  'spells the rule of a call as its event holds it: %j',
  (rule) => {
    const given = { kind: 'blocked', rule };
    const { event } = fitOutcome('CancelBlocked', 1, given);

    expect(signOfAttempt(given)).toEqual({ kind: 'blocked', rule: event.rule });
  },
);
