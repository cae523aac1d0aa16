import { describe, expect, test } from 'vitest';
import { escapeForTerminal, escapeHtml, inertJson, passesLuhn, sha256 } from '../src/text.ts';

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
    ['a tab', 'a\tb', 'a\\tb'],
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
    const four = `e${'\u0301'.repeat(4)}`;
    expect(escapeForTerminal(four)).toBe(four);
    expect(escapeForTerminal(`${four}\u0301`)).toBe(`${four}\\u0301`);
  });

  test('keeps an escaped JSON document the same document', () => {
    const value = { text: '\u001b\u009b\u202e\u{e0041}\u2028临时\\', number: 1 };
    const line = inertJson(value);
    expect(JSON.parse(line)).toEqual(value);
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
});

describe('text for a page', () => {
  test('escapes all that ends a text or a quoted attribute, and nothing else', () => {
    expect(escapeHtml(`<a href="x" id='y'>&amp; 临时</a>`)).toBe(
      '&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp; 临时&lt;/a&gt;',
    );
  });
});

describe('a digest', () => {
  test('is SHA-256 over UTF-8, in lower-case hexadecimal', () => {
    // The example of FIPS 180-2.
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256('abc')).toBe(abc);
    expect(sha256(new TextEncoder().encode('abc'))).toBe(abc);
    expect(sha256('临时')).toBe(sha256(new TextEncoder().encode('临时')));
  });
});

describe("Luhn's check", () => {
  // Test numbers that the card schemes publish, of 13, 14, 15, 16 and 19 digits.
  test.each([
    '4222222222222',
    '30569309025904',
    '378282246310005',
    '4111111111111111',
    '5555555555554444',
    '6205500000000000004',
  ])('passes the card number %s, and none that differs in one digit', (number) => {
    expect(passesLuhn(number)).toBe(true);
    for (let index = 0; index < number.length; index += 1) {
      for (const digit of '0123456789') {
        const other = number.slice(0, index) + digit + number.slice(index + 1);
        expect(passesLuhn(other), other).toBe(other === number);
      }
    }
  });
});
