import type { FoundEvent } from '../../src/history/event.ts';

type Fields = Readonly<Record<string, unknown>>;

const seal = (digit: string) => digit.repeat(64);

/** What may have happened to a stored event: parts of it are withheld, or are not what they were. */
const changes = {
  none: (event) => event,
  'data withheld': (event) => ({
    ...event,
    data: {},
    withheld: { ...event.withheld, data: seal('d') },
  }),
  'metadata withheld': (event) => ({
    ...event,
    metadata: {},
    withheld: { ...event.withheld, metadata: seal('e') },
  }),
  'one number withheld': (event) => withoutNumber(event, seal('1')),
  'another number withheld': (event) => withoutNumber(event, seal('2')),
  'a number for a text': (event) => {
    const name = Object.keys(event.data).find((each) => typeof event.data[each] === 'string');
    return name === undefined ? event : { ...event, data: { ...event.data, [name]: 7 } };
  },
  'a text for a number': (event) => {
    const name = Object.keys(event.data).find((each) => typeof event.data[each] === 'number');
    return name === undefined ? event : { ...event, data: { ...event.data, [name]: '1' } };
  },
  'a field lost': (event) => {
    const [name] = Object.keys(event.data);
    return name === undefined ? event : { ...event, data: without(event.data, name) };
  },
  'no time of recording': (event) => ({
    ...event,
    metadata: { ...event.metadata, recordedAt: 'once upon a time' },
  }),
  'no time of occurring': (event) => ({
    ...event,
    metadata: { ...event.metadata, occurredAt: 1_764_000_000_000 },
  }),
} satisfies Record<string, (event: FoundEvent) => FoundEvent>;

export type Damage = keyof typeof changes;

// The keys of a literal are its own.
export const damages = Object.keys(changes) as readonly Damage[];

export function damaged(event: FoundEvent, damage: Damage): FoundEvent {
  return changes[damage](event);
}

function withoutNumber(event: FoundEvent, digest: string): FoundEvent {
  const { data } = event;
  const name = ['transactionNo', 'refundNo'].find((each) => each in data);
  if (name === undefined) return event;
  return { ...event, data: without(data, name), withheld: { data: { [name]: digest } } };
}

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name));
}
