import fc from 'fast-check';
import type { GraphState } from '../../src/diagram/graph.ts';
import { beginning } from '../../src/diagram/layout.ts';
import type { Drawn } from '../../src/diagram/layout.ts';
import { leavesOf } from '../../src/diagram/style.ts';
import { framesIn } from '../../src/diagram/svg.ts';

const names = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('created', 'needsReview', 'paid', '已支付', '存疑') },
  fc.constantFrom(
    'aStateWithAVeryLongNameThatSaysAllOfIt',
    '取消中，等待平台再次答复',
    'WWWWMMMM',
    'i',
  ),
  fc.string({ minLength: 1, maxLength: 12 }),
);

/** A leaf, and the frames in which it stands: none, one or two. */
const leaf = fc.record({
  name: names,
  frame: fc.integer({ min: -3, max: 3 }),
  inner: fc.integer({ min: -2, max: 2 }),
  isTransient: fc.integer({ min: 0, max: 5 }).map((drawn) => drawn === 0),
});

type Leaf = typeof leaf extends fc.Arbitrary<infer Value> ? Value : never;

function stateOf(path: string, name: string, children: readonly GraphState[]): GraphState {
  const [first] = children.flatMap(leavesOf);
  const initial = first?.path ?? null;
  return { path, name, children, initial, isTransient: false, tags: [], notes: [] };
}

/** Puts leaves into the frames of their numbers; below 1 they stand in none. */
function framed(
  leaves: readonly Leaf[],
  path: string,
  numbersOf: readonly ((each: Leaf) => number)[],
): readonly GraphState[] {
  const [numberOf, ...inside] = numbersOf;
  const keyOf = (each: Leaf, at: number) => {
    const number = numberOf?.(each) ?? 0;
    return number < 1 ? `leaf${at}` : `frame${number}`;
  };
  const groups = Map.groupBy(leaves.entries(), ([at, each]) => keyOf(each, at));
  return [...groups].map(([key, group]) => {
    const members = group.map(([, each]) => each);
    const own = path === '' ? key : `${path}.${key}`;
    const [first] = members;
    const state = stateOf(own, first?.name ?? key, []);
    if (key.startsWith('leaf')) return { ...state, isTransient: first?.isTransient ?? false };
    return stateOf(own, state.name, framed(members, own, inside));
  });
}

/** Machines of 1 to 25 leaves in frames of up to two levels, with edges of every kind. */
export const machines: fc.Arbitrary<Drawn> = fc
  .record({
    leaves: fc.array(leaf, { minLength: 1, maxLength: 25, size: 'max' }),
    ends: fc.array(fc.tuple(fc.nat(1_000), fc.nat(1_000)), { maxLength: 50, size: 'max' }),
  })
  .map(({ leaves, ends }) => {
    const children = framed(leaves, '', [({ frame }) => frame, ({ inner }) => inner]);
    const root = stateOf('', 'machine', children);
    const targets = leavesOf(root).map(({ path }) => path);
    const sources = [...targets, ...children.flatMap(framesIn).map(({ path }) => path)];
    const edges = ends.map(([from, to]) => ({
      from: sources[from % sources.length] ?? '',
      to: targets[to % targets.length] ?? '',
    }));
    const begin = { from: beginning, to: root.initial ?? '' };
    return { root, edges: [...edges, begin], namesOf: ({ name }) => [name, '存疑'] };
  });
