import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import { callPath, isInsecure, parseGatewayUrl } from '../../src/gateway/gateway-url.ts';

describe('a gateway URL', () => {
  it.each([
    ['https://etc.example.com', '/api/gateway'],
    ['https://etc.example.com/', '/api/gateway'],
    ['https://ETC.example.com:8443/base', '/base/api/gateway'],
    ['https://etc.example.com/base/v2/', '/base/v2/api/gateway'],
    ['https://etc.example.com/base//', '/base/api/gateway'],
    ['https://10.1.2.3/x', '/x/api/gateway'],
    ['https://[2001:db8::1]/x', '/x/api/gateway'],
    ['http://localhost:8080', '/api/gateway'],
    ['http://127.0.0.1:8080', '/api/gateway'],
    ['http://127.8.9.1', '/api/gateway'],
    ['http://[::1]:8080/a', '/a/api/gateway'],
  ])('%s is taken, and calls go to %s', (text, path) => {
    const url = parseGatewayUrl(text);
    expect(callPath(url)).toBe(path);
    expect(isInsecure(url)).toBe(false);
  });

  it('may be plain http off loopback only where the owner says so', () => {
    const text = 'http://etc.example.com';
    expect(() => parseGatewayUrl(text)).toThrow('allowInsecureHttp');
    const url = parseGatewayUrl(text, { allowInsecureHttp: true });
    expect(isInsecure(url)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['blanks', '  '],
    ['a blank at the end', 'https://etc.example.com '],
    ['a line end', 'https://etc.example.com/\n'],
    ['a tab within', 'https://etc.exa\tmple.com'],
    ['NUL', 'https://etc.example.com/\0'],
    ['a zero-width space', 'https://etc.\u200bexample.com'],
    ['a bidi control', 'https://etc.\u202eexample.com'],
    ['no scheme', 'etc.example.com'],
    ['one slash', 'https:/etc.example.com'],
    ['no slash', 'https:etc.example.com'],
    ['three slashes', 'https:///etc.example.com'],
    ['backslashes', 'https:\\\\etc.example.com'],
    ['file:', 'file:///etc/passwd'],
    ['ftp:', 'ftp://etc.example.com'],
    ['javascript:', 'javascript:alert(1)'],
    ['user and password', 'https://canary-user:canary-password@etc.example.com'],
    ['a user alone', 'https://canary-user@etc.example.com'],
    ['an empty user', 'https://@etc.example.com'],
    ['an encoded user', 'https://canary-user%40etc.example.com'],
    ['a user and a bad port', 'https://canary-user:canary-password@etc.example.com:99999'],
    ['a user and a backslash', 'https://etc.example.com\\@canary-user'],
    ['a query', 'https://etc.example.com/?canary-password=1'],
    ['an empty query', 'https://etc.example.com/?'],
    ['a fragment', 'https://etc.example.com/#canary-password'],
    ['an empty fragment', 'https://etc.example.com#'],
    ['a decimal address', 'http://2130706433/'],
    ['a hexadecimal address', 'http://0x7f000001/'],
    ['an octal address', 'http://0177.0.0.1/'],
    ['a short address', 'http://127.1/'],
    ['hexadecimal parts', 'https://0x7f.0.0.1/'],
    ['a long IPv6 form', 'http://[0:0:0:0:0:0:0:1]/'],
    ['IPv4 within IPv6', 'http://[::ffff:127.0.0.1]/'],
    ['the same in hexadecimal', 'http://[::ffff:7f00:1]/'],
    ['an encoded dot in the host', 'https://etc%2eexample.com'],
    ['full-width dots', 'https://etc．example．com'],
    ['an ideographic full stop', 'https://etc。example.com'],
    ['full-width letters', 'https://ｅtc.example.com'],
    ['a name not in punycode', 'https://bücher.example'],
    ['a dot at the end', 'https://etc.example.com.'],
    ['a look-alike of loopback', 'http://127.0.0.1.example.com'],
    ['another look-alike', 'http://localhost.example.com'],
    ['any address', 'http://0.0.0.0'],
    ['port 0', 'https://etc.example.com:0'],
    ['an empty port', 'https://etc.example.com:'],
    ['a port too high', 'https://etc.example.com:65536'],
    ['a port in words', 'https://etc.example.com:https'],
    ['a .. segment', 'https://etc.example.com/a/../b'],
    ['a . segment', 'https://etc.example.com/./b'],
    ['an encoded .. segment', 'https://etc.example.com/a/%2e%2e/b'],
    ['a half-encoded .. segment', 'https://etc.example.com/a/.%2E'],
    ['an encoded slash', 'https://etc.example.com/a%2fb'],
    ['an empty segment', 'https://etc.example.com//other.example.com/x'],
    ['Chinese in the path', 'https://etc.example.com/支付'],
    ['3000 characters', `https://etc.example.com/${'a'.repeat(3000)}`],
  ])('with %s is refused by name, without an echo', (_name, text) => {
    try {
      parseGatewayUrl(text);
    } catch (error) {
      if (!(error instanceof PaymentOrderError)) throw error;
      expect(error.code).toBe('invalid-gateway-url');
      expect(error.cause).toBeUndefined();
      expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/canary/);
      return;
    }
    throw new Error('it was accepted');
  });
});
