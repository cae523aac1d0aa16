import { describe, test } from 'vitest';
import { transitionProperties } from '../../src/testing/transition-properties.ts';

describe('the shipped machine', () => {
  // A hundred histories each: the quick part of test/testing/laws.test.ts, which tries more.
  test.each(transitionProperties())('keeps the law $name', ({ check }) => {
    check({ runs: 100 });
  });
});
