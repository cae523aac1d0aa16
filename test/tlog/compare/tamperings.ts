import fc from 'fast-check';
import type { Said } from './log-of-leaves.ts';
import { logOf } from './log-of-leaves.ts';

export const names = ['A', 'B', 'C', 'D', 'E'];

export type Tampering =
  | { readonly kind: 'delete-order' | 'rename'; readonly order: number }
  | { readonly kind: 'delete' | 'rewrite' | 'rewrite-with-id'; readonly at: number }
  | { readonly kind: 'insert' | 'move'; readonly at: number; readonly other: number }
  | {
      readonly kind: 'exchange' | 'exchange-with-ids' | 'exchange-contents';
      readonly order: number;
      readonly other: number;
    }
  | { readonly kind: 'cut'; readonly at: number };

const order = fc.nat(names.length - 1);
const at = fc.nat(40);
const other = fc.nat(40);
export const tampering: fc.Arbitrary<Tampering> = fc.oneof(
  fc.record({ kind: fc.constantFrom('delete-order' as const, 'rename' as const), order }),
  fc.record({
    kind: fc.constantFrom('delete' as const, 'rewrite' as const, 'rewrite-with-id' as const),
    at,
  }),
  fc.record({ kind: fc.constantFrom('insert' as const, 'move' as const), at, other }),
  fc.record({
    kind: fc.constantFrom(...(['exchange', 'exchange-with-ids', 'exchange-contents'] as const)),
    order,
    other: order,
  }),
  fc.record({ kind: fc.constant('cut' as const), at }),
);

/** Orders that none of `names` is, so that what is inserted may be an order of its own. */
const strangers = ['X', 'Y'];
let drawn = 0;

/** The log as it stands after somebody did this. */
export function tampered(log: readonly Said[], what: Tampering): readonly Said[] {
  const newId = () => `new${(drawn += 1)}`;
  switch (what.kind) {
    case 'delete-order':
      return log.filter((event) => event.order !== names[what.order]);
    case 'rename':
      return log.map((event) =>
        event.order === names[what.order] ? { ...event, order: `${event.order}2` } : event,
      );
    case 'delete':
      return log.filter((_, index) => index !== what.at % log.length);
    case 'rewrite':
    case 'rewrite-with-id':
      return log.map((event, index) =>
        index !== what.at % log.length
          ? event
          : {
              ...event,
              id: what.kind === 'rewrite' ? event.id : newId(),
              text: `${event.text}, rewritten`,
            },
      );
    case 'insert': {
      const orders = [...names, ...strangers];
      const inserted = {
        order: orders[what.other % orders.length] ?? 'X',
        id: newId(),
        text: 'inserted',
      };
      return log.toSpliced(what.at % (log.length + 1), 0, inserted);
    }
    case 'move': {
      const event = log[what.at % log.length];
      if (event === undefined) return log;
      const without = log.toSpliced(what.at % log.length, 1);
      return without.toSpliced(what.other % log.length, 0, event);
    }
    case 'exchange':
    case 'exchange-with-ids': {
      const [one, two] = [names[what.order] ?? '', names[what.other] ?? ''];
      return log.map((event) => {
        if (event.order !== one && event.order !== two) return event;
        const id = what.kind === 'exchange' || one === two ? event.id : newId();
        return { ...event, id, order: event.order === one ? two : one };
      });
    }
    case 'exchange-contents': {
      const [one, two] = [names[what.order], names[what.other]];
      const of = (name: string | undefined) => log.filter((event) => event.order === name);
      const contents = new Map([
        [one, of(two)],
        [two, of(one)],
      ]);
      const count = Math.min(of(one).length, of(two).length);
      const next = new Map<string, number>();
      return log.map((event) => {
        const number = next.get(event.order) ?? 0;
        next.set(event.order, number + 1);
        const content = number < count ? contents.get(event.order)?.[number] : undefined;
        return content === undefined ? event : { ...content, order: event.order };
      });
    }
    case 'cut':
      return log.slice(0, what.at % (log.length + 1));
  }
}

export const logs = fc
  .array(fc.constantFrom(...names), { minLength: 1, maxLength: 24 })
  .map((drawnNames) => logOf(drawnNames.join(' ')));
/** What came after the checkpoint. */
export const later = fc
  .array(fc.constantFrom(...names, 'F'), { maxLength: 6 })
  .map((drawnNames) =>
    drawnNames.map((name, index) => ({ order: name, id: `later${index}`, text: 'later' })),
  );
