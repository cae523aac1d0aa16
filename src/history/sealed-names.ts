/**
 * The values of an event that may have to be withheld one day: what people wrote, who they are, what
 * callers and the platform chose freely, and the digests that cover any of it. Each is hashed alone
 * with a random salt of its own, and its part is hashed with that seal in its place. So a package can
 * leave one value out, and everything else of the event stays proven.
 *
 * Which values are sealed stands in the event: those that have a salt. So this list may grow without
 * another format. What has no salt can never be withheld.
 */

type Fields = Readonly<Record<string, unknown>>;

/** Something by the name of a sealed value; a dot leads into an object. */
export type ByName<Value> = Readonly<Record<string, Value>>;

const link1 = ['salt', 'dataHash', 'metadataHash', 'prevHash', 'hash'];

/** The metadata of the link, by hash format. It enters no digest of a part. */
export const linkNames: Readonly<Record<1 | 2, ReadonlySet<string>>> = {
  1: new Set(link1),
  2: new Set([...link1, 'format', 'salts']),
};

/** They cover values of the event or of its order, so each would confirm a guess. */
export const digestNames: ReadonlySet<string> = new Set([
  'commandDigest',
  'noticeId',
  'requestSha256',
  'answerSha256',
]);

/** Codes and figures of the platform and the channel. They are only sealed where digits abound. */
const codes: ReadonlySet<string> = new Set([
  'code',
  'responseCode',
  'amount',
  'amountCurrency',
  'payChannel',
]);

const names = {
  data: new Set([
    'reason',
    'note',
    'evidence',
    'message',
    'responseMsg',
    'by',
    'processBillNo',
    'factId',
    'transactionNo',
    'refundNo',
    'requestId',
    'requestSha256',
    'answerSha256',
    ...codes,
  ]),
  metadata: new Set([
    'source',
    'commandId',
    'commandDigest',
    '$correlationId',
    '$causationId',
    'noticeId',
    'vouchedBy',
  ]),
} as const satisfies Record<string, ReadonlySet<string>>;

/** A part of an event that holds sealed values. */
export type Part = keyof typeof names;

/** The names, sorted, of the values that are sealed when the event is written. */
export function namesToSeal(part: Part, fields: Fields): readonly string[] {
  const found: string[] = [];
  for (const name in fields) {
    if (names[part].has(name) && !isOpen(name, fields[name])) found.push(name);
  }
  if (part === 'metadata' && hasActorToSeal(fields)) found.push(actorId);
  return found.length > 1 ? found.toSorted() : found;
}

const actorId = 'actor.id';

function hasActorToSeal({ actor }: Fields): boolean {
  return isFields(actor) && 'id' in actor && !isOwnActor(actor);
}

/** The module's own actors are not persons. Others may call themselves so, and have another id. */
export function isOwnActor({ kind, id }: Fields): boolean {
  if (kind === 'timer') return id === 'recovery';
  return kind === 'gateway' && typeof id === 'string' && callOfGateway.test(id) && hasFewDigits(id);
}

/** Before gateways had names, the call stood alone. */
const callOfGateway = /^(?:[A-Za-z0-9][A-Za-z0-9._-]{0,63}\/)?payment\.order\.[a-z]+$/;

/** Our own words for where an event came from. */
const ownSources: ReadonlySet<unknown> = new Set([
  'command',
  'fact',
  'notice',
  'gateway',
  'query',
  'timer',
  'command-line',
]);

/** Whether it is a random UUID, as the module draws one. Digits in it identify nobody. */
export function isRandom(text: string): boolean {
  return uuid.test(text);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a value says nothing that anybody may want to withhold: ours, random, or a short code. */
function isOpen(name: string, value: unknown): boolean {
  if (name === 'source') return ownSources.has(value);
  const isText = typeof value === 'string';
  if (name === '$correlationId' || name === '$causationId') return isText && isRandom(value);
  return codes.has(name) && isText && hasFewDigits(value);
}

/** Neither a card's nor a phone's number has fewer. */
function hasFewDigits(text: string): boolean {
  return text.normalize('NFKC').replace(/[^0-9]/g, '').length < 8;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Sets a field of any name. As a plain assignment, one name would set the prototype and vanish. */
export function setField(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(fields, name, { value, ...asField });
  else fields[name] = value;
}

const asField = { enumerable: true, configurable: true, writable: true };
