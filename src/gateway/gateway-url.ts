import { PaymentOrderError } from '../errors.ts';
import { urlCharactersMax } from './limits.ts';

export type GatewayUrlOptions = {
  /** Allows plain http off loopback. Default false. */
  readonly allowInsecureHttp?: boolean | undefined;
};

const urlParts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(.*)$/i;
const authorityParts = /^(\[[^\]]*\]|[^:[\]]*)(?::([0-9]{1,5}))?$/;

/**
 * Reads the platform's base URL, at most 2048 characters; it may have a path.
 *
 * Accepts `https:`, `http:` on loopback (`localhost`, `127.0.0.0/8`, `[::1]`), and `http:` anywhere
 * with `allowInsecureHttp`. Refuses a URL that a person could take for another place than the
 * machine does: host and path must be spelled the way they are parsed.
 *
 * @throws {PaymentOrderError} `invalid-gateway-url`. The message never repeats the text given,
 * which may hold a password.
 * @example parseGatewayUrl('https://etc.example.com/base').host; // 'etc.example.com'
 */
export function parseGatewayUrl(text: string, options: GatewayUrlOptions = {}): URL {
  // No compiler stops a caller in JavaScript.
  if (typeof (text as unknown) !== 'string') throw invalid('must be text');
  if (text === '') throw invalid('is empty');
  if (text.length > urlCharactersMax) throw invalid(`is over ${urlCharactersMax} characters`);
  if (/[\s\p{Cc}\p{Cf}]/u.test(text)) throw invalid('holds whitespace or control characters');
  if (text.includes('\\')) throw invalid('holds a backslash');
  const [, scheme = '', authority = '', path = '', rest = ''] = urlParts.exec(text) ?? [];
  if (scheme === '') throw invalid('must begin with https://');
  if (authority.includes('@')) throw invalid('holds a user name or password; remove it');
  if (rest !== '') throw invalid('has a query or fragment; remove it');
  const url = URL.parse(text);
  if (url === null || url.hostname === '') throw invalid('has no valid host');
  requireScheme(url, options);
  requirePlainHost(url, authority);
  requirePlainPath(url, path);
  return url;
}

/** Whether requests to this URL can be read and changed on the way: plain http off loopback. */
export function isInsecure(url: URL): boolean {
  return url.protocol === 'http:' && !isLoopback(url.hostname);
}

/** The path that calls are posted to, `<base>/api/gateway`. */
export function callPath(url: URL): string {
  return `${url.pathname.replace(/\/+$/, '')}/api/gateway`;
}

/** What to connect to: an IPv6 address without brackets, and the scheme's port by default. */
export function addressOf(url: URL): { readonly host: string; readonly port: number } {
  const schemePort = url.protocol === 'https:' ? 443 : 80;
  return {
    host: url.hostname.replaceAll(/[[\]]/g, ''),
    port: url.port === '' ? schemePort : Number(url.port),
  };
}

function requireScheme(url: URL, options: GatewayUrlOptions): void {
  if (url.protocol === 'https:') return;
  if (url.protocol !== 'http:') throw invalid('must begin with https://');
  if (isInsecure(url) && options.allowInsecureHttp !== true) {
    throw invalid('is plain http off loopback; use https, or set allowInsecureHttp knowingly');
  }
}

/** Refuses decimal, hexadecimal and octal addresses, `%2e` and full-width dots. */
function requirePlainHost(url: URL, authority: string): void {
  const [, host = '', port = ''] = authorityParts.exec(authority) ?? [];
  if (host === '') throw invalid('has no valid host and port');
  if (host.toLowerCase() !== url.hostname) {
    throw invalid(`spells the host differently from how it is parsed; write ${url.hostname}`);
  }
  if (host.endsWith('.')) throw invalid('has a host that ends in a dot; remove the dot');
  if (port !== '' && Number(port) === 0) throw invalid('has port 0');
}

function requirePlainPath(url: URL, path: string): void {
  if ((path === '' ? '/' : path) !== url.pathname) {
    throw invalid(
      'has a path with . or .. segments, or with characters that need percent-encoding',
    );
  }
  if (/%(2e|2f|5c|00)/i.test(path)) throw invalid('hides a dot, a slash or NUL in its path');
  if (/\/\/./.test(path)) throw invalid('has an empty segment in its path');
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname)
  );
}

function invalid(problem: string): PaymentOrderError {
  const whole = `${problem} (expected: https://host[:port][/path])`;
  const details = { field: 'url', problem: whole };
  return new PaymentOrderError('invalid-gateway-url', `the gateway URL ${whole}`, details);
}
