import type { OrderFacts } from '../../machines/payment-order.facts.ts';
import type { Change } from './report-data.ts';

type Path = readonly (string | number)[];

/**
 * What changed between two JSON values, by the smallest paths. An array that grew changes at its
 * end; an array that shrank is one change as a whole. Identical objects are not compared further.
 */
export function changesBetween(before: unknown, after: unknown, path: Path = []): Change[] {
  if (Object.is(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after) && after.length >= before.length) {
    return changedItems(before, after, path);
  }
  if (isRecord(before) && isRecord(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name): Change[] => {
      if (!Object.hasOwn(after, name)) return [[[...path, name]]];
      const inner = [...path, name];
      if (!Object.hasOwn(before, name)) return [[inner, after[name]]];
      return changesBetween(before[name], after[name], inner);
    });
  }
  return [[path, after]];
}

/** A plain loop: a long history has a list of thousands of calls at every step. */
function changedItems(before: readonly unknown[], after: readonly unknown[], path: Path): Change[] {
  const changes: Change[] = [];
  for (const [index, value] of after.entries()) {
    if (index >= before.length) changes.push([[...path, index], value]);
    else if (!Object.is(before[index], value)) {
      changes.push(...changesBetween(before[index], value, [...path, index]));
    }
  }
  return changes;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The events that an order keeps, and their revisions: readers have them before them. */
const ofEvents: ReadonlySet<string> = new Set([
  'history',
  'revision',
  'since',
] satisfies (keyof OrderFacts)[]);

/** What an order knows, as readers want to see it change. */
export function withoutEvents(known: OrderFacts): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(known).filter(([field]) => !ofEvents.has(field)));
}
