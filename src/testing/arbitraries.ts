import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { printable } from '../../machines/payment-order.events.ts';
import type {
  EventData,
  FactType,
  PaymentOrderEvent,
} from '../../machines/payment-order.events.ts';
import { compact } from '../compact.ts';
import type { CancelOutcome } from '../gateway/cancel-gateway.ts';
import type { Command } from '../order/types.ts';
import { instantOf } from '../runtime.ts';

/** Draws from each arbitrary as often as the weight before it says. */
export function weighted<T>(
  ...choices: readonly (readonly [weight: number, arbitrary: Arbitrary<T>])[]
): Arbitrary<T> {
  return fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

const awkwardTexts = [
  '',
  ' ',
  '\0',
  '\r\n',
  '\u2028',
  '\ufeff',
  '付款单',
  'e\u0301',
  'é',
  '１２',
  'x\u200b',
  '__proto__',
  'toJSON',
  '../../x',
  '%2e%2e',
  '-rf',
  '$all',
  '@file',
  '=HYPERLINK("x")',
  '<script>alert(1)</script>',
  '"\'`',
  '\u202egnp.exe',
  '\u001b]52;c;eA==\u0007',
  'NaN',
  '\ud800',
  '\udfff',
  'a\ud83d',
  '\ude00b',
  '😀',
  '𝒳',
  "'; DROP TABLE events; --",
];

/**
 * Any text that JavaScript can hold, and texts that break terminals, paths, spreadsheets and pages.
 * Includes lone surrogates, which fast-check's `unit: 'binary'` does not make. Up to 600 UTF-16 units.
 */
export function hostileText(): Arbitrary<string> {
  const codeUnit = weighted(
    [6, fc.integer({ min: 0x20, max: 0x7e })],
    [2, fc.integer({ min: 0, max: 0xffff })],
    [1, fc.integer({ min: 0xd800, max: 0xdfff })],
  );
  const units = fc.array(codeUnit, { maxLength: 40 }).map((drawn) => String.fromCharCode(...drawn));
  return weighted(
    [4, fc.constantFrom(...awkwardTexts)],
    [4, units],
    [2, fc.string({ unit: 'grapheme', maxLength: 40 })],
    [1, fc.integer({ min: 500, max: 600 }).map((n) => 'x'.repeat(n))],
  );
}

/** Hostile text that may be stored: well-formed Unicode, 1 to `charactersMax` UTF-16 units. */
export function storableText(charactersMax: number): Arbitrary<string> {
  return hostileText().filter(
    (text) => text.isWellFormed() && text.length >= 1 && text.length <= charactersMax,
  );
}

/** Valid amounts in minor units, most of them at the edge of a range. */
export function edgeAmounts(): Arbitrary<number> {
  const edges = [
    1,
    2,
    99,
    100,
    101,
    12_800,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 32,
    2 ** 53 - 2,
    2 ** 53 - 1,
  ];
  return weighted(
    [3, fc.constantFrom(...edges)],
    [1, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })],
  );
}

/** Values that look like an amount but are not a safe integer of at least 1. */
export function wrongAmounts(): Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown[]>(0, -0, -1, 0.5, 128.01, 2 ** 53, Infinity, NaN, '128', ' 12', null),
    fc.integer({ max: 0 }),
    fc.double({ min: 1.1, max: 1e6, noNaN: true, noInteger: true }),
    fc.bigInt({ min: 1n }),
  );
}

/** A number of an order or a process bill. */
export function orderNumbers(): Arbitrary<string> {
  return fc.oneof(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/),
    fc.constantFrom('O20201109150635695000001', '0', 'x'.repeat(32), 'a-_'),
  );
}

/** An identifier from outside, in any script: a transaction number, a fact's id, an actor. */
export function identifiers(): Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('T1', 'T2', 'T3'),
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$/),
    fc.constantFrom('余额不足', '51 : Insufficient funds', '2026/11/29+='),
    storableText(128).filter((text) => printable.safeParse(text).success),
  );
}

type Money = { readonly amountMinor?: number; readonly currency?: string };

const currencies = fc.constantFrom('CNY', 'USD', 'JPY');

/** Of facts: they may be 0. */
const factAmounts = weighted([9, edgeAmounts()], [1, fc.constant(0)]);

/** An amount with its currency, or neither: payment orders take no half of it. */
const moneyOf = (amountMinor: Arbitrary<number>): Arbitrary<Money> =>
  fc.oneof(fc.record({ amountMinor, currency: currencies }), fc.constant({}));

const money = moneyOf(edgeAmounts());
const factMoney = moneyOf(factAmounts);

/** The data of valid new orders. */
export function validOrders(): Arbitrary<EventData<'PaymentOrderCreated'>> {
  return fc
    .record({ orderNo: orderNumbers(), processBillNo: orderNumbers(), money })
    .map(({ money: amount, ...numbers }) => ({ ...numbers, ...amount }));
}

const note = fc.option(storableText(2_048), { nil: undefined });
const by = fc.constantFrom('operator-1', 'operator-2');
const resolution = fc.constantFrom('cancelled', 'paid', 'failed', 'open');

/** Any command except `CreatePaymentOrder`, with a valid payload. The order may reject it. */
export function commands(): Arbitrary<Command> {
  const of = <T extends Command['type'], P extends object>(type: T, payload: Arbitrary<P>) =>
    payload.map((drawn) => ({ type, payload: compact(drawn) }));
  return fc.oneof(
    fc.constant({ type: 'StartPayment', payload: {} }),
    of('RequestCancel', fc.record({ reason: fc.option(storableText(512), { nil: undefined }) })),
    of('RetryCancel', fc.record({ note })),
    of('AbandonCancel', fc.record({ note })),
    of('ResolveCancel', fc.record({ resolution, evidence: storableText(2_048), by })),
    of('AcknowledgeAnomaly', fc.record({ number: fc.integer({ min: 1, max: 4 }), by, note })),
    of(
      'RetractFact',
      fc.record({ revision: fc.nat({ max: 8 }), evidence: storableText(2_048), by }),
    ),
  );
}

/** Instants of one day, in UTC with milliseconds. */
export const instants = fc
  .integer({ min: 0, max: 86_399_999 })
  .map((ms) => instantOf(1_614_728_100_000 + ms));

/** Valid facts about any order, numbered or not, with or without a time and words of the source. */
export function facts(): Arbitrary<PaymentOrderEvent<FactType>> {
  const perhaps = <T>(arbitrary: Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const told = {
    factId: perhaps(identifiers()),
    occurredAt: perhaps(instants),
    message: perhaps(storableText(512)),
  };
  const code = perhaps(identifiers());
  const transactionNo = perhaps(identifiers());
  const refunded = { amountMinor: factAmounts, currency: currencies };
  return fc.oneof(
    fc
      .record({ ...told, transactionNo, money: factMoney })
      .map(({ money: amount, ...fact }) =>
        compact({ type: 'PaymentSucceeded' as const, ...fact, ...amount }),
      ),
    fc
      .record({ type: fc.constantFrom('PaymentFailed', 'ClosedAtGateway'), ...told, code })
      .map(compact),
    fc.record({ type: fc.constant('PaymentDeclined'), ...told, transactionNo, code }).map(compact),
    fc
      .record({
        type: fc.constant('PaymentRefunded'),
        ...told,
        refundNo: identifiers(),
        transactionNo,
        ...refunded,
      })
      .map(compact),
  );
}

/** A gateway's answers to one attempt, with or without evidence. */
export function gatewayOutcomes(): Arbitrary<CancelOutcome> {
  return fc
    .record({
      kind: fc.constantFrom('confirmed', 'refused', 'not-executed', 'blocked', 'outcome-unknown'),
      rule: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,63}$/),
      httpStatus: fc.option(fc.integer({ min: 100, max: 999 }), { nil: undefined }),
      requestId: fc.option(storableText(128), { nil: undefined }),
      responseCode: fc.option(fc.constantFrom('000', '403001', '500'), { nil: undefined }),
      responseMsg: fc.option(storableText(512), { nil: undefined }),
      durationMs: fc.option(fc.double({ min: 0, max: 30_000, noNaN: true }), { nil: undefined }),
    })
    .map(compact);
}
