import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../src/errors.ts';
import { addressOf, callPath, isInsecure, parseGatewayUrl } from '../../src/gateway/gateway-url.ts';

describe('a gateway URL', () => {
  test.each([
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
    ['http://127.10.20.255', '/api/gateway'],
    ['http://[::1]:8080/a', '/a/api/gateway'],
  ])('accepts %s and posts calls to %s', (text, path) => {
    const url = parseGatewayUrl(text);
    expect(callPath(url)).toBe(path);
    expect(isInsecure(url)).toBe(false);
  });

  test.each([
    ['https://etc.example.com/base', { host: 'etc.example.com', port: 443 }],
    ['http://localhost', { host: 'localhost', port: 80 }],
    ['https://etc.example.com:80', { host: 'etc.example.com', port: 80 }],
    ['https://[2001:db8::1]:8443', { host: '2001:db8::1', port: 8443 }],
  ])('leads %s to its host and port', (text, address) => {
    expect(addressOf(parseGatewayUrl(text))).toEqual(address);
  });

  test('may have 2048 characters', () => {
    const text = `https://etc.example.com/${'a'.repeat(2_024)}`;
    expect(parseGatewayUrl(text).href).toBe(text);
  });

  test('may be plain http off loopback only with allowInsecureHttp', () => {
    const text = 'http://etc.example.com';
    expect(() => parseGatewayUrl(text)).toThrow('allowInsecureHttp');
    const url = parseGatewayUrl(text, { allowInsecureHttp: true });
    expect(isInsecure(url)).toBe(true);
  });

  test.each([
    ['nothing', '', 'is empty'],
    ['blanks', '  ', 'holds whitespace or control characters'],
    ['a blank at the end', 'https://etc.example.com ', 'holds whitespace or control characters'],
    ['a line end', 'https://etc.example.com/\n', 'holds whitespace or control characters'],
    ['a tab within', 'https://etc.exa\tmple.com', 'holds whitespace or control characters'],
    ['NUL', 'https://etc.example.com/\0', 'holds whitespace or control characters'],
    [
      'a zero-width space',
      'https://etc.\u200bexample.com',
      'holds whitespace or control characters',
    ],
    ['a bidi control', 'https://etc.\u202eexample.com', 'holds whitespace or control characters'],
    ['no scheme', 'etc.example.com', 'must begin with https://'],
    ['one slash', 'https:/etc.example.com', 'must begin with https://'],
    ['no slash', 'https:etc.example.com', 'must begin with https://'],
    ['three slashes', 'https:///etc.example.com', 'has no valid host and port'],
    ['backslashes', 'https:\\\\etc.example.com', 'holds a backslash'],
    ['file:', 'file:///etc/passwd', 'has no valid host'],
    ['ftp:', 'ftp://etc.example.com', 'must begin with https://'],
    ['javascript:', 'javascript:alert(1)', 'must begin with https://'],
    [
      'user and password',
      'https://canary-user:canary-password@etc.example.com',
      'holds a user name or password; remove it',
    ],
    [
      'a user alone',
      'https://canary-user@etc.example.com',
      'holds a user name or password; remove it',
    ],
    ['an empty user', 'https://@etc.example.com', 'holds a user name or password; remove it'],
    ['an encoded user', 'https://canary-user%40etc.example.com', 'has no valid host'],
    [
      'a user and a bad port',
      'https://canary-user:canary-password@etc.example.com:99999',
      'holds a user name or password; remove it',
    ],
    ['a user and a backslash', 'https://etc.example.com\\@canary-user', 'holds a backslash'],
    ['a query', 'https://etc.example.com/?canary-password=1', 'has a query or fragment; remove it'],
    ['an empty query', 'https://etc.example.com/?', 'has a query or fragment; remove it'],
    [
      'a fragment',
      'https://etc.example.com/#canary-password',
      'has a query or fragment; remove it',
    ],
    ['an empty fragment', 'https://etc.example.com#', 'has a query or fragment; remove it'],
    [
      'a decimal address',
      'http://2130706433/',
      'spells the host differently from how it is parsed; write 127.0.0.1',
    ],
    [
      'a hexadecimal address',
      'http://0x7f000001/',
      'spells the host differently from how it is parsed; write 127.0.0.1',
    ],
    [
      'an octal address',
      'http://0177.0.0.1/',
      'spells the host differently from how it is parsed; write 127.0.0.1',
    ],
    [
      'a short address',
      'http://127.1/',
      'spells the host differently from how it is parsed; write 127.0.0.1',
    ],
    [
      'hexadecimal parts',
      'https://0x7f.0.0.1/',
      'spells the host differently from how it is parsed; write 127.0.0.1',
    ],
    [
      'a long IPv6 form',
      'http://[0:0:0:0:0:0:0:1]/',
      'spells the host differently from how it is parsed; write [::1]',
    ],
    [
      'IPv4 within IPv6',
      'http://[::ffff:127.0.0.1]/',
      'is plain http off loopback; use https, or set allowInsecureHttp knowingly',
    ],
    [
      'the same in hexadecimal',
      'http://[::ffff:7f00:1]/',
      'is plain http off loopback; use https, or set allowInsecureHttp knowingly',
    ],
    [
      'an encoded dot in the host',
      'https://etc%2eexample.com',
      'spells the host differently from how it is parsed; write etc.example.com',
    ],
    [
      'full-width dots',
      'https://etc．example．com',
      'spells the host differently from how it is parsed; write etc.example.com',
    ],
    [
      'an ideographic full stop',
      'https://etc。example.com',
      'spells the host differently from how it is parsed; write etc.example.com',
    ],
    [
      'full-width letters',
      'https://ｅtc.example.com',
      'spells the host differently from how it is parsed; write etc.example.com',
    ],
    [
      'a name not in punycode',
      'https://bücher.example',
      'spells the host differently from how it is parsed; write xn--bcher-kva.example',
    ],
    [
      'a dot at the end',
      'https://etc.example.com.',
      'has a host that ends in a dot; remove the dot',
    ],
    [
      'a look-alike of loopback',
      'http://127.0.0.1.example.com',
      'is plain http off loopback; use https, or set allowInsecureHttp knowingly',
    ],
    [
      'another look-alike',
      'http://localhost.example.com',
      'is plain http off loopback; use https, or set allowInsecureHttp knowingly',
    ],
    [
      'any address',
      'http://0.0.0.0',
      'is plain http off loopback; use https, or set allowInsecureHttp knowingly',
    ],
    ['port 0', 'https://etc.example.com:0', 'has port 0'],
    ['an empty port', 'https://etc.example.com:', 'has no valid host and port'],
    ['a port too high', 'https://etc.example.com:65536', 'has no valid host'],
    ['a port of six digits', 'https://etc.example.com:000443', 'has no valid host and port'],
    ['a port in words', 'https://etc.example.com:https', 'has no valid host'],
    [
      'a .. segment',
      'https://etc.example.com/a/../b',
      'has a path with . or .. segments, or with characters that need percent-encoding',
    ],
    [
      'a . segment',
      'https://etc.example.com/./b',
      'has a path with . or .. segments, or with characters that need percent-encoding',
    ],
    [
      'an encoded .. segment',
      'https://etc.example.com/a/%2e%2e/b',
      'has a path with . or .. segments, or with characters that need percent-encoding',
    ],
    [
      'a half-encoded .. segment',
      'https://etc.example.com/a/.%2E',
      'has a path with . or .. segments, or with characters that need percent-encoding',
    ],
    [
      'an encoded slash',
      'https://etc.example.com/a%2fb',
      'hides a dot, a slash or NUL in its path',
    ],
    [
      'an empty segment',
      'https://etc.example.com//other.example.com/x',
      'has an empty segment in its path',
    ],
    [
      'Chinese in the path',
      'https://etc.example.com/支付',
      'has a path with . or .. segments, or with characters that need percent-encoding',
    ],
    ['a digit before its scheme', '1https://etc.example.com', 'must begin with https://'],
    ['2049 characters', `https://etc.example.com/${'a'.repeat(2025)}`, 'is over 2048 characters'],
  ])('refuses %s by name, without an echo', (_name, text, problem) => {
    try {
      parseGatewayUrl(text);
    } catch (error) {
      if (!(error instanceof PaymentOrderError)) throw error;
      expect(error.code).toBe('invalid-gateway-url');
      const whole = `${problem} (expected: https://host[:port][/path])`;
      expect(error).toMatchObject({ field: 'url', problem: whole });
      expect(error.message).toBe(`the gateway URL ${whole}`);
      expect(error.cause).toBeUndefined();
      expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/canary/);
      return;
    }
    throw new Error('it was accepted');
  });
});
