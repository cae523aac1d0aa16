import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sights } from '../../trials/histories/history-property.ts';
import { historyProperty } from '../../trials/histories/history-property.ts';
import { historySights } from '../../trials/histories/history-sights.ts';

/** The level `histories` in `npm run campaign` lives through 20,000; this keeps it working. */
describe('any history of one order', () => {
  test('keeps what was acknowledged, and is told the same by every prefix of its events', async () => {
    const sights: Sights = new Map();
    await fc.assert(historyProperty(sights), { numRuns: 200 });
    const states = historySights.filter((sight) => sight.startsWith('state '));
    expect(states.filter((state) => !sights.has(state))).toEqual([]);
  });
});
