import { z } from 'zod';
import { invalidInput } from '../errors.ts';

// Every limit of the gateway stands here; none is infinite.

/** The key file: a 16,384-bit RSA key as PEM has some 13 KiB. */
export const keyFileBytesMax = 65_536;
/** The wait for a pipe that holds the key: whoever writes may ask a person for a passphrase. */
export const keyPipeWaitMs = 60_000;
/** Below this a key draws a warning; the platform's own sample key has 1024 bits. */
export const rsaBitsWarnedBelow = 2048;
export const rsaBitsMin = 1024;
/** How long a key that a function gave signs calls, before the function is asked again. */
export const keyKeptMs = 60_000;

export const urlCharactersMax = 2048;

/** Callers that may wait for a connection; further ones are turned away at once. */
export const waitingCallersMax = 1000;

/** The head of an answer, all header lines together. */
export const answerHeadBytesMax = 16_384;
/** UTF-16 code units, as the platform documents them. */
export const identifierCharactersMax = 32;
export const reasonCharactersMax = 512;
/** More does not fit into the stored event. */
export const requestIdCharactersMax = 128;

/** Of an amount, a currency or a payment channel in an answer's data. */
export const keptTextCharactersMax = 64;
/** Of one row of a bill, as JSON or CSV; a row has some 250. */
export const billRowCharactersMax = 16_384;
/** Of what stands around the rows of a bill. */
export const billFrameCharactersMax = 65_536;

/** The limits that the configuration may set. */
export type HttpGatewayLimits = {
  /**
   * From the call to an established connection, ms; the wait for a free one is part of it, and
   * that for a key which a function gives.
   * Default 3000, or `attemptMs` where that is less; 1 to `attemptMs`.
   */
  readonly connectMs?: number | undefined;
  /** The whole attempt, ms. Default 15,000; 1 to 25,000, inside the platform's window of 30 s. */
  readonly attemptMs?: number | undefined;
  /**
   * How long an idle connection may be reused, ms. Default 0: each call has a connection of its
   * own. At most 60,000.
   *
   * An answer names no order. On a reused connection a late copy of one answer could be taken for
   * the next one, so reuse connections only where you know the way to the platform.
   */
  readonly idleMs?: number | undefined;
  /** Connections at a time. Default 64; 1 to 1024. */
  readonly connectionsMax?: number | undefined;
  /** Bytes of an answer's body, as received and as unpacked. Default 65,536; 1024 to 1,048,576. */
  readonly answerBytesMax?: number | undefined;
  /**
   * Bytes of a bill's body, as received and as unpacked: the platform answers a whole day at once.
   * Default 16,777,216, which holds some 65,000 rows; 65,536 to 67,108,864.
   */
  readonly billBytesMax?: number | undefined;
  /** Characters of `responseMsg` kept as evidence. Default 512, which is also the most. */
  readonly responseMsgCharactersMax?: number | undefined;
  /**
   * How far the timestamp is put back, ms: the platform refuses one ahead of its own clock.
   * Default 1000; 0 to 10,000.
   */
  readonly clockAllowanceMs?: number | undefined;
};

export type Limits = Readonly<Record<keyof HttpGatewayLimits, number>>;

/** `parseLimits` says how much each may be. */
export const limitsSchema = z.strictObject({
  connectMs: z.number().optional(),
  attemptMs: z.number().optional(),
  idleMs: z.number().optional(),
  connectionsMax: z.number().optional(),
  answerBytesMax: z.number().optional(),
  billBytesMax: z.number().optional(),
  responseMsgCharactersMax: z.number().optional(),
  clockAllowanceMs: z.number().optional(),
} satisfies Record<keyof HttpGatewayLimits, z.ZodType>);

export function parseLimits(limits: HttpGatewayLimits): Limits {
  const within = (name: keyof Limits, byDefault: number, least: number, most: number): number => {
    const value = limits[name] ?? byDefault;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw invalidInput(`limits.${name}`, `must be a whole number from ${least} to ${most}`);
  };
  const attemptMs = within('attemptMs', 15_000, 1, 25_000);
  return {
    attemptMs,
    connectMs: within('connectMs', Math.min(3000, attemptMs), 1, attemptMs),
    idleMs: within('idleMs', 0, 0, 60_000),
    connectionsMax: within('connectionsMax', 64, 1, 1024),
    answerBytesMax: within('answerBytesMax', 65_536, 1024, 1_048_576),
    billBytesMax: within('billBytesMax', 16_777_216, 65_536, 67_108_864),
    // More does not fit into the stored event.
    responseMsgCharactersMax: within('responseMsgCharactersMax', 512, 0, 512),
    clockAllowanceMs: within('clockAllowanceMs', 1000, 0, 10_000),
  };
}
