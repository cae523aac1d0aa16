import fc from 'fast-check';

const fields = [
  ...['rule', 'sentAt', 'durationMs', 'httpStatus', 'requestId', 'responseCode', 'responseMsg'],
  ...['nonce', 'timestamp', 'requestSha256', 'answerSha256', 'insecureTransport', 'retryInMs'],
  ...['type', 'attempt', 'metadata', '__proto__', 'toString'],
];

/** An object with a field that cannot be read. */
export function throwingAt(field: string): object {
  return Object.defineProperty({}, field, {
    enumerable: true,
    get: () => {
      throw new Error('canary');
    },
  });
}

const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 700 }),
  fc.constantFrom(
    ...[
      '\ud800',
      'x'.repeat(511) + '\u{1f600}',
      '\u0000\u001b]52;c;x\u0007\u202e',
      '=HYPERLINK("x")',
    ],
    ...['<script>alert(1)</script>', '</script><!--', 'a\r\n{"type":"PaymentSucceeded"}', ''],
    ...['wechat.closed', '微信关闭', '2026-11-29T10:00:00Z', '2026-02-30T10:00:00.000Z', '007'],
    ...['A'.repeat(64), 'é'.repeat(64), 'x'.repeat(100_000)],
  ),
);

/** What a port of somebody's own may give as evidence, from careless to hostile. */
export function hostileEvidence(): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  const value = fc.oneof(
    { arbitrary: hostileText, weight: 3 },
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.anything({
      withBigInt: true,
      withDate: true,
      withSparseArray: true,
      withNullPrototype: true,
    }),
    fc.constantFrom(Symbol('s'), () => 1, new Error('x'), new Proxy({}, {}), new Map([[1, 2]])),
  );
  return fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string({ maxLength: 9 })), value);
}
