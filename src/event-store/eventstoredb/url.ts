/**
 * The connection string. The client's own parser is not used: it puts the whole text, password
 * included, into errors, debugging output and console warnings, ignores unknown keys and a false
 * `tlsVerifyCert`, drops credentials silently without TLS, and does not know `kurrentdb://`.
 */

import { readFileSync } from 'node:fs';
import { PaymentOrderError } from '../../errors.ts';

/** A user's name and password; printing the object does not show the password. */
export class Login {
  readonly username: string;
  readonly #password: string;

  constructor(username: string, password: string) {
    this.username = username;
    this.#password = password;
  }

  /** A getter: the debugging output of the client leaves it out. */
  get password(): string {
    return this.#password;
  }
}

export type Endpoint = { readonly address: string; readonly port: number };

/** A checked connection string. */
export type Target = {
  readonly hosts: readonly Endpoint[];
  /** Asks the first host for the nodes of its cluster. */
  readonly discover: boolean;
  readonly tls: boolean;
  /** PEM of the authorities to trust; undefined: those that Node trusts. */
  readonly authorities: Buffer | undefined;
  /** Sent with every call over TLS; null without TLS, where it is never sent. */
  readonly login: Login | null;
  readonly connectionName: string | undefined;
  readonly keepAliveIntervalMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly discoverAttempts: number;
  readonly discoverIntervalMs: number;
  readonly gossipTimeoutS: number;
};

const defaultPort = 2113;

/** What is wrong with the value of a key, beginning with a verb; undefined: nothing. */
type KeyCheck = (value: string) => string | undefined;

function only(wanted: string, why: string): KeyCheck {
  return (value) => (value.toLowerCase() === wanted ? undefined : `must be ${wanted}: ${why}`);
}

function integer(least: number, most: number): KeyCheck {
  return (value) => {
    const isWithin = /^\d{1,10}$/.test(value) && Number(value) >= least && Number(value) <= most;
    return isWithin ? undefined : `must be a whole number from ${least} to ${most}`;
  };
}

/** The keys of the client, and what this adapter takes of them. */
const keyChecks: ReadonlyMap<string, KeyCheck> = new Map([
  ['tls', (value) => (/^(true|false)$/.test(value) ? undefined : 'must be true or false')],
  ['tlscafile', () => undefined],
  ['tlsverifycert', only('true', 'the client ignores false; give the authority with tlsCAFile')],
  ['usercertfile', () => 'is not supported: give a user and a password'],
  ['userkeyfile', () => 'is not supported: give a user and a password'],
  ['connectionname', () => undefined],
  ['nodepreference', only('leader', 'orders are read from the leader only')],
  ['throwonappendfailure', only('true', 'with false the client returns wrong revisions')],
  ['defaultdeadline', () => 'is not taken: every call has its own deadline here'],
  // Below 10 s the client prints a warning at every opening.
  ['keepaliveinterval', integer(10_000, 3_600_000)],
  ['keepalivetimeout', integer(1_000, 3_600_000)],
  ['maxdiscoverattempts', integer(1, 100)],
  ['discoveryinterval', integer(1, 60_000)],
  ['gossiptimeout', integer(1, 60)],
]);

/**
 * Parses `esdb://[USER:PASSWORD@]HOST[:PORT][,HOST…][?KEY=VALUE&…]`; also `esdb+discover://`,
 * `kurrentdb://` and `kurrentdb+discover://`.
 *
 * @throws {PaymentOrderError} `invalid-store-url`, which quotes nothing but the name of a key.
 */
export function parseStoreUrl(url: string, allowInsecureCredentials = false): Target {
  const [, scheme, discover, rest = ''] =
    /^(esdb|kurrentdb)(\+discover)?:\/\/(.*)$/s.exec(url.trim()) ?? [];
  if (scheme === undefined) {
    throw invalid(
      'must begin with esdb://, esdb+discover://, kurrentdb:// or kurrentdb+discover://',
    );
  }
  const queryAt = rest.includes('?') ? rest.indexOf('?') : rest.length;
  const { login, hosts } = parseAuthority(rest.slice(0, queryAt));
  const values = parseQuery(rest.slice(queryAt + 1));
  const tls = values.get('tls') !== 'false';
  if (tls && login === null) {
    throw invalid(
      'has no user: with TLS give USER:PASSWORD@ before the host; ' +
        'a server in insecure mode needs tls=false',
    );
  }
  if (!tls && login !== null && !allowInsecureCredentials && !hosts.every(isLoopback)) {
    throw invalid(
      'sends a password without TLS to a remote host: remove tls=false or the password, ' +
        'or set allowInsecureCredentials',
    );
  }
  return {
    hosts,
    discover: discover !== undefined,
    tls,
    authorities: authoritiesIn(values, tls),
    login: tls ? login : null,
    connectionName: decodedIn(values, 'connectionname'),
    keepAliveIntervalMs: Number(values.get('keepaliveinterval') ?? 10_000),
    keepAliveTimeoutMs: Number(values.get('keepalivetimeout') ?? 10_000),
    // Few and short: the caller tries again anyway, and waits less than the client would.
    discoverAttempts: Number(values.get('maxdiscoverattempts') ?? 2),
    discoverIntervalMs: Number(values.get('discoveryinterval') ?? 100),
    gossipTimeoutS: Number(values.get('gossiptimeout') ?? 2),
  };
}

/** For messages: where the store is, without anything secret. */
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
    throw invalid('must have USER:PASSWORD, percent-encoded, before the @');
  }
  return new Login(decoded(user, 'the user'), decoded(password, 'the password'));
}

function parseHost(text: string): Endpoint {
  const [, address, digits] = /^([A-Za-z0-9_.-]{1,253})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? defaultPort : Number(digits);
  if (address === undefined || port < 1 || port > 65_535) {
    throw invalid(
      'must have hosts as NAME or NAME:PORT, separated by commas; ' +
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
  // Perhaps the rest of a password with a '?' in it, so it must not be quoted below.
  if (query.includes('@')) throw invalid('has an @ after a ?; percent-encode both');
  for (const part of query === '' ? [] : query.split('&')) {
    const [, name = '', value = ''] = /^([A-Za-z_-]{1,40})=(.+)$/s.exec(part) ?? [];
    if (name === '') throw invalid('must have KEY=VALUE&KEY=VALUE after the ?');
    const key = name.toLowerCase().replaceAll(/[_-]/g, '');
    if (values.has(key)) throw invalid(`has the key ${name} twice`);
    const check = keyChecks.get(key);
    if (check === undefined) throw invalid(`has the unknown key ${name}`);
    const problem = check(value.trim());
    if (problem !== undefined) throw invalid(`has the key ${name}, which ${problem}`);
    values.set(key, value.trim());
  }
  return values;
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
  if (!tls) throw invalid('has both tlsCAFile and tls=false');
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw invalid(`has the key tlsCAFile with a file that cannot be read (${code})`);
  }
}

/** `problem` begins with a verb. */
function invalid(problem: string): PaymentOrderError {
  const message = `the URL of the EventStoreDB store ${problem}`;
  return new PaymentOrderError('invalid-store-url', message, { field: 'store', problem });
}
