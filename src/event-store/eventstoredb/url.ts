import { readFileSync } from 'node:fs';
import { PaymentOrderError } from '../../errors.ts';

/** A user's name and password; printing the object shows neither. */
export class Login {
  readonly username: string;
  readonly #password: string;

  constructor(username: string, password: string) {
    this.username = username;
    this.#password = password;
  }

  /** A getter of the class, which the debugging output of the client does not print. */
  get password(): string {
    return this.#password;
  }
}

export type Endpoint = { readonly address: string; readonly port: number };

/** What a connection string says, checked. */
export type Target = {
  readonly hosts: readonly Endpoint[];
  /** Asks the first host where the others are. */
  readonly discover: boolean;
  readonly tls: boolean;
  /** PEM of the authorities to trust; undefined: those of Node. */
  readonly authorities: Buffer | undefined;
  /** Sent with every call over TLS; null without TLS, where it never is. */
  readonly login: Login | null;
  readonly connectionName: string | undefined;
  readonly keepAliveIntervalMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly discoverAttempts: number;
  readonly discoverIntervalMs: number;
  readonly gossipTimeoutS: number;
};

const defaultPort = 2113;

/** Keys that the client knows, and what is wrong with those that we do not take. */
const refusedKeys: Readonly<Record<string, string>> = {
  defaultdeadline: 'is not taken: every call has its own deadline here',
  usercertfile: 'is not supported: give a user and a password',
  userkeyfile: 'is not supported: give a user and a password',
};

/** Keys that may be given with the one value that is safe; for others, why not. */
const fixedKeys: Readonly<Record<string, readonly [value: string, why: string]>> = {
  nodepreference: ['leader', 'orders are read from the leader and from nobody else'],
  throwonappendfailure: ['true', 'otherwise the client answers with wrong revisions'],
  tlsverifycert: ['true', 'this client ignores false; name the authority with tlsCAFile'],
};

const integerKeys: Readonly<Record<string, readonly [least: number, most: number]>> = {
  // Below 10 s the client complains on the console at every opening.
  keepaliveinterval: [10_000, 3_600_000],
  keepalivetimeout: [1_000, 3_600_000],
  maxdiscoverattempts: [1, 100],
  discoveryinterval: [1, 60_000],
  gossiptimeout: [1, 60],
};

const otherKeys = ['tls', 'tlscafile', 'connectionname'];

/**
 * Reads `esdb://[USER:PASSWORD@]HOST[:PORT][,HOST…][?KEY=VALUE&…]`; `esdb+discover:`,
 * `kurrentdb:` and `kurrentdb+discover:` too. The client's own parser is not used: it puts the
 * whole text into its errors, its debugging output and its warnings on the console.
 *
 * @throws PaymentOrderError `invalid-store-url`, which never quotes what the URL says but for the
 * name of a key.
 */
export function parseStoreUrl(url: string, allowInsecureCredentials = false): Target {
  const [, scheme, discover, rest = ''] =
    /^(esdb|kurrentdb)(\+discover)?:\/\/(.*)$/s.exec(url.trim()) ?? [];
  if (scheme === undefined) {
    throw invalid('begins with esdb://, esdb+discover://, kurrentdb:// or kurrentdb+discover://');
  }
  const queryAt = rest.includes('?') ? rest.indexOf('?') : rest.length;
  const { login, hosts } = parseAuthority(rest.slice(0, queryAt));
  const values = parseQuery(rest.slice(queryAt + 1));
  const tls = booleanIn(values, 'tls', true);
  if (tls && login === null) {
    throw invalid(
      'names no user: over TLS give USER:PASSWORD@ before the host; ' +
        'a server in insecure mode needs tls=false',
    );
  }
  if (!tls && login !== null && !allowInsecureCredentials && !hosts.every(isLoopback)) {
    throw invalid(
      'holds a password together with tls=false for a host that is not this machine: leave out ' +
        'tls=false, or the password, or allow it in so many words (allowInsecureCredentials)',
    );
  }
  return {
    hosts,
    discover: discover !== undefined,
    tls,
    authorities: authoritiesIn(values, tls),
    login: tls ? login : null,
    connectionName: decodedIn(values, 'connectionname'),
    keepAliveIntervalMs: integerIn(values, 'keepaliveinterval', 10_000),
    keepAliveTimeoutMs: integerIn(values, 'keepalivetimeout', 10_000),
    // Few and short: who calls tries again anyway, and waits less than the client would.
    discoverAttempts: integerIn(values, 'maxdiscoverattempts', 2),
    discoverIntervalMs: integerIn(values, 'discoveryinterval', 100),
    gossipTimeoutS: integerIn(values, 'gossiptimeout', 2),
  };
}

/** For messages: where the store is, without what may be secret. */
export function targetName(target: Target): string {
  const hosts = target.hosts.map(({ address, port }) => `${address}:${port}`).join(', ');
  return `EventStoreDB at ${hosts}`;
}

function parseAuthority(text: string): { login: Login | null; hosts: Endpoint[] } {
  const authority = text.replace(/\/+$/, '');
  const at = authority.lastIndexOf('@');
  return {
    login: at === -1 ? null : parseLogin(authority.slice(0, at)),
    hosts: authority
      .slice(at + 1)
      .split(',')
      .map(parseHost),
  };
}

function parseLogin(text: string): Login {
  const [user = '', password = '', ...more] = text.split(':');
  if (user === '' || password === '' || more.length > 0) {
    throw invalid('has before its @ something else than USER:PASSWORD, both percent-encoded');
  }
  return new Login(decoded(user, 'the user'), decoded(password, 'the password'));
}

function parseHost(text: string): Endpoint {
  const [, address, digits] = /^([A-Za-z0-9_.-]{1,253})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? defaultPort : Number(digits);
  if (address === undefined || port < 1 || port > 65_535) {
    throw invalid(
      'has a host that is not NAME or NAME:PORT, parted by commas; ' +
        'percent-encode special characters of a password',
    );
  }
  return { address, port };
}

function isLoopback({ address }: Endpoint): boolean {
  return address === 'localhost' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}

function parseQuery(query: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  // Perhaps the rest of a password with a '?' in it: nothing of it may be quoted below.
  if (query.includes('@')) throw invalid('has an @ behind a ?: percent-encode both');
  for (const part of query === '' ? [] : query.split('&')) {
    const [, name = '', value = ''] = /^([A-Za-z_-]{1,40})=(.+)$/s.exec(part) ?? [];
    if (name === '') throw invalid('has behind its ? something else than KEY=VALUE&KEY=VALUE');
    const key = name.toLowerCase().replaceAll(/[_-]/g, '');
    if (values.has(key)) throw invalid(`has the key ${name} twice`);
    checkKey(name, key, value.trim());
    values.set(key, value.trim());
  }
  return values;
}

function checkKey(name: string, key: string, value: string): void {
  const refused = refusedKeys[key];
  if (refused !== undefined) throw invalid(`has the key ${name}, which ${refused}`);
  const [only, why] = fixedKeys[key] ?? [];
  if (only !== undefined && value.toLowerCase() !== only) {
    throw invalid(`has the key ${name}, which can only be ${only}: ${why ?? ''}`);
  }
  const [least, most] = integerKeys[key] ?? [];
  if (least !== undefined && most !== undefined && !isWithin(value, least, most)) {
    throw invalid(`has the key ${name}, which must be a whole number from ${least} to ${most}`);
  }
  if (only === undefined && least === undefined && !otherKeys.includes(key)) {
    throw invalid(`has the unknown key ${name}`);
  }
}

function isWithin(value: string, least: number, most: number): boolean {
  return /^\d{1,10}$/.test(value) && Number(value) >= least && Number(value) <= most;
}

function integerIn(values: ReadonlyMap<string, string>, key: string, otherwise: number): number {
  return Number(values.get(key) ?? otherwise);
}

function booleanIn(values: ReadonlyMap<string, string>, key: string, otherwise: boolean): boolean {
  const value = values.get(key) ?? String(otherwise);
  if (value !== 'true' && value !== 'false') throw invalid(`has the key ${key} not true or false`);
  return value === 'true';
}

function decodedIn(values: ReadonlyMap<string, string>, key: string): string | undefined {
  const value = values.get(key);
  return value === undefined ? undefined : decoded(value, key);
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`has a % in ${what} that does not begin a percent-encoded character`);
  }
}

function authoritiesIn(values: ReadonlyMap<string, string>, tls: boolean): Buffer | undefined {
  const path = decodedIn(values, 'tlscafile');
  if (path === undefined) return undefined;
  if (!tls) throw invalid('has tlsCAFile together with tls=false');
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw invalid(`names with tlsCAFile a file that cannot be read (${code})`);
  }
}

function invalid(what: string): PaymentOrderError {
  const message = `The URL of the EventStoreDB store ${what}.`;
  return new PaymentOrderError('invalid-store-url', message, { field: 'store' });
}
