import type { GatewaySettings } from '../../open.ts';
import type { Actor } from '../../history/event.ts';
import { actor, oneOf, wholeNumber } from './arguments.ts';
import type { Io } from '../io.ts';
import { pathAt, storeUrlAt } from './store-path.ts';
import { UsageError } from './usage-error.ts';

/** Options that stand before or after any command's name, as commander reads them. */
export type GlobalFlags = {
  readonly store?: string;
  readonly gatewayUrl?: string;
  readonly appId?: string;
  readonly privateKeyFile?: string;
  readonly allowInsecureHttp?: boolean;
  readonly attemptLimitMs?: string;
  readonly attemptDeadlineMs?: string;
  readonly actor?: string;
  readonly commandId?: string;
  readonly correlationId?: string;
  readonly json?: boolean;
  readonly lang?: string;
};

export type Settings = {
  /** As it was given, to be shown. */
  readonly store: string;
  /** As it is opened: a relative path begins at the run's directory. */
  readonly storeUrl: string;
  /** Given on the command line, so that commands to type repeat it. */
  readonly isStoreGiven: boolean;
  readonly gateway: {
    readonly url: string | undefined;
    readonly appId: string | undefined;
    readonly privateKeyFile: string | undefined;
    readonly allowInsecureHttp: boolean;
  };
  readonly attemptLimitMs: number | undefined;
  readonly attemptDeadlineMs: number | undefined;
  readonly actor: Actor | undefined;
  /** As it was typed: commands that only read look for it. */
  readonly actorGiven: string | undefined;
  readonly commandId: string | undefined;
  readonly correlationId: string | undefined;
};

/** An option wins over its environment variable; an empty variable counts as unset. */
export function settingsFrom(flags: GlobalFlags, { env, cwd }: Pick<Io, 'env' | 'cwd'>): Settings {
  const from = (flag: string | undefined, name: string) =>
    flag ?? (env[`PAYMENT_ORDER_${name}`] || undefined);
  const limit = from(flags.attemptLimitMs, 'ATTEMPT_LIMIT_MS');
  const deadline = from(flags.attemptDeadlineMs, 'ATTEMPT_DEADLINE_MS');
  const privateKeyFile = from(flags.privateKeyFile, 'GATEWAY_PRIVATE_KEY_FILE');
  const insecure = oneOf(
    from(undefined, 'GATEWAY_ALLOW_INSECURE_HTTP') ?? 'no',
    ['yes', 'no'],
    'PAYMENT_ORDER_GATEWAY_ALLOW_INSECURE_HTTP',
  );
  const store = from(flags.store, 'STORE') ?? 'sqlite:payment-orders.db';
  return {
    store,
    storeUrl: storeUrlAt(cwd, store),
    isStoreGiven: flags.store !== undefined,
    gateway: {
      url: from(flags.gatewayUrl, 'GATEWAY_URL'),
      appId: from(flags.appId, 'GATEWAY_APP_ID'),
      privateKeyFile: privateKeyFile === undefined ? undefined : pathAt(cwd, privateKeyFile),
      allowInsecureHttp: flags.allowInsecureHttp === true || insecure === 'yes',
    },
    attemptLimitMs: limit === undefined ? undefined : wholeNumber(limit, 'attemptMs'),
    attemptDeadlineMs:
      deadline === undefined ? undefined : wholeNumber(deadline, 'attemptDeadlineMs'),
    actor: flags.actor === undefined ? undefined : actor(flags.actor),
    actorGiven: flags.actor,
    commandId: flags.commandId,
    correlationId: flags.correlationId,
  };
}

/** What is missing of gateway settings given by half; empty where all or none are given. */
export function missingGatewaySettings({ gateway }: Settings): readonly string[] {
  const wanted = [
    ['--gateway-url (PAYMENT_ORDER_GATEWAY_URL)', gateway.url],
    ['--app-id (PAYMENT_ORDER_GATEWAY_APP_ID)', gateway.appId],
    ['--private-key-file (PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE)', gateway.privateKeyFile],
  ] as const;
  const missing = wanted.filter(([, value]) => value === undefined).map(([name]) => name);
  return missing.length === wanted.length ? [] : missing;
}

/**
 * The gateway, where it is configured. The key is read here, from its file.
 *
 * @throws UsageError where settings are given by half; PaymentOrderError `invalid-private-key`.
 */
export async function gatewayFrom(
  settings: Settings,
  warn: (message: string) => void,
): Promise<GatewaySettings | undefined> {
  const missing = missingGatewaySettings(settings);
  if (missing.length > 0) {
    throw new UsageError(`the gateway is configured by half; also give ${missing.join(' and ')}`);
  }
  const { url, appId, privateKeyFile, allowInsecureHttp } = settings.gateway;
  if (url === undefined || appId === undefined || privateKeyFile === undefined) return undefined;
  const { readPrivateKeyFile } = await import('../../gateway/private-key.ts');
  const { attemptLimitMs } = settings;
  return {
    url,
    appId,
    privateKey: readPrivateKeyFile(privateKeyFile),
    allowInsecureHttp,
    onWarning: ({ message }) => {
      warn(message);
    },
    ...(attemptLimitMs === undefined ? {} : { limits: { attemptMs: attemptLimitMs } }),
  };
}
