import { readFileSync } from 'node:fs';
import type { OpenOptions } from 'payment-order-machine';
import type { PlatformNoticesOptions } from 'payment-order-machine/platform-notices';
import { callersFrom, providerFrom } from './callers.ts';
import type { Callers, IsProvider } from './callers.ts';

export type Settings = {
  readonly port: number;
  readonly callers: Callers;
  readonly isProvider: IsProvider;
  readonly platform: PlatformNoticesOptions;
  readonly open: OpenOptions;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads all settings once, at start, so that a missing one is noticed at once. */
export function settingsFrom(environment: Environment): Settings {
  const given = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') throw new Error(`${name} is not set`);
    return value;
  };
  const number = (name: string, otherwise: number): number => {
    const value = Number(environment[name] ?? otherwise);
    if (!Number.isSafeInteger(value) || value < 0)
      throw new Error(`${name} must be a whole number`);
    return value;
  };
  const directory = given('ORDER_SERVICE_DATA');
  const platformKeyFile = environment['ORDER_SERVICE_PLATFORM_PUBLIC_KEY_FILE'];
  const callers = callersFrom(given('ORDER_SERVICE_CALLERS'));
  return {
    port: number('PORT', 8080),
    callers,
    isProvider: providerFrom(given('ORDER_SERVICE_WEBHOOK_SECRET'), callers),
    platform:
      platformKeyFile === undefined ? {} : { publicKey: readFileSync(platformKeyFile, 'utf8') },
    open: {
      store: environment['ORDER_SERVICE_STORE'] ?? `sqlite:${directory}/orders.db`,
      gateway: {
        url: given('PAYMENT_ORDER_GATEWAY_URL'),
        appId: given('PAYMENT_ORDER_GATEWAY_APP_ID'),
        privateKey: readFileSync(given('PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE')),
        limits: { attemptMs: number('PAYMENT_ORDER_ATTEMPT_LIMIT_MS', 15_000) },
      },
      attemptDeadlineMs: number('PAYMENT_ORDER_ATTEMPT_DEADLINE_MS', 30_000),
    },
  };
}
