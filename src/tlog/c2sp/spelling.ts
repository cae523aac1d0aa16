/**
 * Numbers and bytes that have one spelling only. A signature covers text: a reader that accepts a
 * second spelling of the same thing accepts two texts where one was signed.
 */

import { invalidInput } from '../../errors.ts';
import type { Hash } from './merkle.ts';

/** Base64 with its padding, and none of the bits that decoders ignore; null for anything else. */
export function fromBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/**
 * A decimal without leading zeroes, up to 2^53-1.
 *
 * @param name - What the number is, for the message.
 * @throws {PaymentOrderError} `invalid-input`
 */
export function parseDecimal(text: string | undefined, name: string, field: string): number {
  if (text === undefined || !/^(?:0|[1-9][0-9]*)$/.test(text)) {
    throw invalidInput(field, `must have ${name} as a decimal without leading zeroes`);
  }
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw invalidInput(field, `must have ${name} of at most 2^53-1`);
}

/** @throws {PaymentOrderError} `invalid-input` */
export function parseHash(text: string | undefined, name: string, field: string): Hash {
  const bytes = text === undefined ? null : fromBase64(text);
  if (bytes?.length === 32) return bytes;
  throw invalidInput(field, `must have ${name} as the base64 of 32 bytes`);
}
