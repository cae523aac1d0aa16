/**
 * The hash chain of a stream. Each event carries the hash of the one before it, so nobody can alter,
 * remove or insert an event without altering every hash after it, and a witness kept elsewhere (a
 * revision and its hash) then tells.
 *
 * Data and metadata enter the chain by their digests, so that either can be withheld later and the
 * chain still verifies. Data is short and easy to guess: a random salt in its digest prevents that.
 * All digests are SHA-256 over RFC 8785 canonical JSON, which strangers can compute without us.
 */

import { sha256 } from '../text.ts';
import { canonicalJson } from './canonical-json.ts';
import type { EventMetadata, FoundEvent, WithheldPart } from './event.ts';

/** The `prevHash` of a stream's first event. */
export const chainStart = '0'.repeat(64);

/** What is added to the metadata of an event to link it to the one before it. */
export type ChainLink = Pick<
  EventMetadata,
  'salt' | 'dataHash' | 'metadataHash' | 'prevHash' | 'hash'
>;

/** The metadata that is hashed: everything but the link itself. */
export type ChainedMetadata = Omit<EventMetadata, keyof ChainLink>;

type Linked = Pick<FoundEvent, 'stream' | 'revision' | 'id' | 'type'>;

/** SHA-256 of the RFC 8785 canonical JSON of a value, lower-case hexadecimal. */
export function digest(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** Covers everything that is stored of an event of a stream without a chain. */
export function eventDigest(event: Linked & { readonly data: unknown }): string {
  const { stream, revision, id, type, data } = event;
  return digest({ stream, revision, id, type, data });
}

/**
 * What `digest` gives for a link, in two thirds of its time: the names stand sorted here, and RFC 8785
 * writes text and whole numbers as `JSON.stringify` does.
 */
function linkDigest(
  { stream, revision, id, type }: Linked,
  { prevHash, dataHash, metadataHash }: Readonly<Record<string, unknown>>,
): string {
  const sorted = { dataHash, id, metadataHash, prevHash, revision, stream, type };
  return sha256(JSON.stringify(sorted));
}

/** The link that ties an event to the one before it. */
export function chainLink(
  event: Linked & { readonly data: unknown; readonly metadata: object },
  salt: string,
  prevHash: string,
): ChainLink {
  const dataHash = digest({ salt, data: event.data });
  const metadataHash = digest(event.metadata);
  const hash = linkDigest(event, { prevHash, dataHash, metadataHash });
  return { salt, dataHash, metadataHash, prevHash, hash };
}

export type ChainFault = 'data-altered' | 'metadata-altered' | 'link-altered' | 'chain-broken';

/**
 * What is wrong with one found event in the chain; empty where it verifies. Withheld parts are not
 * checked. No schema is needed to see that something was altered.
 */
export function chainFaults(found: FoundEvent, prevHash: unknown): readonly ChainFault[] {
  const { data, withheld = [] } = found;
  const { salt, dataHash, metadataHash, prevHash: linked, hash, ...metadata } = found.metadata;
  const isAltered = (part: WithheldPart, value: unknown, expected: unknown) =>
    !withheld.includes(part) && digestOrNull(value) !== expected;
  const faults: ChainFault[] = [];
  if (isAltered('data', { salt, data }, dataHash)) faults.push('data-altered');
  if (isAltered('metadata', metadata, metadataHash)) faults.push('metadata-altered');
  if (linkDigest(found, { prevHash: linked, dataHash, metadataHash }) !== hash) {
    faults.push('link-altered');
  }
  if (linked !== prevHash) faults.push('chain-broken');
  return faults;
}

/** Altered text may hold what has no canonical form, such as a lone surrogate. */
function digestOrNull(value: unknown): string | null {
  try {
    return digest(value);
  } catch {
    return null;
  }
}
