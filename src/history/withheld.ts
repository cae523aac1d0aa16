/** What stands in the place of a withheld value, so that a history can be read on without it. */

import type { EventType } from '../../machines/payment-order.events.ts';
import type { FoundEvent } from './event.ts';
import { digestNames, isFields, setField } from './sealed-names.ts';
import type { ByName, Part } from './sealed-names.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Whether a part is withheld as a whole, as in hash format 1: nothing of it can be read. */
export function isPartWithheld({ withheld }: FoundEvent, part: Part): boolean {
  return typeof withheld?.[part] === 'string';
}

/** The names of what is withheld, such as `data.reason`; a part alone is withheld as a whole. */
export function withheldNames({ withheld = {} }: FoundEvent): readonly string[] {
  return (['data', 'metadata'] as const).flatMap((part) => {
    const seals = withheld[part];
    if (seals === undefined) return [];
    return typeof seals === 'string' ? [part] : Object.keys(seals).map((name) => `${part}.${name}`);
  });
}

/** Their type says all that decides. */
const decidingByType: ReadonlySet<string> = new Set([
  'PaymentStarted',
  'PaymentDeclined',
  'ClosedAtGateway',
  'CancelRequested',
  'CancelRetryDue',
  'CancelRetryRequested',
  'CancelAbandoned',
  'CommandRejected',
] satisfies EventType[]);

/** What the fold compares, to tell one payment or refund from another. */
const decidingNames: Readonly<Record<string, string>> = {
  PaymentSucceeded: 'data.transactionNo',
  PaymentRefunded: 'data.refundNo',
} satisfies { readonly [T in EventType]?: string };

function lacksNumber(found: FoundEvent): boolean {
  return withheldNames(found).some((name) => name === decidingNames[found.type]);
}

/**
 * Whether the machine lacks something that it decides by. From there on its fold may differ from what
 * was recorded, and that is not a fault: it is not known.
 */
export function lacksFacts(found: FoundEvent): boolean {
  const isWhole = isPartWithheld(found, 'data') || isPartWithheld(found, 'metadata');
  return isWhole || lacksNumber(found);
}

/** Says, event by event, whether what an order knows is certain in spite of what is withheld. */
export class Certainty {
  readonly #told = new Set<string>();
  readonly #unnumbered = new Set<string>();
  #isCertain = true;

  /** @param isRead whether the order knows what the event tells */
  after(found: FoundEvent, isRead: boolean): boolean {
    const { type } = found;
    if (lacksNumber(found)) this.#unnumbered.add(type);
    // The only payment needs no number to be told from others.
    const isAmbiguous = this.#unnumbered.has(type) && this.#told.has(type);
    const lacksData = isPartWithheld(found, 'data') && !decidingByType.has(type);
    const isUnread = !isRead && isPartWithheld(found, 'metadata');
    if (isAmbiguous || lacksData || isUnread) this.#isCertain = false;
    this.#told.add(type);
    return this.#isCertain;
  }
}

/**
 * The event with a placeholder for each withheld text. It shows the first digits of the seal, so it
 * claims nothing: two seals differ even where the texts are the same. A withheld digest is left out.
 */
export function withPlaceholders<T extends FoundEvent>(found: T): T {
  const { withheld } = found;
  if (withheld === undefined) return found;
  const filled = (part: Part) => {
    const seals = withheld[part];
    return isFields(seals) ? withTexts(found[part], seals) : found[part];
  };
  return { ...found, data: filled('data'), metadata: filled('metadata') };
}

function withTexts(fields: Fields, seals: ByName<string>): Fields {
  const filled: Record<string, unknown> = { ...fields };
  for (const [name, seal] of Object.entries(seals)) {
    if (!digestNames.has(name)) setText(filled, name, `withheld-${seal.slice(0, 12)}`);
  }
  return filled;
}

function setText(fields: Record<string, unknown>, name: string, text: string): void {
  const dot = name.indexOf('.');
  if (dot === -1) {
    setField(fields, name, text);
    return;
  }
  const [outer, inner] = [name.slice(0, dot), name.slice(dot + 1)];
  const found = fields[outer];
  const object = isFields(found) ? { ...found } : {};
  setText(object, inner, text);
  setField(fields, outer, object);
}
