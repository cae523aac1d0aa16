/**
 * The hash chain of a stream. Each event carries the hash of the one before it, so nobody can alter,
 * remove or insert an event without altering every hash after it, and a witness kept elsewhere (a
 * revision and its hash) then tells.
 *
 * Data and metadata enter the chain by their digests. Today's format 2 hashes every value that may
 * have to be withheld alone (`sealed.ts`), so that a package can withhold it and prove the rest.
 * Format 1 withholds a part as a whole; it is read and verified for ever, and never written.
 * `docs/evidence.md` describes both for strangers. All digests are SHA-256 over RFC 8785 canonical
 * JSON.
 */

import { sha256 } from '../text.ts';
import { canonicalJson } from './canonical-json.ts';
import type { EventMetadata, FoundEvent } from './event.ts';
import type { Part } from './sealed-names.ts';
import { isFields, linkNames, namesToSeal, setField } from './sealed-names.ts';
import { sealedPart } from './sealed.ts';

/** The `prevHash` of a stream's first event. */
export const chainStart = '0'.repeat(64);

/** What is added to the metadata of an event to link it to the one before it. */
export type ChainLink = {
  readonly format: 2;
  /** Of both parts, 16 bytes in hexadecimal. */
  readonly salt: string;
  /** Of the sealed values of each part, by name. */
  readonly salts: Readonly<Partial<Record<Part, Record<string, string>>>>;
  readonly dataHash: string;
  readonly metadataHash: string;
  readonly prevHash: string;
  readonly hash: string;
};

/** The metadata that is hashed: everything but the link itself. */
export type ChainedMetadata = Omit<EventMetadata, keyof ChainLink>;

type Linked = Pick<FoundEvent, 'stream' | 'revision' | 'id' | 'type'>;
type Fields = Readonly<Record<string, unknown>>;

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
  format: 1 | 2,
  { stream, revision, id, type }: Linked,
  { prevHash, dataHash, metadataHash }: Fields,
): string {
  const sorted =
    format === 1
      ? { dataHash, id, metadataHash, prevHash, revision, stream, type }
      : { dataHash, format, id, metadataHash, prevHash, revision, stream, type };
  return sha256(JSON.stringify(sorted));
}

/**
 * The link that ties an event to the one before it.
 *
 * @param randomHex draws that many bytes, for the salts
 */
export function chainLink(
  event: Linked & { readonly data: Fields; readonly metadata: Fields },
  randomHex: (bytes: number) => string,
  prevHash: string,
): ChainLink {
  const { data, metadata } = event;
  const names = { data: namesToSeal('data', data), metadata: namesToSeal('metadata', metadata) };
  const hex = randomHex(saltBytes * (1 + names.data.length + names.metadata.length));
  let at = 0;
  const nextSalt = () => hex.slice(at, (at += 2 * saltBytes));
  const salt = nextSalt();
  const salts: Partial<Record<Part, Record<string, string>>> = {};
  for (const part of parts) {
    const ofPart: Record<string, string> = {};
    for (const name of names[part]) ofPart[name] = nextSalt();
    if (names[part].length > 0) salts[part] = ofPart;
  }
  const digestOf = (part: Part, fields: Fields) =>
    sealedPart(part, fields, { salt, salts: salts[part] ?? none, withheld: none }, noNames).digest;
  const [dataHash, metadataHash] = [digestOf('data', data), digestOf('metadata', metadata)];
  const hash = linkDigest(2, event, { prevHash, dataHash, metadataHash });
  return { format: 2, salt, salts, dataHash, metadataHash, prevHash, hash };
}

const saltBytes = 16;
const parts: readonly Part[] = ['data', 'metadata'];
const none = {};
const noNames: ReadonlySet<string> = new Set();

/** The faults of a link; `shown-unproven`: a value is shown that is said to be withheld. */
export type ChainFault =
  'data-altered' | 'metadata-altered' | 'link-altered' | 'chain-broken' | 'shown-unproven';

/**
 * What is wrong with one found event in the chain; empty where it verifies. Of what is withheld, the
 * digests are checked. No schema is needed to see that something was altered.
 */
export function chainFaults(found: FoundEvent, prevHash: unknown): readonly ChainFault[] {
  const { metadata } = found;
  const isOfFormat2 = metadata['format'] === 2;
  const faults = new Set<ChainFault>();
  for (const part of parts) {
    const fault = (isOfFormat2 ? faultOfPart : faultOfPart1)(part, found);
    if (fault !== null) faults.add(fault);
  }
  // The standard has no form for a lone surrogate, so no stranger could compute the digest.
  const hasForm = [found.stream, found.id, found.type].every((text) => text.isWellFormed());
  const isLinked = linkDigest(isOfFormat2 ? 2 : 1, found, metadata) === metadata['hash'];
  if (!hasForm || !isLinked) faults.add('link-altered');
  if (metadata['prevHash'] !== prevHash) faults.add('chain-broken');
  return [...faults];
}

/** What is wrong with a part of an event of format 2. */
function faultOfPart(part: Part, { data, metadata, withheld }: FoundEvent): ChainFault | null {
  const { salt, salts, dataHash, metadataHash } = metadata;
  const [fields, expected, apart] =
    part === 'data'
      ? ([data, dataHash, noNames] as const)
      : ([metadata, metadataHash, linkNames[2]] as const);
  const saltsOfPart = saltsIn(salts, part);
  const seals = withheld?.[part] ?? none;
  // A whole part cannot be withheld.
  if (saltsOfPart === null || typeof seals === 'string') return `${part}-altered`;
  try {
    const found = sealedPart(part, fields, { salt, salts: saltsOfPart, withheld: seals }, apart);
    if (found.isShown) return 'shown-unproven';
    return found.isWhole && found.digest === expected ? null : `${part}-altered`;
  } catch {
    return `${part}-altered`;
  }
}

/** The salts of a part; null where they hold anything else, which no digest would cover. */
function saltsIn(salts: unknown, part: Part): Fields | null {
  if (!isFields(salts)) return null;
  for (const name in salts) if (name !== 'data' && name !== 'metadata') return null;
  const ofPart = Object.hasOwn(salts, part) ? salts[part] : none;
  return isFields(ofPart) ? ofPart : null;
}

/** What is wrong with a part of an event of format 1, which is shown whole or not at all. */
function faultOfPart1(part: Part, { data, metadata, withheld }: FoundEvent): ChainFault | null {
  const { salt, dataHash, metadataHash } = metadata;
  const chained = part === 'data' ? metadata : withoutLink(metadata);
  const altered = `${part}-altered` as const;
  const [fields, expected] = part === 'data' ? [data, dataHash] : [chained, metadataHash];
  const seal = withheld?.[part];
  if (seal !== undefined) {
    if (seal !== expected) return altered;
    // A salt is only of use with the data that it was hashed with.
    const isShown = Object.keys(fields).length > 0 || (part === 'data' && salt !== undefined);
    return isShown ? 'shown-unproven' : null;
  }
  return digestOrNull(part === 'data' ? { salt, data } : chained) === expected ? null : altered;
}

function withoutLink(metadata: Fields): Fields {
  const chained: Record<string, unknown> = {};
  for (const name in metadata) {
    if (!linkNames[1].has(name)) setField(chained, name, metadata[name]);
  }
  return chained;
}

/** Altered text may hold what has no canonical form, such as a lone surrogate. */
function digestOrNull(value: unknown): string | null {
  try {
    return digest(value);
  } catch {
    return null;
  }
}
