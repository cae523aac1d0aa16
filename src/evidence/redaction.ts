import type { FoundEvent, WithheldPart } from '../history/event.ts';
import { textIn } from '../history/event.ts';
import type { RedactionRule } from './redaction-rules.ts';
import { TextRedactor } from './redaction-rules.ts';

export type Redacted = {
  readonly events: readonly FoundEvent[];
  /** Revisions whose withheld metadata holds nothing random, so that it can be guessed. */
  readonly guessable: readonly number[];
};

type Fields = Readonly<Record<string, unknown>>;
type Draft = {
  readonly event: FoundEvent;
  readonly data: Fields;
  readonly metadata: Fields;
  readonly parts: Set<WithheldPart>;
};

/**
 * Withholds what the rules name. A part of an event is withheld as a whole: it is shown with
 * markers and can no longer be verified by itself. Its digest stays, so the chain still verifies.
 *
 * A digest must not reveal what it hides. Data is protected by its salt, which is left out too. The
 * digest of metadata has no salt; it is protected by the random correlation id. So that id is
 * withheld in every event that has it, with the digests of the command and the notice, and all other
 * ids. A notice's body holds little that the event does not show, so its digest would confirm a guess.
 */
export function redact(events: readonly FoundEvent[], rules: ReadonlySet<RedactionRule>): Redacted {
  if (rules.size === 0) return { events, guessable: [] };
  const redactor = new TextRedactor(rules);
  const drafts = events.map((event) => drafted(event, redactor));
  withholdTogether(drafts);
  return {
    events: drafts.map(withheldEvent),
    guessable: drafts
      .filter(({ parts, event }) => parts.has('metadata') && !isRandom(event.metadata))
      .map(({ event }) => event.revision),
  };
}

function drafted(event: FoundEvent, redactor: TextRedactor): Draft {
  const data = redactedFields(event.data, redactor);
  const metadata = redactedMetadata(event.metadata, redactor);
  const parts = new Set<WithheldPart>();
  if (data !== event.data) parts.add('data');
  // These digests cover what the data says, without a salt.
  const revealsData = ['commandDigest', 'noticeId'].some((field) => Object.hasOwn(metadata, field));
  if (metadata !== event.metadata || (parts.has('data') && revealsData)) parts.add('metadata');
  return { event, data, metadata, parts };
}

function redactedMetadata(metadata: Fields, redactor: TextRedactor): Fields {
  const { salt, dataHash, metadataHash, prevHash, hash, ...hashed } = metadata;
  const { actor } = hashed;
  const isNamed = typeof actor === 'object' && actor !== null && 'id' in actor;
  const hidesActor = redactor.rules.has('actor') && isNamed && !isOurOwn(actor);
  const named = hidesActor
    ? { ...hashed, actor: { ...actor, id: redactor.marker(String(actor.id)) } }
    : hashed;
  const redacted = redactedFields(named, redactor);
  if (redacted === hashed) return metadata;
  return { ...redacted, salt, dataHash, metadataHash, prevHash, hash };
}

/** The module's own actors are not persons. */
function isOurOwn(actor: object): boolean {
  return 'kind' in actor && (actor.kind === 'gateway' || actor.kind === 'timer');
}

/** Returns the same object if nothing in it is withheld. */
function redactedFields(fields: Fields, redactor: TextRedactor): Fields {
  const entries = Object.entries(fields).map(
    ([field, value]) => [field, redactedValue(field, value, redactor)] as const,
  );
  const isSame = entries.every(([field, value]) => value === fields[field]);
  return isSame ? fields : Object.fromEntries(entries);
}

function redactedValue(field: string, value: unknown, redactor: TextRedactor): unknown {
  if (typeof value === 'string') return redactor.redacted(field, value);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => redactedValue(field, item, redactor));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  // JSON that is neither text nor a list is an object, a number, a boolean or null.
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? redactedFields(value as Fields, redactor) : value;
}

/** Withholds a correlation id everywhere: one that is shown elsewhere would allow guesses. */
function withholdTogether(drafts: readonly Draft[]): void {
  const idOf = ({ event }: Draft) => textIn(event.metadata, '$correlationId');
  const hidden = new Set(drafts.filter(({ parts }) => parts.has('metadata')).map(idOf));
  for (const draft of drafts) if (hidden.has(idOf(draft))) draft.parts.add('metadata');
}

/** The fields that withheld metadata still shows. They hold nothing random and no id. */
const shownFacts = ['recordedAt', 'occurredAt', 'actor', 'source', 'vouchedBy', 'from', 'to'];
const shownLinks = ['schemaVersion', 'machine', 'dataHash', 'metadataHash', 'prevHash', 'hash'];

function withheldEvent({ event, data, metadata, parts }: Draft): FoundEvent {
  if (parts.size === 0) return event;
  const { salt, ...rest } = parts.has('metadata') ? withheldMetadata(metadata) : metadata;
  return {
    ...event,
    data,
    metadata: parts.has('data') ? rest : { ...rest, salt },
    withheld: [...parts].toSorted(),
  };
}

function withheldMetadata(metadata: Fields): Fields {
  const shown = [...shownFacts, ...shownLinks, 'salt'];
  const fields = shown.filter((field) => Object.hasOwn(metadata, field));
  const kept = Object.fromEntries(fields.map((field) => [field, metadata[field]]));
  return { ...kept, $correlationId: 'withheld' };
}

/** Whether the correlation id is a random UUID, as the module draws one by default. */
function isRandom(metadata: Fields): boolean {
  const id = textIn(metadata, '$correlationId') ?? '';
  return /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id);
}

/** Which parts are withheld, by revision. */
export function withheldParts(
  events: readonly FoundEvent[],
): { readonly revision: number; readonly parts: WithheldPart[] }[] {
  return events.flatMap(({ revision, withheld = [] }) =>
    withheld.length === 0 ? [] : [{ revision, parts: [...withheld] }],
  );
}
