import { describe, expect, test } from 'vitest';
import { escapeForTerminal, inertJson } from '../src/text.ts';

describe('text for a terminal', () => {
  test('leaves plain text of any language as it is', () => {
    for (const text of ['临时决定关单取消支付', 'Übergröße café', '支付 ✓ 🧾', "it's <b>ok</b>"]) {
      expect(escapeForTerminal(text)).toBe(text);
    }
  });

  test.each([
    ['an ANSI clear-screen', '\u001b[2J', '\\u001b[2J'],
    ['a clipboard write', '\u001b]52;c;eA==\u0007', '\\u001b]52;c;eA==\\u0007'],
    ['an eight-bit escape', '\u009b31m', '\\u009b31m'],
    ['a forged line', 'a\r\nerror: b', 'a\\r\\nerror: b'],
    ['bidi controls', '\u202egnp\u2066', '\\u202egnp\\u2066'],
    ['invisible characters', 'a\u200bb\u3164\u{e0041}', 'a\\u200bb\\u3164\\u{e0041}'],
    ['line separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['a lone surrogate', 'a\ud800b', 'a\\ud800b'],
    ['NUL', '\0', '\\u0000'],
    ['text that looks escaped', '\\u001b', '\\\\u001b'],
  ])('shows %s escaped', (_what, hostile, shown) => {
    expect(escapeForTerminal(hostile)).toBe(shown);
    expect(escapeForTerminal(hostile)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });

  test('escapes marks that pile up on one letter', () => {
    const shown = escapeForTerminal(`e${'\u0301'.repeat(5000)}`);
    expect(shown).not.toMatch(/\p{M}{5}/u);
    expect(shown).toContain('\\u0301');
  });

  test('keeps an escaped JSON document the same document', () => {
    const value = { text: '\u001b\u009b\u202e\u{e0041}\u2028临时\\', number: 1 };
    const line = inertJson(value);
    expect(JSON.parse(line)).toEqual(value);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
});
