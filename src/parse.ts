/**
 * Reads what a caller gives, by a zod schema, and refuses it by the name of the field. Every public
 * function reads its options with this, for a caller in JavaScript has no compiler.
 */

import { z } from 'zod';
import { invalidInput } from './errors.ts';
import type { Runtime } from './runtime.ts';

/** @throws {PaymentOrderError} `invalid-input`. It names the field, and never repeats the value. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, name?: string): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  // A schema that refuses gives at least one reason.
  const [issue] = result.error.issues as [z.core.$ZodIssue];
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [
    ...(name === undefined ? [] : [name]),
    // A schema knows these, but for the keys of a record.
    ...issue.path.map((key) => fieldName(key, 40)),
    ...unknown.map((key) => fieldName(key, 23)),
  ];
  throw invalidInput(path.join('.') || 'input', problemOf(issue));
}

/** An unknown field may have any name, even a secret: only a plain and short one is repeated. */
function fieldName(key: PropertyKey, charactersMax: number): string {
  const text = String(key);
  const isPlain = /^(?:[A-Za-z_$][\w$]*|\d{1,6})$/.test(text) && text.length <= charactersMax;
  return isPlain ? text : 'an unknown field';
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'is not a known field; check the spelling';
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'is missing';
    return `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`;
  }
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  const isNumber = typeof issue.input === 'number';
  if (issue.code === 'too_small' && isNumber) return `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big' && isNumber) return `must be at most ${issue.maximum}`;
  return issue.message;
}

/** What is wrong, beginning with a verb; of a member, its name as well. */
type Problem = string | readonly [member: string, problem: string];

/** A value that is passed on as it is, unless it has a problem. */
export function valueThat<T>(problemOf: (given: unknown) => Problem | null): z.ZodType<T> {
  return z.custom<T>().superRefine((given, context) => {
    const problem = given === undefined ? 'is missing' : problemOf(given);
    if (problem === null) return;
    const [member, message] = typeof problem === 'string' ? [null, problem] : problem;
    context.addIssue({ code: 'custom', message, path: member === null ? [] : [member] });
  });
}

export function aFunction<T>(): z.ZodType<T> {
  return valueThat((given) => (typeof given === 'function' ? null : 'must be a function'));
}

/** What each member of a port must be. */
export type Members<Port> = { readonly [Name in keyof Port]-?: 'function' | 'milliseconds' };

/**
 * The first member that a port lacks. It may be inherited: an instance of a class is a port. What is
 * `optional` is a function where it is given.
 */
export function lackOf<Port extends object>(
  given: unknown,
  members: Members<Port>,
  optional: readonly string[] = [],
): Problem | null {
  if (typeof given !== 'object' || given === null) return 'must be an object';
  // The keys of the table are the names of the members.
  for (const name of Object.keys(members) as (keyof Port & string)[]) {
    const member: unknown = Reflect.get(given, name);
    if (member === undefined) return [name, 'is missing'];
    if (members[name] === 'function') {
      if (typeof member !== 'function') return [name, 'must be a function'];
    } else if (typeof member !== 'number' || !Number.isFinite(member) || member < 0) {
      return [name, 'must be a number of milliseconds'];
    }
  }
  const wrong = optional.find(
    (name) => !['undefined', 'function'].includes(typeof Reflect.get(given, name)),
  );
  return wrong === undefined ? null : [wrong, 'must be a function'];
}

const runtimeMembers: Members<Runtime> = {
  now: 'function',
  monotonicMs: 'function',
  setTimer: 'function',
  newId: 'function',
  randomHex: 'function',
  random: 'function',
};

export const runtimeSchema = valueThat<Runtime>((given) => lackOf(given, runtimeMembers));
