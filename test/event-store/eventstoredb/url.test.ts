import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { PaymentOrderError } from '../../../src/errors.ts';
import { parseStoreUrl, targetName } from '../../../src/event-store/eventstoredb/url.ts';

function refusal(url: string): PaymentOrderError {
  try {
    parseStoreUrl(url);
  } catch (error) {
    if (error instanceof PaymentOrderError) return error;
  }
  throw new Error('the URL was not refused by name');
}

describe('the URL of an EventStoreDB store', () => {
  test('names hosts, ports and a login, percent-encoded', () => {
    const target = parseStoreUrl('esdb://us%3Aer:p%40ss@a.example:1113,b_2.example/?tls=true');
    expect(target).toMatchObject({
      hosts: [
        { address: 'a.example', port: 1113 },
        { address: 'b_2.example', port: 2113 },
      ],
      discover: false,
      tls: true,
      login: { username: 'us:er', password: 'p@ss' },
    });
    expect(targetName(target)).toBe('EventStoreDB at a.example:1113, b_2.example:2113');
    expect(inspect(target, { depth: 9, showHidden: true })).not.toContain('p@ss');
    expect(JSON.stringify(target)).not.toContain('p@ss');
  });

  test.each([
    ['esdb://localhost?tls=false', false],
    ['esdb+discover://localhost?tls=false', true],
    ['kurrentdb://localhost?tls=false', false],
    ['kurrentdb+discover://localhost:2113/?tls=false', true],
  ])('accepts the scheme of %s', (url, discover) => {
    expect(parseStoreUrl(url)).toMatchObject({ discover, tls: false, login: null });
  });

  test('accepts the keys of the client in any spelling', () => {
    const keys = 'TLS=false&keep_alive_interval=20000&Keep-Alive-Timeout=5000&connectionName=a%20b';
    expect(parseStoreUrl(`esdb://h?${keys}&nodePreference=leader&gossipTimeout=3`)).toMatchObject({
      tls: false,
      keepAliveIntervalMs: 20_000,
      keepAliveTimeoutMs: 5_000,
      connectionName: 'a b',
      gossipTimeoutS: 3,
    });
  });

  test.each([
    ['', 'must begin with'],
    ['http://h', 'must begin with'],
    ['kdb://h', 'must begin with'],
    ['esdb:h', 'must begin with'],
    ['esdb://', 'host'],
    ['esdb://h:0?tls=false', 'host'],
    ['esdb://h:70000?tls=false', 'host'],
    ['esdb://h,?tls=false', 'host'],
    ['esdb://[::1]:2113?tls=false', 'host'],
    ['esdb://h/path?tls=false', 'host'],
    ['esdb://user@h', 'USER:PASSWORD'],
    ['esdb://user:@h', 'USER:PASSWORD'],
    ['esdb://a:b:c@h', 'USER:PASSWORD'],
    ['esdb://a:%zz@h', 'percent-encoded'],
    ['esdb://h', 'has no user'],
    ['esdb://a:b@h?tls', 'KEY=VALUE'],
    ['esdb://a:b@h?tls=', 'KEY=VALUE'],
    ['esdb://a:b@h?tls=maybe', 'tls'],
    ['esdb://a:b@h?tls=true&TLS=true', 'twice'],
    ['esdb://a:b@h?colour=red', 'unknown key colour'],
    ['esdb://a:b@h?tlsVerifyCert=false', 'tlsCAFile'],
    ['esdb://a:b@h?throwOnAppendFailure=false', 'throwOnAppendFailure'],
    ['esdb://a:b@h?nodePreference=follower', 'leader'],
    ['esdb://a:b@h?userCertFile=x', 'userCertFile'],
    ['esdb://a:b@h?defaultDeadline=5', 'defaultDeadline'],
    ['esdb://a:b@h?keepAliveInterval=100', '10000'],
    ['esdb://a:b@h?keepAliveInterval=-1', '10000'],
    ['esdb://a:b@h?gossipTimeout=5000', 'gossipTimeout'],
    ['esdb://a:b@h?tlsCAFile=/nowhere/at/all.pem', 'ENOENT'],
    ['esdb://h?tls=false&tlsCAFile=x', 'tlsCAFile'],
  ])('is refused by name: %s', (url, word) => {
    const error = refusal(url);
    expect(error).toMatchObject({ code: 'invalid-store-url', field: 'store' });
    expect(error.message).toContain(word);
  });

  test('is accepted with a password and tls=false only for this machine, unless allowed', () => {
    for (const host of ['localhost', '127.0.0.1', '127.9.9.9:1113']) {
      expect(parseStoreUrl(`esdb://a:b@${host}?tls=false`).login).toBeNull();
    }
    const url = 'esdb://a:b@localhost,db.example?tls=false';
    expect(refusal(url).message).toContain('allowInsecureCredentials');
    expect(refusal('esdb://a:b@127.0.0.1.example?tls=false').message).toContain('tls=false');
    expect(parseStoreUrl(url, true).login).toBeNull();
  });

  test.each([
    'esdb://admin:canary@h?unknown=1',
    'esdb://admin:canary@',
    'esdb://admin:canary?x@h',
    'esdb://admin:x?canary=1@h',
    'esdb://admin:x?canary=1',
    'esdb://admin:canary/1@h:x',
    'esdb://canary:canary:canary@h',
    'esdb://admin:canary%@h',
    'esdb://admin:canary@h?tls=canary',
    'esdb://canary',
    'canary://admin:canary@h',
    'esdb://admin:canary@h?tlsCAFile=canary.pem',
  ])('never shows the password: %s', (url) => {
    expect(inspect(refusal(url), { depth: 9, showHidden: true })).not.toContain('canary@');
    expect(refusal(url).message).not.toContain('canary');
  });
});
