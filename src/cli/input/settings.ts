import { gatewayName, printable } from '../../../machines/payment-order.events.ts';
import { parseInput } from '../../parse.ts';
import { actor, oneOf, wholeNumber } from './arguments.ts';
import type { Flags } from './options.ts';
import { flag, text } from './options.ts';
import { pathAt, storeUrlAt } from './store-path.ts';

/** Options that stand before or after any command's name. */
export const globalOptions = {
  store: text(
    '--store <URL>',
    'sqlite:FILE, esdb://HOST:PORT or memory: (default sqlite:payment-orders.db)',
  ),
  index: text(
    '--index <FILE>',
    'where the index of orders is kept (default: beside a SQLite file, else in memory)',
  ),
  gateway: text(
    '--gateway <NAME>',
    'the name of the gateway (default: default). A new order records it; of several, this one ' +
      'alone is used',
  ),
  gateways: text(
    '--gateways <FILE>',
    'JSON, several gateways by name, in place of the next three: ' +
      '{"a": {"url": …, "appId": …, "privateKeyFile": …}}',
  ),
  adopt: flag('--adopt', 'call also for orders that record no gateway'),
  gatewayUrl: text('--gateway-url <URL>', "the platform's base URL; https: off loopback"),
  appId: text('--app-id <ID>', 'the 16 characters given by the platform'),
  privateKeyFile: text(
    '--private-key-file <FILE>',
    'RSA key, PEM or base64, mode 600 (640 if it belongs to root); - reads standard input. work ' +
      'reads the file again, at most once a minute',
  ),
  allowInsecureHttp: flag(
    '--allow-insecure-http',
    'allow plain http off loopback; recorded with every attempt',
  ),
  attemptLimitMs: text('--attempt-limit-ms <MS>', 'longest time for one call (default 15000)'),
  attemptDeadlineMs: text(
    '--attempt-deadline-ms <MS>',
    'when a call without outcome counts as abandoned; recorded with each attempt, and at least ' +
      '5000 over the limit (default 30000)',
  ),
  conclusiveAfterMs: text(
    '--conclusive-after-ms <MS>',
    'after this time a call can no longer take effect, so pending proves that it did not ' +
      '(default 120000)',
  ),
  actor: text(
    '--actor <ID>',
    'who asks: ID or KIND:ID (kind: operator). Default for what operators do and for ' +
      'export --bundle: your user name, unless many share it, as root. The others have no default',
  ),
  commandId: text(
    '--command-id <ID>',
    'makes it harmless to repeat the command: the order answers this id the same for ever',
  ),
  correlationId: text('--correlation-id <ID>', 'connects related commands and facts'),
  json: flag('--json', 'one JSON document on stdout, errors as JSON on stderr'),
  lang: text('--lang <LANG>', 'default from LC_ALL, LC_MESSAGES, LANG', {
    choices: ['en', 'zh-CN'],
  }),
};

export type GlobalFlags = Partial<Flags<typeof globalOptions>>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that may also come from a variable, by the end of its name. */
const variables = {
  store: 'STORE',
  index: 'INDEX',
  gateway: 'GATEWAY',
  gateways: 'GATEWAYS',
  gatewayUrl: 'GATEWAY_URL',
  appId: 'GATEWAY_APP_ID',
  privateKeyFile: 'GATEWAY_PRIVATE_KEY_FILE',
  attemptLimitMs: 'ATTEMPT_LIMIT_MS',
  attemptDeadlineMs: 'ATTEMPT_DEADLINE_MS',
  conclusiveAfterMs: 'CONCLUSIVE_AFTER_MS',
  actor: 'ACTOR',
} as const satisfies Partial<Record<keyof GlobalFlags, string>>;

export type SettingName = keyof typeof variables;

const variableOf = (name: SettingName) => `PAYMENT_ORDER_${variables[name]}`;
const optionOf = (name: SettingName) => globalOptions[name].usage.split(' ')[0] ?? '';

/** The option and the variable of a setting, as a message names them. */
export const nameOfSetting = (name: SettingName) => `${optionOf(name)} (${variableOf(name)})`;

export type Given = { readonly flags: GlobalFlags; readonly env: Environment };

/** The option or the variable that a setting came from; the option where neither gave it. */
export function sourceOf(name: SettingName, { flags, env }: Given): string {
  return flags[name] === undefined && env[variableOf(name)] ? variableOf(name) : optionOf(name);
}

export type Settings = Readonly<ReturnType<typeof settingsFrom>>;

/**
 * Reads the settings. An option wins over its variable; an empty variable counts as unset.
 * Relative paths begin in `cwd`; without one, in the working directory of the process.
 *
 * @throws {UsageError}
 * @throws {PaymentOrderError} `invalid-input`
 */
export function settingsFrom({ flags, env }: Given, cwd?: string) {
  const given = (name: SettingName) => flags[name] ?? (env[variableOf(name)] || undefined);
  const milliseconds = (name: SettingName, field: string) => {
    const digits = given(name);
    return digits === undefined ? undefined : wholeNumber(digits, field);
  };
  const insecureHttp = 'PAYMENT_ORDER_GATEWAY_ALLOW_INSECURE_HTTP';
  const isAllowed = oneOf(env[insecureHttp] || 'no', ['yes', 'no'], insecureHttp) === 'yes';
  const store = given('store') ?? 'sqlite:payment-orders.db';
  const keyFile = given('privateKeyFile');
  const index = given('index');
  const gateways = given('gateways');
  const who = given('actor');
  return {
    /** As it was given, to be shown. */
    store,
    /** As it is opened: a relative path begins at the run's directory. */
    storeUrl: storeUrlAt(cwd, store),
    index: index === undefined || index === 'memory:' ? index : pathAt(cwd, index),
    /** Given on the command line, so that commands to type repeat it. */
    isStoreGiven: flags.store !== undefined,
    gateway: {
      name: parseInput(gatewayName.optional(), given('gateway'), 'gateway'),
      url: given('gatewayUrl'),
      appId: given('appId'),
      privateKeyFile: keyFile === undefined || keyFile === '-' ? keyFile : pathAt(cwd, keyFile),
      allowInsecureHttp: flags.allowInsecureHttp === true || isAllowed,
    },
    /** As it was typed on this command line: `list` shows its orders alone. */
    gatewayGiven: flags.gateway,
    /** As it was typed on this command line: a sandbox takes it. */
    appIdGiven: flags.appId,
    gatewaysFile: gateways === undefined ? undefined : pathAt(cwd, gateways),
    adopt: flags.adopt === true,
    attemptLimitMs: milliseconds('attemptLimitMs', 'limits.attemptMs'),
    attemptDeadlineMs: milliseconds('attemptDeadlineMs', 'attemptDeadlineMs'),
    conclusiveAfterMs: milliseconds('conclusiveAfterMs', 'conclusiveAfterMs'),
    actor: who === undefined ? undefined : actor(who),
    /** As it was typed on this command line: `log` looks for it. */
    actorGiven: flags.actor,
    commandId: parseInput(printable.optional(), flags.commandId, 'commandId'),
    correlationId: parseInput(printable.optional(), flags.correlationId, 'correlationId'),
  };
}
