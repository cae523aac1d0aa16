/**
 * The key that calls are signed with: one for the life of the gateway, or one that a function gives,
 * so that a key rotates without a restart.
 *
 * Nothing here makes a closure where the text of a key is at hand: it would live as long as the
 * gateway.
 */

import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { PaymentOrderError } from '../errors.ts';
import { late, withinLimit } from '../runtime.ts';
import type { Runtime } from '../runtime.ts';
import { sha256 } from '../text.ts';
import { warn } from './cancel-gateway.ts';
import type { GatewayWarning, OnGatewayWarning } from './cancel-gateway.ts';
import { keyKeptMs } from './limits.ts';
import { loadPrivateKey } from './private-key.ts';
import type { PrivateKeyInput } from './private-key.ts';

/**
 * A private key, or a function that gives it.
 *
 * A function is asked when a call is made, at most once a minute; calls at the same time share its
 * answer. What it gives is read at once, and only a `KeyObject` is kept, which signs the calls of
 * that minute. Where it throws, gives no key, or takes longer than `connectMs`, the calls of that
 * minute are not made: their rule is `key-unavailable`.
 *
 * To rotate a key, register the new one with the platform first, let the function give it, and have
 * the old one removed after more than a minute.
 */
export type PrivateKeySource = PrivateKeyInput | (() => PrivateKeyInput | Promise<PrivateKeyInput>);

/** Gives the key of a call that is made now; null where there is none. Never rejects. */
export type SigningKey = () => KeyObject | Promise<KeyObject | null>;

type KeyContext = {
  readonly runtime: Pick<Runtime, 'monotonicMs' | 'setTimer'>;
  /** How long a function may take, ms. */
  readonly waitMs: number;
  readonly onWarning?: OnGatewayWarning | undefined;
};

/**
 * Loads a key at once. A function is only kept: it is not asked before the first call.
 *
 * @throws {PaymentOrderError} `invalid-private-key`
 */
export function signingKeyOf(source: PrivateKeySource, context: KeyContext): SigningKey {
  if (typeof source === 'function') return rotatingKey(source, context);
  return fixedKey(loadPrivateKey(source, context.onWarning));
}

function fixedKey(key: KeyObject): SigningKey {
  return () => key;
}

type Asked = { readonly atMs: number; readonly key: Promise<KeyObject | null> };
type AskForKey = Extract<PrivateKeySource, (...given: never) => unknown>;

function rotatingKey(ask: AskForKey, context: KeyContext): SigningKey {
  const onWarning = oncePerWeakKey(context.onWarning);
  let asked: Asked | undefined;
  return () => {
    const atMs = context.runtime.monotonicMs();
    if (asked === undefined || atMs - asked.atMs >= keyKeptMs) {
      asked = { atMs, key: keyFrom(ask, context, onWarning) };
    }
    return asked.key;
  };
}

/** Warns of a key that was loaded, by its own warnings. */
type OnKey = (key: KeyObject, warnings: readonly GatewayWarning[]) => void;

/** A function gives the same weak key again each minute, and one warning of it is enough. */
function oncePerWeakKey(onWarning: OnGatewayWarning | undefined): OnKey {
  let before: string | undefined;
  return (key, warnings) => {
    const name = sha256(createPublicKey(key).export({ type: 'spki', format: 'der' }));
    if (name === before) return;
    before = name;
    for (const warning of warnings) warn(onWarning, warning);
  };
}

async function keyFrom(
  ask: AskForKey,
  { runtime, waitMs, onWarning }: KeyContext,
  onKey: OnKey,
): Promise<KeyObject | null> {
  try {
    const given = await withinLimit(runtime, waitMs, async () => ask());
    if (given === late) {
      warn(onWarning, unavailable(`the function privateKey gave no key within ${waitMs} ms`));
      return null;
    }
    const warnings: GatewayWarning[] = [];
    const key = loadPrivateKey(given, (warning) => warnings.push(warning));
    onKey(key, warnings);
    return key;
  } catch (error) {
    warn(onWarning, unavailable(problemOf(error)));
    return null;
  }
}

/** Our own error of a key never repeats the key. What others throw may hold anything. */
function problemOf(error: unknown): string {
  const isOurs = error instanceof PaymentOrderError && error.code === 'invalid-private-key';
  return isOurs ? error.message : 'the function privateKey threw an error';
}

function unavailable(problem: string): GatewayWarning {
  const message = `${problem}; calls are not made, and the key is asked for again after a minute`;
  return { code: 'key-unavailable', message };
}
