import { PaymentOrderError } from '../errors.ts';

export type GatewayUrlOptions = {
  /** The owner's word that plain http may be used off loopback. Default false. */
  readonly allowInsecureHttp?: boolean | undefined;
};

const urlCharactersMax = 2048;
const urlParts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(.*)$/i;
const authorityParts = /^(\[[^\]]*\]|[^:[\]]*)(?::([0-9]{1,5}))?$/;

/**
 * Reads the platform's base URL: `https:`, or `http:` on loopback (`localhost`, `127.0.0.0/8`,
 * `[::1]`), or `http:` anywhere with `allowInsecureHttp`. It may have a path.
 *
 * What a reader could take for another place than the machine does is refused: the host and the
 * path must be written as they are understood. Errors: `invalid-gateway-url`, which never repeat
 * the text given, for it may hold a password.
 */
export function parseGatewayUrl(text: string, options: GatewayUrlOptions = {}): URL {
  if (text === '') throw invalid('is empty');
  if (text.length > urlCharactersMax) throw invalid(`is over ${urlCharactersMax} characters`);
  if (/[\s\p{Cc}\p{Cf}]/u.test(text)) throw invalid('holds whitespace or control characters');
  if (text.includes('\\')) throw invalid('holds a backslash');
  const [, scheme = '', authority = '', path = '', rest = ''] = urlParts.exec(text) ?? [];
  if (scheme === '') throw invalid('is not of the form https://host[:port][/path]');
  if (authority.includes('@')) throw invalid('holds a user name or password; remove it');
  if (rest !== '') throw invalid('has a query or fragment; remove it');
  const url = URL.parse(text);
  if (url === null || url.hostname === '') throw invalid('has no valid host');
  requireScheme(url, options);
  requirePlainHost(url, authority);
  requirePlainPath(url, path);
  return url;
}

/** Whether requests to it can be read and changed on their way: plain http off loopback. */
export function isInsecure(url: URL): boolean {
  return url.protocol === 'http:' && !isLoopback(url.hostname);
}

/** The path that a call is posted to, `<base>/api/gateway`. */
export function callPath(url: URL): string {
  return `${url.pathname.replace(/\/+$/, '')}/api/gateway`;
}

function requireScheme(url: URL, options: GatewayUrlOptions): void {
  if (url.protocol === 'https:') return;
  if (url.protocol !== 'http:') throw invalid('must begin with https://');
  if (isInsecure(url) && options.allowInsecureHttp !== true) {
    throw invalid('is plain http off loopback: use https, or set allowInsecureHttp knowingly');
  }
}

/** Decimal, hexadecimal and octal addresses, `%2e`, full-width dots: each is read as another text. */
function requirePlainHost(url: URL, authority: string): void {
  const [, host = '', port = ''] = authorityParts.exec(authority) ?? [];
  if (host === '') throw invalid('has no valid host and port');
  if (host.toLowerCase() !== url.hostname) {
    throw invalid(`has a host in another form than it is read: write ${url.hostname}`);
  }
  if (host.endsWith('.')) throw invalid('has a host that ends in a dot; remove the dot');
  if (port !== '' && Number(port) === 0) throw invalid('has port 0');
}

function requirePlainPath(url: URL, path: string): void {
  if ((path === '' ? '/' : path) !== url.pathname) {
    throw invalid('has a path with . or .. segments or with characters to be percent-encoded');
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
  return new PaymentOrderError(
    'invalid-gateway-url',
    `the gateway URL ${problem} (expected: https://host[:port][/path])`,
  );
}
