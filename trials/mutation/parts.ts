/** What is mutated together, and the tests that must notice: the fast ones that promise it. */
export type Part = { readonly mutate: readonly string[]; readonly tests: readonly string[] };

export const parts: Readonly<Record<string, Part>> = {
  interpreter: {
    mutate: ['src/interpreter/*.ts'],
    tests: ['test/interpreter/*.test.ts'],
  },
  machines: {
    mutate: ['machines/*.ts'],
    // Not transitions.test.ts: it looks at every reachable state before its first test.
    tests: [
      'test/machines/create-actor.test.ts',
      'test/machines/events.test.ts',
      'test/machines/facts.test.ts',
      'test/machines/folding-again.test.ts',
      'test/machines/outcomes.test.ts',
      'test/machines/reports.test.ts',
      'test/testing/declared-target.test.ts',
      'test/testing/laws.test.ts',
    ],
  },
  // What speaks to the network is tried by the campaigns; these decide.
  gateway: {
    mutate: [
      ...['bill-rows', 'call-classification', 'classification', 'evidence', 'gateway-url'],
      ...['json-rows', 'private-key', 'query-classification', 'signing', 'wire'],
    ].map((name) => `src/gateway/${name}.ts`),
    tests: [
      'test/gateway/bill.test.ts',
      'test/gateway/classification.test.ts',
      'test/gateway/evidence.test.ts',
      'test/gateway/gateway-url.test.ts',
      'test/gateway/json-rows.test.ts',
      'test/gateway/private-key.test.ts',
      'test/gateway/query-classification.test.ts',
      'test/gateway/signing.test.ts',
      'test/gateway/wire.test.ts',
      'test/gateway/wire-request.test.ts',
    ],
  },
  order: {
    mutate: ['src/order/commands.ts', 'src/order/decide.ts'],
    tests: ['test/order/*.test.ts'],
  },
  text: {
    mutate: ['src/text.ts'],
    tests: ['test/text.test.ts'],
  },
  history: {
    mutate: ['src/history/*.ts'],
    // Not golden-altered.test.ts: it changes every field of every golden event, and takes seconds.
    tests: ['test/history/!(golden-altered).test.ts'],
  },
};
