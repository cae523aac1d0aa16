import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { billApiCode, billParamsSchema } from '../gateway/bill-wire.ts';
import { queryApiCode, queryParamsSchema } from '../gateway/query-wire.ts';
import { signingString, verify } from '../gateway/signing.ts';
import { cancelApiCode, cancelParamsSchema, requestEnvelopeSchema } from '../gateway/wire.ts';
import type { RequestEnvelope } from '../gateway/wire.ts';
import { nonceLifeMs, noncesMax } from './limits.ts';

/** The calls that the sandbox knows, with their parameters. */
const callSchema = z.discriminatedUnion('apiCode', [
  z.object({ apiCode: z.literal(cancelApiCode), params: cancelParamsSchema }),
  z.object({ apiCode: z.literal(queryApiCode), params: queryParamsSchema }),
  z.object({ apiCode: z.literal(billApiCode), params: billParamsSchema }),
]);
export type SandboxCall = z.infer<typeof callSchema>;

export const sandboxApiCodes = [cancelApiCode, queryApiCode, billApiCode] as const;

export type Checks = {
  readonly appId: string;
  readonly callerPublicKey: KeyObject;
  readonly timestampWindowMs: number;
  readonly nonces: Nonces;
  readonly now: () => number;
  readonly disabledCalls: ReadonlySet<string>;
};

export type Checked = {
  /** Undefined where the body could not be read. */
  readonly envelope?: RequestEnvelope | undefined;
  readonly result:
    | { readonly kind: 'accepted'; readonly call: SandboxCall }
    | { readonly kind: 'rejected'; readonly responseCode: string; readonly responseMsg: string };
};

/** Checks what the platform checks, in its order. The first check that fails gives the answer. */
export async function check(body: Buffer, checks: Checks): Promise<Checked> {
  const envelope = readEnvelope(body);
  if (envelope === undefined) return { result: rejected('400', 'not a request envelope') };
  const early = checkFields(envelope, checks);
  if (early !== undefined) return { envelope, result: early };
  const { sign, params, ...fields } = envelope;
  if (!(await verify(signingString(fields, params), sign, checks.callerPublicKey))) {
    return { envelope, result: rejected('401001', 'signature verification failed') };
  }
  const parsed = callSchema.safeParse({ apiCode: fields.apiCode, params });
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[1] ?? 'params');
    return { envelope, result: rejected('400', `parameter ${name} is empty or too long`) };
  }
  return { envelope, result: { kind: 'accepted', call: parsed.data } };
}

function readEnvelope(body: Buffer): RequestEnvelope | undefined {
  try {
    return requestEnvelopeSchema.safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

function checkFields(
  { appId, apiCode, timestamp, nonce }: RequestEnvelope,
  checks: Checks,
): Checked['result'] | undefined {
  if (appId !== checks.appId) return rejected('400001', 'appId is not right');
  if (!sandboxApiCodes.some((known) => known === apiCode)) {
    return rejected('404001', 'no such apiCode');
  }
  if (checks.disabledCalls.has(apiCode)) return rejected('400002', 'the call is disabled');
  const nowMs = checks.now();
  if (timestamp > nowMs || nowMs - timestamp > checks.timestampWindowMs) {
    return rejected('403001', 'timestamp illegal or expired');
  }
  if (!checks.nonces.isNew(nonce, nowMs)) return rejected('403002', 'repeated request');
  return undefined;
}

function rejected(responseCode: string, responseMsg: string): Checked['result'] {
  return { kind: 'rejected', responseCode, responseMsg };
}

/** The nonces of the last 60 s, at most 200,000; the oldest go first. */
export class Nonces {
  // A Map keeps the order of insertion, so the oldest come first.
  readonly #seenAtMs = new Map<string, number>();

  /** True the first time within 60 s. */
  isNew(nonce: string, nowMs: number): boolean {
    for (const [old, atMs] of this.#seenAtMs) {
      if (nowMs - atMs < nonceLifeMs && this.#seenAtMs.size < noncesMax) break;
      this.#seenAtMs.delete(old);
    }
    if (this.#seenAtMs.has(nonce)) return false;
    this.#seenAtMs.set(nonce, nowMs);
    return true;
  }
}
