import { X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { PaymentOrderError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { attempt, blamesClock } from './attempt.ts';
import type { AttemptContext } from './attempt.ts';
import type { CancelGateway } from './cancel-gateway.ts';
import { openConnections } from './connections.ts';
import { callPath, isInsecure, parseGatewayUrl } from './gateway-url.ts';
import { loadPrivateKey } from './private-key.ts';
import { warn } from './warning.ts';
import type { OnGatewayWarning } from './warning.ts';

export type HttpGatewayLimits = {
  /** From the call to an established connection, waiting for a free one included. Default 3000. */
  readonly connectMs?: number | undefined;
  /** The whole attempt. Default 15,000; at most 25,000, inside the platform's window of 30 s. */
  readonly attemptMs?: number | undefined;
  /**
   * How long an idle connection may be used again. Default 0: each call has a connection of its
   * own. An answer names no order, so on a connection used again a late copy of one answer could
   * be taken for the next one's; choose that only where the way to the platform is known.
   */
  readonly idleMs?: number | undefined;
  /** Connections at a time. Default 64. */
  readonly connectionsMax?: number | undefined;
  /** Bytes of an answer's body. Default 65,536. */
  readonly answerBytesMax?: number | undefined;
  /** Characters of `responseMsg` kept as evidence. Default 512. */
  readonly responseMsgCharactersMax?: number | undefined;
  /** How far the timestamp is put back, so that it is not ahead of the platform's. Default 1000. */
  readonly clockAllowanceMs?: number | undefined;
};

export type HttpGatewayOptions = {
  /** The platform's base URL; see `parseGatewayUrl`. */
  readonly url: string;
  /** 16 letters and digits, given by the platform. */
  readonly appId: string;
  /** See `loadPrivateKey`. Only a `KeyObject` is kept. */
  readonly privateKey: string | Buffer | KeyObject;
  readonly runtime: Runtime;
  readonly limits?: HttpGatewayLimits | undefined;
  /** Allows plain http off loopback. Loud: a warning, and every attempt records it. */
  readonly allowInsecureHttp?: boolean | undefined;
  readonly onWarning?: OnGatewayWarning | undefined;
  /** PEM of a certificate authority to be trusted beside the system's. */
  readonly ca?: string | undefined;
};

/**
 * The platform over HTTP. No request is sent when it opens; a call is at most one request, and
 * nothing below it resends, follows a redirect, or asks a proxy.
 *
 * Errors when it opens: `invalid-gateway-url`, `invalid-private-key`, `invalid-input` (appId,
 * limits, ca). Errors of a call: `invalid-input`, before anything is sent.
 */
export function openHttpGateway(options: HttpGatewayOptions): CancelGateway {
  const { onWarning } = options;
  const line = parseOptions(options);
  if (line.insecureTransport) {
    warn(onWarning, {
      code: 'insecure-transport',
      message: 'the gateway is called over plain http: anyone on the way can read and change it',
    });
  }
  return {
    attemptMs: line.attemptMs,
    async cancel(request, maySend) {
      const outcome = await attempt(line, request, maySend);
      if (blamesClock(outcome)) {
        warn(onWarning, {
          code: 'clock-refused',
          message: "the platform refused our timestamp: check this machine's clock",
        });
      }
      return outcome;
    },
    close() {
      line.connections.close();
      return Promise.resolve();
    },
  };
}

function parseOptions(options: HttpGatewayOptions): AttemptContext {
  const { appId, runtime } = options;
  const url = parseGatewayUrl(options.url, options);
  if (!/^[A-Za-z0-9]{16}$/.test(appId)) throw invalid('appId', 'must be 16 letters and digits');
  const limits = parseLimits(options.limits ?? {});
  return {
    ...limits,
    runtime,
    appId,
    privateKey: loadPrivateKey(options.privateKey, options.onWarning),
    connections: connectionsTo(url, options, limits),
    hostHeader: url.host,
    path: callPath(url),
    insecureTransport: isInsecure(url),
  };
}

type Limits = Record<keyof HttpGatewayLimits, number>;

function connectionsTo(
  url: URL,
  { runtime, ca }: HttpGatewayOptions,
  { connectionsMax, idleMs }: Limits,
): AttemptContext['connections'] {
  try {
    // OpenSSL skips over what is no certificate, and every call would be blocked later.
    if (ca !== undefined) new X509Certificate(ca);
    return openConnections({ url, runtime, connectionsMax, idleMs, ca });
  } catch {
    throw invalid('ca', 'must be the PEM of a certificate');
  }
}

function parseLimits(limits: HttpGatewayLimits): Limits {
  const attemptMs = within('attemptMs', limits.attemptMs ?? 15_000, [1, 25_000]);
  return {
    attemptMs,
    connectMs: within('connectMs', limits.connectMs ?? Math.min(3000, attemptMs), [1, attemptMs]),
    idleMs: within('idleMs', limits.idleMs ?? 0, [0, 60_000]),
    connectionsMax: within('connectionsMax', limits.connectionsMax ?? 64, [1, 1024]),
    answerBytesMax: within('answerBytesMax', limits.answerBytesMax ?? 65_536, [1024, 1_048_576]),
    responseMsgCharactersMax: within(
      'responseMsgCharactersMax',
      limits.responseMsgCharactersMax ?? 512,
      // More does not fit into the stored event.
      [0, 512],
    ),
    clockAllowanceMs: within('clockAllowanceMs', limits.clockAllowanceMs ?? 1000, [0, 10_000]),
  };
}

function within(name: string, value: number, [least, most]: [number, number]): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw invalid(`limits.${name}`, `must be a whole number from ${least} to ${most}`);
}

function invalid(field: string, problem: string): PaymentOrderError {
  return new PaymentOrderError('invalid-input', `gateway ${field} ${problem}`, { field });
}
