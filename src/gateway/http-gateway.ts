/** The gateway port over HTTP: settings are checked once, then each call is one request. */

import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { invalidInput } from '../errors.ts';
import { aFunction, parseInput, runtimeSchema, valueThat } from '../parse.ts';
import type { Runtime } from '../runtime.ts';
import { askForBill, askForStatus } from './ask.ts';
import type { CallContext } from './call.ts';
import { makeCall } from './call.ts';
import type { CallRuleName } from './call-classification.ts';
import { warn } from './cancel-gateway.ts';
import type {
  CancelGateway,
  CancelOutcome,
  CancelRequest,
  OnGatewayWarning,
} from './cancel-gateway.ts';
import { classify } from './classification.ts';
import { openConnections } from './connections.ts';
import { callPath, isInsecure, parseGatewayUrl } from './gateway-url.ts';
import { limitsSchema, parseLimits } from './limits.ts';
import type { HttpGatewayLimits, Limits } from './limits.ts';
import { isKeyInput } from './private-key.ts';
import { signingKeyOf } from './signing-key.ts';
import type { PrivateKeySource } from './signing-key.ts';
import { answerOf, cancelApiCode, cancelParams, cancelResultOf, isAppId } from './wire.ts';

export type HttpGatewayOptions = {
  /** The platform's base URL; see `parseGatewayUrl`. */
  readonly url: string;
  /** 16 letters and digits, given by the platform. */
  readonly appId: string;
  /**
   * What `loadPrivateKey` reads, or a function that gives it, which is asked at most once a minute;
   * see `PrivateKeySource`. Only a `KeyObject` is kept.
   */
  readonly privateKey: PrivateKeySource;
  readonly runtime: Runtime;
  readonly limits?: HttpGatewayLimits | undefined;
  /** Allows plain http off loopback. Default false. It warns, and every attempt records it. */
  readonly allowInsecureHttp?: boolean | undefined;
  readonly onWarning?: OnGatewayWarning | undefined;
  /** PEM of a certificate authority to trust besides the system's. */
  readonly ca?: string | undefined;
};

/** `parseGatewayUrl` reads the URL, and `signingKeyOf` the key. */
const optionsSchema = z.strictObject({
  url: z.string(),
  appId: valueThat<string>((given) =>
    typeof given === 'string' && isAppId(given) ? null : 'must be 16 letters and digits',
  ),
  privateKey: valueThat<PrivateKeySource>((given) =>
    isKeyInput(given) || typeof given === 'function'
      ? null
      : 'must be text, a Buffer, a KeyObject or a function that gives one of them',
  ),
  runtime: runtimeSchema,
  limits: limitsSchema.optional(),
  allowInsecureHttp: z.boolean().optional(),
  onWarning: aFunction<OnGatewayWarning>().optional(),
  ca: z.string().optional(),
} satisfies Record<keyof HttpGatewayOptions, z.ZodType>);

/**
 * Opens the payment platform over HTTP. Sends nothing yet.
 *
 * Each call is at most one request: nothing below it resends, follows a redirect or uses a proxy. It
 * signs with SHA1withRSA and posts to `<url>/api/gateway`.
 *
 * Source: the platform's gateway document (ETC运营中台接口文档) and its documents of the calls
 * `payment.order.cancel` (支付－取消支付), `payment.order.query` (支付－查询支付单) and
 * `payment.bill.query` (商户对账单查询).
 *
 * @throws {PaymentOrderError} `invalid-gateway-url`, `invalid-private-key`, or `invalid-input` with
 * the name of the option. Each call throws `invalid-input` before anything is sent.
 * @example
 * const gateway = openHttpGateway({
 *   url: 'https://etc.example.com',
 *   appId: 'OIG0AF4DMOK2VC2N',
 *   privateKey: readPrivateKeyFile('/run/secrets/etc-private-key.pem'),
 *   runtime: systemRuntime(),
 * });
 * const { status } = await gateway.query({ orderNo: 'O1' });
 */
export function openHttpGateway(options: HttpGatewayOptions): Required<CancelGateway> {
  const parsed = parseInput(optionsSchema, options);
  const { onWarning } = parsed;
  const context = contextOf(parsed);
  if (context.insecureTransport) {
    warn(onWarning, {
      code: 'insecure-transport',
      message: 'the gateway is called over plain http: anyone on the way can read and change it',
    });
  }
  /** Warns of what the owner of the configuration should look at, and gives the answer back. */
  const watched = <Answer extends { readonly rule: string }>(answer: Answer): Answer => {
    if (answer.rule === ('timestamp-refused' satisfies CallRuleName)) {
      warn(onWarning, {
        code: 'clock-refused',
        message: "the platform refused our timestamp: check this machine's clock",
      });
    }
    return answer;
  };
  return {
    identity: context.appId,
    attemptMs: context.attemptMs,
    async cancel(request, maySend) {
      return watched(await cancel(context, request, maySend));
    },
    async query(request) {
      return watched(await askForStatus(context, request));
    },
    async queryBill(request) {
      return watched(await askForBill(context, request));
    },
    close() {
      context.connections.close();
      return Promise.resolve();
    },
  };
}

async function cancel(
  context: CallContext,
  request: CancelRequest,
  maySend: () => boolean,
): Promise<CancelOutcome> {
  const { seen, evidence, retryAfterMs } = await makeCall(context, {
    apiCode: cancelApiCode,
    params: cancelParams(request),
    maySend,
    answerBytesMax: context.answerBytesMax,
    read: (body) => answerOf(body, (data) => ({ cancelResult: cancelResultOf(data) })),
  });
  return { ...classify(seen), ...evidence, retryAfterMs };
}

function contextOf(options: HttpGatewayOptions): CallContext {
  const { appId, runtime, privateKey, onWarning } = options;
  const url = parseGatewayUrl(options.url, options);
  const limits = parseLimits(options.limits ?? {});
  return {
    ...limits,
    runtime,
    appId,
    signingKey: signingKeyOf(privateKey, { runtime, waitMs: limits.connectMs, onWarning }),
    connections: connectionsTo(url, options, limits),
    hostHeader: url.host,
    path: callPath(url),
    insecureTransport: isInsecure(url),
  };
}

function connectionsTo(
  url: URL,
  { runtime, ca }: HttpGatewayOptions,
  { connectionsMax, idleMs }: Limits,
): CallContext['connections'] {
  try {
    // OpenSSL skips text that is not a certificate; every call would then be blocked.
    if (ca !== undefined) new X509Certificate(ca);
    return openConnections({ url, runtime, connectionsMax, idleMs, ca });
  } catch {
    throw invalidInput('ca', 'must be the PEM of a certificate');
  }
}
