import type { PaymentOrderError } from '../errors.ts';
import { invalidInput } from '../errors.ts';
import type { FoundEvent, Withheld } from '../history/event.ts';
import { textIn } from '../history/event.ts';
import { isFields, isOwnActor, isRandom, linkNames } from '../history/sealed-names.ts';
import type { ByName, Part } from '../history/sealed-names.ts';
import { seal } from '../history/sealed.ts';
import { withheldNames } from '../history/withheld.ts';
import type { RedactionRule } from './redaction-rules.ts';
import { exemptNames, isDigest, isMatched } from './redaction-rules.ts';

export type Redacted = {
  readonly events: readonly FoundEvent[];
  /** Revisions whose withheld metadata holds nothing random, so that it can be guessed. */
  readonly guessable: readonly number[];
};

type Fields = Readonly<Record<string, unknown>>;

const parts = ['data', 'metadata'] as const;

/** An event, and the names of what is withheld of it. */
type Draft = { readonly event: FoundEvent } & Readonly<Record<Part, Set<string>>>;

/**
 * Withholds what the rules name: of an event of hash format 2 the sealed values alone, of one of
 * format 1 the whole part that holds such a value.
 *
 * A digest must not reveal what it covers, and it may cover values of other events. So once anything
 * is withheld, all digests of values are withheld too. What a seal hides is protected by its salt, which
 * is left out with the value. The digest of metadata in format 1 has no salt; it is protected by the
 * random correlation id, so that id is withheld wherever it stands.
 *
 * @throws {PaymentOrderError} `invalid-input` where a rule matches a value that cannot be withheld
 */
export function redact(events: readonly FoundEvent[], rules: ReadonlySet<RedactionRule>): Redacted {
  const drafts = events.map((event) => drafted(event, rules));
  if (drafts.every(({ data, metadata }) => data.size + metadata.size === 0)) {
    return { events, guessable: [] };
  }
  for (const draft of drafts) addTo(draft, isDigest);
  withholdCorrelations(drafts);
  const shown = drafts.map(withheldEvent);
  return { events: shown, guessable: guessableIn(drafts, shown) };
}

type IsWithheld = (name: string, text: string, isSealed: boolean) => boolean;

function drafted(event: FoundEvent, rules: ReadonlySet<RedactionRule>): Draft {
  const draft = { event, data: new Set<string>(), metadata: new Set<string>() };
  const { actor } = event.metadata;
  const isOurs = isFields(actor) && isOwnActor(actor);
  addTo(draft, (name, text) => !(isOurs && name === 'actor.id') && isMatched(rules, name, text));
  return draft;
}

/** Whether the draft grew. */
function addTo({ event, ...names }: Draft, isWithheld: IsWithheld): boolean {
  let hasGrown = false;
  for (const part of parts) {
    for (const [name, text] of textsIn(hashed(event, part))) {
      const sealed = isOfFormat2(event) ? sealedName(event, part, name) : name;
      if (!isWithheld(name, text, sealed !== null)) continue;
      if (sealed === null) throw cannotWithhold(event, `${part}.${name}`);
      hasGrown ||= !names[part].has(sealed);
      names[part].add(sealed);
    }
  }
  return hasGrown;
}

function cannotWithhold({ revision }: FoundEvent, name: string): PaymentOrderError {
  const where = `revision ${revision} was stored with ${name.slice(0, 64)} unsealed`;
  const what = 'leave out the rule that matches it, or end the package before that revision';
  return invalidInput(
    'redact',
    `must match nothing that cannot be withheld, but ${where}: ${what}`,
  );
}

function isOfFormat2({ metadata }: FoundEvent): boolean {
  return metadata['format'] === 2;
}

/** The fields of a part that its digest covers. */
function hashed(event: FoundEvent, part: Part): Fields {
  if (part === 'data') return event.data;
  return without(event.metadata, linkNames[isOfFormat2(event) ? 2 : 1]);
}

/** Every text of a part with its name; a dot leads into an object. */
function* textsIn(fields: Fields, path = ''): Generator<readonly [name: string, text: string]> {
  for (const [key, value] of Object.entries(fields)) {
    const name = path + key;
    for (const item of [value].flat(Infinity)) {
      if (isFields(item)) yield* textsIn(item, `${name}.`);
      else if (typeof item === 'string') yield [name, item];
    }
  }
}

/** The sealed value that a text is, or stands in; null for an open one. */
function sealedName({ metadata }: FoundEvent, part: Part, name: string): string | null {
  const salts = fieldsIn(fieldsIn(metadata, 'salts'), part);
  const steps = name.split('.');
  const paths = steps.map((_, at) => steps.slice(0, at + 1).join('.'));
  return paths.find((path) => Object.hasOwn(salts, path)) ?? null;
}

/** Nothing but this id protects metadata of format 1, so it is withheld wherever it can be. */
function withholdCorrelations(drafts: readonly Draft[]): void {
  let isDone = false;
  while (!isDone) {
    const hidden = new Set(
      drafts.filter(hidesOldMetadata).map(({ event }) => correlationIdOf(event)),
    );
    const grown = drafts.map((draft) =>
      addTo(
        draft,
        (name, text, isSealed) => isSealed && !exemptNames.has(name) && hidden.has(text),
      ),
    );
    isDone = !grown.includes(true);
  }
}

function hidesOldMetadata({ event, metadata }: Draft): boolean {
  return metadata.size > 0 && !isOfFormat2(event);
}

function correlationIdOf({ metadata }: FoundEvent): string | null {
  return textIn(metadata, '$correlationId');
}

/** Metadata of format 1 whose correlation id is not random, or is shown by another event. */
function guessableIn(drafts: readonly Draft[], shown: readonly FoundEvent[]): readonly number[] {
  const texts = new Set(
    shown.flatMap((event) =>
      parts.flatMap((part) => Array.from(textsIn(event[part]), ([, text]) => text)),
    ),
  );
  const isGuessable = (id: string) => !isRandom(id) || texts.has(id);
  return drafts
    .filter((draft) => hidesOldMetadata(draft) && isGuessable(correlationIdOf(draft.event) ?? ''))
    .map(({ event }) => event.revision);
}

function withheldEvent(draft: Draft): FoundEvent {
  const { event } = draft;
  return parts.reduce(
    (shown, part) => (draft[part].size === 0 ? shown : withoutPart(shown, part, draft[part])),
    event,
  );
}

function withoutPart(event: FoundEvent, part: Part, names: ReadonlySet<string>): FoundEvent {
  return isOfFormat2(event) ? withoutFields(event, part, names) : withoutWhole(event, part);
}

/** The names are of sealed values, so each has a salt. */
function withoutFields(event: FoundEvent, part: Part, names: ReadonlySet<string>): FoundEvent {
  const { metadata } = event;
  const salts = fieldsIn(metadata, 'salts');
  const saltsOfPart = fieldsIn(salts, part);
  const seals: Record<string, string> = {};
  const shown = without(event[part], names, (name, value) => {
    seals[name] = seal(saltsOfPart[name], value);
  });
  const left = { ...salts, [part]: without(saltsOfPart, names) };
  const ofPart = part === 'metadata' ? shown : metadata;
  const known = event.withheld?.[part];
  return withWithheld({ ...event, [part]: shown, metadata: { ...ofPart, salts: left } }, part, {
    ...(isFields(known) ? known : {}),
    ...seals,
  });
}

/** The fields without those that are named; a dot leads into an object. */
function without(
  fields: Fields,
  names: ReadonlySet<string>,
  take?: (name: string, value: unknown) => void,
  path = '',
): Fields {
  const kept = Object.entries(fields).flatMap(([key, value]) => {
    const name = path + key;
    if (names.has(name)) {
      take?.(name, value);
      return [];
    }
    return [[key, isFields(value) ? without(value, names, take, `${name}.`) : value] as const];
  });
  return Object.fromEntries(kept);
}

/** The salt is withheld with the data that it protects: it would allow guesses. */
function withoutWhole(event: FoundEvent, part: Part): FoundEvent {
  const { metadata } = event;
  const digest = textIn(metadata, `${part}Hash`) ?? '';
  const link = Object.entries(metadata).filter(([name]) => linkNames[1].has(name));
  const left =
    part === 'data'
      ? { data: {}, metadata: without(metadata, new Set(['salt'])) }
      : { metadata: Object.fromEntries(link) };
  return withWithheld({ ...event, ...left }, part, digest);
}

function withWithheld(
  event: FoundEvent,
  part: Part,
  withheld: string | ByName<string>,
): FoundEvent {
  const { data, metadata }: Withheld = { ...event.withheld, [part]: withheld };
  return {
    ...event,
    withheld: {
      ...(data === undefined ? {} : { data }),
      ...(metadata === undefined ? {} : { metadata }),
    },
  };
}

function fieldsIn(fields: Fields, name: string): Fields {
  const found = fields[name];
  return isFields(found) ? found : {};
}

/** What is withheld, by revision. */
export function withheldByRevision(
  events: readonly FoundEvent[],
): { readonly revision: number; readonly names: readonly string[] }[] {
  return events.flatMap((event) => {
    const names = withheldNames(event);
    return names.length === 0 ? [] : [{ revision: event.revision, names }];
  });
}
