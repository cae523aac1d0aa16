import { describe, expect, test } from 'vitest';
import { momentOf, momentText } from '../../src/console/pages/times.ts';

describe('a moment on a page of the console', () => {
  test("stands by the platform's clock, and as it is stored where one points at it", () => {
    const instant = '2026-11-30T19:06:15.473Z';

    expect(momentText(instant)).toBe('2026-12-01 03:06:15 (UTC+8)');
    expect(momentOf(instant).toString()).toBe(
      `<time datetime="${instant}" title="${instant}">2026-12-01 03:06:15 (UTC+8)</time>`,
    );
  });

  test('stays as it stands where it is none', () => {
    expect(momentText('yesterday')).toBe('yesterday');
  });
});
