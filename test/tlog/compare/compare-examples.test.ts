import { expect, test } from 'vitest';
import type { Said } from './log-of-leaves.ts';
import { compared, leavesOf, logOf } from './log-of-leaves.ts';

/** What is done to `A A B A C B C C A B`, and what is said of it. */
const log = logOf('A A B A C B C C A B');
const grown = [...log, { order: 'D', id: 'D0', text: '' }, { order: 'A', id: 'A4', text: '' }];
const insertedInB = { order: 'B', id: 'x', text: '' };
const swapped = new Map([
  ['A', 'B'],
  ['B', 'A'],
]);

test.each<[what: string, now: readonly Said[], faults: readonly string[]]>([
  [
    'an order that is gone',
    grown.filter(({ order: name }) => name !== 'B'),
    [
      'log-shorter - - -: the log has 9 events, fewer than the 10 that the checkpoint covers',
      'order-missing B 0 2: order B: it is gone with all 3 events that the checkpoint covers (index 2 of the log at the checkpoint)',
    ],
  ],
  [
    'two orders exchanged',
    grown.map((event) => ({ ...event, order: swapped.get(event.order) ?? event.order })),
    [
      'event-exchanged B 0 0: order B: 4 events from revision 0 on (index 0 of the log now) stood in order A from revision 0 on at the checkpoint',
      'event-exchanged A 0 2: order A: 3 events from revision 0 on (index 2 of the log now) stood in order B from revision 0 on at the checkpoint',
    ],
  ],
  [
    'two orders exchanged, with new ids',
    log.map((event) => {
      const name = swapped.get(event.order);
      return name === undefined ? event : { ...event, id: `x${event.id}`, order: name };
    }),
    [
      'event-rewritten B 0 0: order B: the event with revision 0 (index 0 of the log now) was rewritten; 2 events after it changed with it',
      'event-rewritten A 0 2: order A: the event with revision 0 (index 2 of the log now) was rewritten; 2 events after it changed with it',
      'event-missing A 3 8: order A: the event with revision 3 (index 8 of the log at the checkpoint) is missing',
    ],
  ],
  [
    'an event rewritten, with its chain',
    grown.map((event) => (event.id === 'A1' ? { ...event, text: 'other' } : event)),
    [
      'event-rewritten A 1 1: order A: the event with revision 1 (index 1 of the log now) was rewritten; 2 events after it changed with it',
    ],
  ],
  [
    'an event inserted into an order',
    grown.toSpliced(4, 0, insertedInB),
    [
      'event-inserted B 1 4: order B: the event with revision 1 (index 4 of the log now) was inserted; 2 events after it changed with it',
    ],
  ],
  [
    'an event removed from an order',
    grown.filter(({ id }) => id !== 'A1'),
    [
      'event-missing A 1 1: order A: the event with revision 1 (index 1 of the log at the checkpoint) is missing; 2 events after it changed with it',
    ],
  ],
  [
    'an order inserted',
    [{ order: 'X', id: 'X0', text: '' }, { order: 'X', id: 'X1', text: '' }, ...grown],
    [
      'event-inserted X 0 0: order X: 2 events from revision 0 on (index 0 of the log now) were inserted',
    ],
  ],
  [
    'the end cut off',
    log.slice(0, 6),
    [
      'log-shorter - - -: the log has 6 events, fewer than the 10 that the checkpoint covers',
      'event-missing C 1 6: order C: 2 events from revision 1 on (index 6 of the log at the checkpoint) are missing',
      'event-missing A 3 8: order A: the event with revision 3 (index 8 of the log at the checkpoint) is missing',
      'event-missing B 2 9: order B: the event with revision 2 (index 9 of the log at the checkpoint) is missing',
    ],
  ],
  [
    'an event moved among those of other orders',
    grown.toSpliced(9, 1).toSpliced(6, 0, ...log.slice(9)),
    [
      'event-moved B 2 6: order B: the event with revision 2 (index 6 of the log now, 9 at the checkpoint) was moved among all orders',
    ],
  ],
  [
    'an order renamed',
    grown.map((event) => (event.order === 'A' ? { ...event, order: 'Z' } : event)),
    [
      'event-exchanged Z 0 0: order Z: 4 events from revision 0 on (index 0 of the log now) stood in order A from revision 0 on at the checkpoint',
    ],
  ],
  [
    'two events of one order exchanged',
    [
      ...log.slice(0, 1),
      ...log.slice(3, 4),
      ...log.slice(2, 3),
      ...log.slice(1, 2),
      ...grown.slice(4),
    ],
    [
      'event-exchanged A 1 1: order A: 2 events from revision 1 on (index 1 of the log now) stood from revision 2 on at the checkpoint; 1 event after it changed with it',
    ],
  ],
])('says of %s what was done', async (_, now, expected) => {
  const { faults } = await compared(leavesOf(log), leavesOf(now));

  const lines = faults.map(
    ({ code, orderNo, revision, index, message }) =>
      `${[code, orderNo ?? '-', revision ?? '-', index ?? '-'].join(' ')}: ${message}`,
  );
  expect(lines).toStrictEqual(expected);
});

const X: Said = { order: 'X', id: 'x', text: '' };

/** `A0@Z`: the event A0 of the log under order Z; `X`: one that was not there. */
function altered(old: readonly Said[], names: string): readonly Said[] {
  return names.split(' ').map((name) => {
    const [id, order] = name.split('@');
    const event = old.find((each) => each.id === id) ?? { ...X, id: name };
    return { ...event, order: order ?? event.order };
  });
}

test.each([
  ['an event inserted into a renamed order', 'A', 'X@Z A0@Z', 'inserted Z 0 0, exchanged Z 1 1'],
  [
    'an order inserted before a renamed one',
    'A A',
    'X A0@Z A1@Z',
    'inserted X 0 0, exchanged Z 0 1',
  ],
  ['events exchanged with later ones', 'A | D E', 'E0@A D0 A0@E', 'exchanged E 0 2'],
  [
    'an order inserted, and the last moved',
    'A B C D',
    'D0 A0 X B0 C0',
    'moved D 0 0, inserted X 0 2',
  ],
  [
    'an event removed from an order that moved',
    'A B B A',
    'B0 B1 A0',
    'moved A 0 2, missing A 1 3',
  ],
  ['an event given to another order', 'A A B', 'A0@Z A1 B0', 'exchanged Z 0 0'],
])('tells %s from what was not touched', async (_, names, now, expected) => {
  const [covered = '', later = ''] = names.split(' | ');
  const all = logOf(`${covered} ${later}`);

  const { faults } = await compared(
    leavesOf(all),
    leavesOf(altered(all, now)),
    logOf(covered).length,
  );

  const lines = faults
    .filter(({ code }) => code !== 'log-shorter')
    .map(({ code, orderNo, revision, index }) =>
      [code.replace('event-', ''), orderNo, revision, index].join(' '),
    );
  expect(lines.join(', ')).toBe(expected);
});
