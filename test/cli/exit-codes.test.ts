import { describe, expect, test } from 'vitest';
import {
  actor,
  refuseUnfitArguments,
  UsageError,
  wholeNumber,
  witness,
} from '../../src/cli/input/arguments.ts';
import { givenGateways, missingGatewaySettings } from '../../src/cli/input/gateways.ts';
import type { GlobalFlags } from '../../src/cli/input/settings.ts';
import { settingsFrom } from '../../src/cli/input/settings.ts';
import { exitCodeOf } from '../../src/cli/output/failure.ts';
import { wordsFor } from '../../src/cli/run.ts';
import { PaymentOrderError } from '../../src/errors.ts';
import type { ErrorCode } from '../../src/errors.ts';

describe('exit codes', () => {
  test.each<[number, readonly ErrorCode[]]>([
    [1, ['stream-full', 'too-much-contention', 'event-too-large', 'unsupported-machine']],
    [2, ['invalid-input', 'command-id-reused', 'gateway-not-configured', 'invalid-store-url']],
    [3, ['store-corrupt', 'illegal-history', 'not-contiguous', 'unknown-event-type']],
    [4, ['replay-divergence']],
    [5, ['order-not-found']],
    [6, ['store-unavailable', 'append-outcome-unknown', 'store-not-ours', 'store-newer']],
  ])('are %i for what the caller can do the same about', (exitCode, codes) => {
    expect(codes.map((code) => exitCodeOf(new PaymentOrderError(code, '')))).toEqual(
      codes.map(() => exitCode),
    );
  });

  test('are 2 for a command line that cannot be understood, 1 for the unexpected', () => {
    expect(exitCodeOf(new UsageError(''))).toBe(2);
    expect(exitCodeOf(new Error('?'))).toBe(1);
    expect(exitCodeOf('thrown text')).toBe(1);
  });
});

describe('arguments', () => {
  test('are whole numbers in digits alone', () => {
    expect(wholeNumber('9007199254740991', 'amount')).toBe(Number.MAX_SAFE_INTEGER);
    for (const text of ['9007199254740992', '1e3', '-0', '0', '١', '1_0', '', ' 1', '1\n']) {
      expect(() => wholeNumber(text, 'amount'), text).toThrow('amount');
    }
  });

  test('read an actor with or without its kind', () => {
    expect(actor('li.wei')).toEqual({ kind: 'operator', id: 'li.wei' });
    expect(actor('customer:c-7')).toEqual({ kind: 'customer', id: 'c-7' });
    expect(actor('Li:Wei')).toEqual({ kind: 'operator', id: 'Li:Wei' });
    for (const text of ['', 'customer:', 'x\n', 'a\u202eb', 'x'.repeat(129)]) {
      expect(() => actor(text), text).toThrow('actor');
    }
  });

  test('read a witness as show prints it', () => {
    const hash = 'a'.repeat(64);
    expect(witness(`0:${hash}`)).toEqual({ revision: 0, hash });
    for (const text of [hash, `-1:${hash}`, `01:${hash}`, `1:${hash}\n`, `1:${hash}0`]) {
      expect(() => witness(text), text).toThrow('witness');
    }
  });

  test('accept long words that only look like a key', () => {
    expect(() => {
      refuseUnfitArguments(['MILLION'.padEnd(128, 'A'), `MI ${'long words '.repeat(40)}`]);
    }).not.toThrow();
  });
});

describe('settings', () => {
  test('come from options first, then from variables; an empty one counts as unset', () => {
    const env = { PAYMENT_ORDER_STORE: 'sqlite:env.db', PAYMENT_ORDER_GATEWAY_URL: '' };
    expect(settingsFrom({ flags: {}, env })).toMatchObject({
      store: 'sqlite:env.db',
      isStoreGiven: false,
      gateway: { url: undefined, allowInsecureHttp: false },
    });
    expect(settingsFrom({ flags: { store: 'memory:' }, env })).toMatchObject({ store: 'memory:' });
    expect(settingsFrom({ flags: {}, env: {} }).store).toBe('sqlite:payment-orders.db');
  });

  test('allow plain http only where the variable says yes', () => {
    const name = 'PAYMENT_ORDER_GATEWAY_ALLOW_INSECURE_HTTP';
    expect(settingsFrom({ flags: {}, env: { [name]: 'yes' } }).gateway.allowInsecureHttp).toBe(
      true,
    );
    expect(() => settingsFrom({ flags: {}, env: { [name]: '1' } })).toThrow(name);
  });

  test('name what is missing where half a gateway is given', () => {
    const givenBy = (flags: GlobalFlags) => givenGateways(settingsFrom({ flags, env: {} }));
    expect(givenBy({})).toEqual([]);
    expect(givenBy({ appId: 'A' }).map(missingGatewaySettings)).toEqual([
      [expect.stringContaining('--gateway-url'), expect.stringContaining('--private-key-file')],
    ]);
  });

  test('speak the language of the environment unless --lang names another', async () => {
    const no = async (lang: string | undefined, env: Record<string, string>) =>
      (await wordsFor(lang, env)).no;
    expect(await no(undefined, { LC_ALL: 'zh_CN.UTF-8', LANG: 'en_US' })).toBe('否');
    expect(await no(undefined, { LANG: 'zh_CN.UTF-8' })).toBe('否');
    expect(await no('en', { LANG: 'zh_CN.UTF-8' })).toBe('no');
    expect(await no(undefined, { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' })).toBe('no');
    expect(await no('zh-CN', {})).toBe('否');
  });
});
