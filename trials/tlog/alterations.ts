/**
 * What a forger does to a copy of the store. He may write whatever he likes, and computes the chains
 * again wherever a chain would tell; the log over all orders is all that is left.
 */

import type { JsonObject } from '../../src/event-store/event-store.ts';
import { chainFaults, chainLink, chainStart } from '../../src/history/chain.ts';
import { orderNoOf, streamOf, textIn } from '../../src/history/event.ts';
import { metadataOfFormat1, withoutLink } from '../../test/history/format-1.ts';
import { another, placesIn } from '../packages/json.ts';
import type { Fields } from '../packages/json.ts';
import type { LogEvent, Luck } from './history.ts';
import { anOrder } from './history.ts';

export type Forged = {
  readonly log: readonly LogEvent[];
  /** Those that he touched, which may be named, and no others. */
  readonly orders: ReadonlySet<string>;
  /** The event that must be named, where it is one. */
  readonly revision?: number;
};

/** The events before the checkpoint, and those after it. Null where there is nothing to alter. */
type Alter = (log: readonly LogEvent[], size: number, luck: Luck) => Forged | null;

export type Alteration = {
  readonly alter: Alter;
  /** At least one of these must name one of the orders, where the old leaves are kept. */
  readonly codes: readonly string[];
};

export const alterations: Readonly<Record<string, Alteration>> = {
  'events missing': {
    // The next events of the order stand in their place.
    codes: ['event-missing', 'event-exchanged', 'event-rewritten'],
    alter: (log, size, luck) => {
      const order = orderIn(log, size, luck, 2);
      if (order === null) return null;
      const own = order.places.filter((place) => place < size);
      const first = luck.below(own.length);
      const gone = own.slice(first, first + 1 + luck.below(own.length - 1));
      if (gone.length === order.places.length) return null;
      return forged(
        log.filter((_, place) => !gone.includes(place)),
        [order.orderNo],
        luck,
      );
    },
  },
  'order missing': {
    codes: ['order-missing'],
    alter: (log, size, luck) => {
      const order = orderIn(log, size, luck, 1);
      if (order === null) return null;
      return forged(
        log.filter((_, place) => !order.places.includes(place)),
        [order.orderNo],
        luck,
      );
    },
  },
  'orders exchanged': {
    codes: ['event-exchanged'],
    alter: (log, size, luck) => {
      const [one, other] = [orderIn(log, size, luck, 1), orderIn(log, size, luck, 1)];
      if (one === null || other === null || one.orderNo === other.orderNo) return null;
      const [a, b] = [one.orderNo, other.orderNo];
      return forged(
        renamed(
          log,
          new Map([
            [a, b],
            [b, a],
          ]),
        ),
        [a, b],
        luck,
      );
    },
  },
  'order renamed': {
    codes: ['order-missing', 'event-exchanged'],
    alter: (log, size, luck) => {
      const order = orderIn(log, size, luck, 1);
      if (order === null) return null;
      const name = `N${luck.hex(4)}`;
      return forged(renamed(log, new Map([[order.orderNo, name]])), [order.orderNo, name], luck);
    },
  },
  'event rewritten': {
    codes: ['event-rewritten'],
    alter: (log, size, luck) => {
      const place = luck.below(size);
      return changed(log, place, luck, (event) => {
        const part = Object.keys(event.data).length > 0 && luck.below(3) > 0 ? 'data' : 'metadata';
        const isKept = part === 'data' ? event.data : withoutLink(event.metadata);
        const fields = structuredClone(isKept) as Fields;
        const { holder, name } = luck.pick(placesIn(fields));
        holder[name] = another(holder[name] ?? null, luck);
        return part === 'data'
          ? { ...event, data: fields }
          : { ...event, metadata: { ...event.metadata, ...fields } };
      });
    },
  },
  'salts drawn again': {
    codes: ['event-rewritten'],
    alter: (log, size, luck) => {
      const order = orderIn(log, size, luck, 1);
      if (order === null) return null;
      const unlinked = log.map((event, place) =>
        order.places.includes(place) ? { ...event, metadata: unlinkedOf(event) } : event,
      );
      return forged(unlinked, [order.orderNo], luck);
    },
  },
  'id redrawn': {
    codes: ['event-rewritten'],
    alter: (log, size, luck) =>
      changed(log, luck.below(size), luck, (event) => ({ ...event, id: luck.runtime.newId() })),
  },
  'event inserted': {
    codes: ['event-inserted'],
    alter: (log, size, luck) => {
      const before = luck.below(size);
      const event = log[before];
      if (event === undefined) return null;
      const copy = { ...event, id: luck.runtime.newId() };
      return forged(log.toSpliced(before + 1, 0, copy), [orderNoOf(event.stream)], luck);
    },
  },
  'event repeated': {
    codes: ['event-inserted'],
    alter: (log, size, luck) => {
      const place = luck.below(size);
      const event = log[place];
      if (event === undefined) return null;
      // With the same hash: no chain is computed again.
      const copy = { ...event, id: luck.runtime.newId() };
      const orders = new Set([orderNoIn(event)]);
      return { log: log.toSpliced(place + luck.below(2), 0, copy), orders };
    },
  },
  'order inserted': {
    codes: ['event-inserted'],
    alter: (log, size, luck) => {
      const name = `N${luck.hex(4)}`;
      const place = luck.below(size);
      return forged(log.toSpliced(place, 0, ...anOrder(luck, name)), [name], luck);
    },
  },
  'tail cut': {
    codes: ['log-shorter', 'event-missing', 'order-missing'],
    alter: (log, size, luck) => {
      const left = luck.below(size);
      return forged(log.slice(0, left), log.slice(left, size).map(orderNoIn), luck);
    },
  },
  'tail written again': {
    codes: ['event-missing', 'order-missing'],
    alter: (log, size, luck) => {
      const left = luck.below(size);
      const name = `N${luck.hex(4)}`;
      const others = [...anOrder(luck, name), ...anOrder(luck, `${name}b`)];
      const named = [...log.slice(left, size).map(orderNoIn), name, `${name}b`];
      return forged([...log.slice(0, left), ...others], named, luck);
    },
  },
  'events moved': {
    codes: ['event-moved'],
    alter: (log, size, luck) => {
      const [from, to] = [luck.below(size), luck.below(size)].toSorted((a, b) => a - b);
      if (from === undefined || to === undefined) return null;
      const between = log.slice(from, to + 1);
      const [event] = between;
      // Within its own stream it would be another alteration.
      const others = between.filter(({ stream }) => stream !== event?.stream);
      if (event === undefined || others.length !== between.length - 1 || to === from) return null;
      const moved = log.toSpliced(from, 1).toSpliced(to, 0, event);
      return forged(moved, between.map(orderNoIn), luck);
    },
  },
  'events of an order swapped': {
    codes: ['event-exchanged'],
    alter: (log, size, luck) => {
      const order = orderIn(log, size, luck, 2);
      const own = order?.places.filter((place) => place < size) ?? [];
      const at = luck.below(Math.max(1, own.length - 1));
      const [one, other] = [own[at] ?? -1, own[at + 1] ?? -1];
      const [a, b] = [log[one], log[other]];
      if (order === null || a === undefined || b === undefined) return null;
      return forged(log.with(one, b).with(other, a), [order.orderNo], luck);
    },
  },
  'hash unreadable': {
    codes: ['leaf-unreadable'],
    alter: (log, size, luck) => {
      const place = luck.below(size);
      const event = log[place];
      if (event === undefined) return null;
      const hash = luck.pick([null, 'none', textIn(event.metadata, 'hash')?.toUpperCase() ?? '']);
      const altered = { ...event, metadata: { ...event.metadata, hash } };
      // No chain is computed again: it could not go on from here.
      const orders = new Set([orderNoIn(event)]);
      return { log: log.with(place, altered), orders, revision: revisionAt(log, place) };
    },
  },
};

/** An order with at least so many events before the checkpoint, and where all of its events stand. */
function orderIn(log: readonly LogEvent[], size: number, luck: Luck, least: number) {
  const before = Map.groupBy(log.slice(0, size), ({ stream }) => stream);
  const enough = [...before].filter(([, events]) => events.length >= least);
  if (enough.length === 0) return null;
  const [stream] = luck.pick(enough);
  const places = log.flatMap((event, place) => (event.stream === stream ? [place] : []));
  return { orderNo: orderNoOf(stream), places };
}

const orderNoIn = ({ stream }: LogEvent) => orderNoOf(stream);

export function renamed(
  log: readonly LogEvent[],
  names: ReadonlyMap<string, string>,
): readonly LogEvent[] {
  return log.map((event) => {
    const name = names.get(orderNoIn(event));
    if (name === undefined) return event;
    const isNamed = 'orderNo' in event.data;
    const data = isNamed ? { ...event.data, orderNo: name } : event.data;
    return { ...event, stream: streamOf(name), data };
  });
}

function changed(
  log: readonly LogEvent[],
  place: number,
  luck: Luck,
  change: (event: LogEvent) => LogEvent,
): Forged | null {
  const event = log[place];
  if (event === undefined) return null;
  const revision = revisionAt(log, place);
  return { ...forged(log.with(place, change(event)), [orderNoIn(event)], luck), revision };
}

function revisionAt(log: readonly LogEvent[], place: number): number {
  const { stream } = log[place] ?? {};
  return log.slice(0, place).filter((event) => event.stream === stream).length;
}

function unlinkedOf({ metadata }: LogEvent): JsonObject {
  // Only names are left out.
  return { ...(withoutLink(metadata) as JsonObject), format: metadata['format'] ?? null };
}

function forged(log: readonly LogEvent[], orders: readonly string[], luck: Luck): Forged {
  return { log: linkedAgain(log, luck), orders: new Set(orders) };
}

/** Every event that no longer fits into its chain is linked again, in the format it had. */
function linkedAgain(log: readonly LogEvent[], luck: Luck): readonly LogEvent[] {
  const heads = new Map<string, { readonly revision: number; readonly hash: string }>();
  return log.map((event) => {
    const head = heads.get(event.stream) ?? { revision: -1, hash: chainStart };
    const found = { ...event, revision: head.revision + 1 };
    const isWhole = chainFaults(found, head.hash).length === 0;
    const metadata = isWhole ? event.metadata : linked(found, head.hash, luck);
    heads.set(event.stream, { revision: found.revision, hash: textIn(metadata, 'hash') ?? '' });
    return { ...event, metadata };
  });
}

function linked(
  found: LogEvent & { readonly revision: number },
  prevHash: string,
  luck: Luck,
): JsonObject {
  const { format, salt = luck.hex(16) } = found.metadata;
  const metadata = withoutLink(found.metadata);
  const whole =
    format === 2
      ? { ...metadata, ...chainLink({ ...found, metadata }, (bytes) => luck.hex(bytes), prevHash) }
      : metadataOfFormat1({ ...found, metadata: { ...metadata, salt } }, prevHash);
  // Both give JSON values alone.
  return whole as JsonObject;
}
