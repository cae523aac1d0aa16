/** The gateways of a run: the one of the three settings, or those that a file lists. */

import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { gatewayName } from '../../../machines/payment-order.events.ts';
import { invalidInput } from '../../errors.ts';
import type { GatewaySettings } from '../../open-options.ts';
import { defaultGatewayName } from '../../order/gateways.ts';
import { parseInput } from '../../parse.ts';
import { UsageError } from './arguments.ts';
import type { Settings } from './settings.ts';
import { nameOfSetting } from './settings.ts';

/** What is known of one gateway, whole or not. */
export type GatewayGiven = {
  readonly name: string;
  readonly url: string | undefined;
  readonly appId: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly allowInsecureHttp: boolean;
  readonly attemptLimitMs: number | undefined;
};

const fileSchema = z
  .record(
    gatewayName,
    z.strictObject({
      url: z.string(),
      appId: z.string(),
      /** Relative to the directory of this file. */
      privateKeyFile: z.string().min(1),
      allowInsecureHttp: z.boolean().optional(),
      attemptLimitMs: z.int().optional(),
    }),
  )
  .refine((given) => Object.keys(given).length > 0, 'must name at least one gateway');

/** A file of more bytes than this lists no gateways. */
const fileBytesMax = 1_048_576;

/**
 * The gateways that are configured, or of a file's the one that is named; empty where none is
 * configured. No key is read.
 *
 * @throws {UsageError} Gateways are given in both ways.
 * @throws {PaymentOrderError} `invalid-input`, where the file is none
 */
export function givenGateways(settings: Settings): readonly GatewayGiven[] {
  const { gateway, gatewaysFile, attemptLimitMs } = settings;
  const { url, appId, privateKeyFile } = gateway;
  const isOne = [url, appId, privateKeyFile].some((setting) => setting !== undefined);
  if (gatewaysFile === undefined) {
    const { name = defaultGatewayName } = gateway;
    return isOne ? [{ ...gateway, name, attemptLimitMs }] : [];
  }
  if (isOne) {
    const [all, one] = [nameOfSetting('gateways'), nameOfSetting('gatewayUrl')];
    throw new UsageError(`give the gateways by ${all}, or one by ${one}, not both`);
  }
  const directory = dirname(resolve(gatewaysFile));
  const listed = parseInput(fileSchema, readJson(gatewaysFile), 'gateways');
  const all = Object.entries(listed).map(([name, given]) => ({
    ...{ name, url: given.url, appId: given.appId },
    privateKeyFile: resolve(directory, given.privateKeyFile),
    allowInsecureHttp: given.allowInsecureHttp ?? false,
    attemptLimitMs: given.attemptLimitMs ?? attemptLimitMs,
  }));
  if (gateway.name === undefined) return all;
  const named = all.filter(({ name }) => name === gateway.name);
  if (named.length > 0) return named;
  throw invalidInput(
    'gateway',
    `must be listed in ${gatewaysFile}: ${Object.keys(listed).join(', ')}`,
  );
}

/**
 * The gateway that a new order records, which reads no key; undefined where none is named.
 *
 * @throws {UsageError} Several are listed, and none of them is named.
 * @throws {PaymentOrderError} `invalid-input`
 */
export function gatewayOfNewOrder(settings: Settings): string | undefined {
  if (settings.gatewaysFile === undefined) return settings.gateway.name;
  const [only, ...others] = givenGateways(settings);
  if (others.length === 0) return only?.name;
  const names = [only, ...others].map((given) => given?.name).join(', ');
  throw new UsageError(`an order is of one gateway: name it by --gateway: ${names}`);
}

function readJson(path: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw invalidInput('gateways', `is a file that cannot be read (${code}): ${path}`);
  }
  try {
    if (bytes.length <= fileBytesMax) return JSON.parse(bytes.toString());
  } catch {
    // What JSON.parse says may repeat what the file holds.
  }
  throw invalidInput('gateways', `must be a JSON file that lists gateways by name: ${path}`);
}

/** The settings of one gateway that are missing; empty where it is whole. */
export function missingGatewaySettings(given: GatewayGiven): readonly string[] {
  const { url: gatewayUrl, appId, privateKeyFile } = given;
  const needed = { gatewayUrl, appId, privateKeyFile };
  const names = ['gatewayUrl', 'appId', 'privateKeyFile'] as const;
  return names.filter((name) => needed[name] === undefined).map(nameOfSetting);
}

/**
 * The gateways as they are opened, by name; undefined where none is configured.
 *
 * @param key - How the key files are read: once, or `again` and again, for a process that outlives its
 * keys.
 * @throws {UsageError} Some settings are missing.
 * @throws {PaymentOrderError} `invalid-input` or `invalid-private-key`
 */
export async function gatewaysFrom(
  settings: Settings,
  warn: (message: string) => void,
  key: 'once' | 'again' = 'once',
): Promise<Readonly<Record<string, GatewaySettings>> | undefined> {
  const all: [string, GatewaySettings][] = [];
  for (const given of givenGateways(settings)) {
    all.push([given.name, await gatewayFrom(given, warn, key)]);
  }
  return all.length === 0 ? undefined : Object.fromEntries(all);
}

/** One of them. @param key - As above, or the key that was read before: a pipe gives it once. */
export async function gatewayFrom(
  given: GatewayGiven,
  warn: (message: string) => void,
  key: KeyObject | 'once' | 'again' = 'once',
): Promise<GatewaySettings> {
  const { url, appId, privateKeyFile, allowInsecureHttp, attemptLimitMs } = given;
  if (url === undefined || appId === undefined || privateKeyFile === undefined) {
    const missing = missingGatewaySettings(given).join(' and ');
    throw new UsageError(`incomplete gateway settings: also set ${missing}`);
  }
  const { readPrivateKeyFile } = await import('../../gateway/private-key-file.ts');
  const { rotatingKeyFile } = await import('./key-file.ts');
  const read = key === 'again' ? rotatingKeyFile : readPrivateKeyFile;
  return {
    url,
    appId,
    privateKey: typeof key === 'string' ? read(privateKeyFile) : key,
    allowInsecureHttp,
    onWarning: ({ message }) => {
      warn(message);
    },
    limits: attemptLimitMs === undefined ? undefined : { attemptMs: attemptLimitMs },
  };
}
