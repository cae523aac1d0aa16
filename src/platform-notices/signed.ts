import { z } from 'zod';
import { noticeSigningString, verify } from '../gateway/signing.ts';
import { jsonObject } from './json-object.ts';
import type { PlatformKey } from './public-key.ts';

type Json = Readonly<Record<string, unknown>>;

export type Verified =
  | { readonly kind: 'content'; readonly content: Json; readonly signed: string }
  | { readonly kind: 'unreadable' | 'forged'; readonly problem: string };

export function isSigned(json: Json): boolean {
  return 'sign' in json || 'request_content' in json;
}

/**
 * The signed text does not say where its values end. With these forms it can be split in one way
 * only: the nonce ends at the first `&`, and the timestamp begins after the last. So nobody can move
 * a part of a signed content into one of them.
 */
const nonce = z.string().regex(/^[!-%'-~]{1,128}$/);
const timestamp = z.union([z.string().regex(/^[0-9]{1,20}$/), z.int().min(0)]);

const signedSchema = z.strictObject({
  sign: z.string().min(1).max(4_096),
  request_content: z.string(),
  timestamp,
  nonce,
  // The signature does not cover it, so it is not read.
  message_type: z.unknown().optional(),
});

/** The content of a signed notice whose signature is valid. */
export async function contentOfSigned(
  json: Json,
  platform: PlatformKey | undefined,
): Promise<Verified> {
  const { data } = signedSchema.safeParse(json);
  if (data === undefined) return unreadable('it is signed, but not in the form that is known');
  if (platform === undefined) {
    return unreadable('it is signed, and no public key was given to verify that');
  }
  const text = noticeSigningString({
    nonce: data.nonce,
    requestContent: data.request_content,
    timestamp: String(data.timestamp),
  });
  if (!(await verify(text, data.sign, platform.key))) {
    return { kind: 'forged', problem: "its signature is not one of the platform's key" };
  }
  const content = jsonObject(data.request_content);
  if (typeof content !== 'string') return { kind: 'content', content, signed: platform.name };
  return unreadable(`its signature is valid, but its request_content ${content}`);
}

function unreadable(problem: string): Verified {
  return { kind: 'unreadable', problem };
}
