/**
 * Says quickly that a schema takes a stored value as it is. Every event that is read, replayed or
 * verified passes its schemas, and zod would be the larger part of that work. What is valid stands
 * in the schema alone: the quick check is derived from it, 'no' only means that zod is asked, and a
 * schema with a part that is not known here is always left to zod.
 */

import type { z } from 'zod';

type Check = (value: unknown) => boolean;

const checks = new WeakMap<z.core.$ZodType, Check>();

/** True only where zod takes the value and would give an equal one. */
export function isTakenAsItIs(schema: z.core.$ZodType, value: unknown): boolean {
  let check = checks.get(schema);
  if (check === undefined) {
    check = checkOf(schema) ?? never;
    checks.set(schema, check);
  }
  return check(value);
}

const never: Check = () => false;

/** Null where zod has to be asked. */
function checkOf(schema: z.core.$ZodType): Check | null {
  // Zod gives the classes of its schemas as this union, by which `type` narrows the definition.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if ('coerce' in def && def.coerce) return null;
  if (def.type === 'string') return allOf(isText, ownAnd(def));
  if (def.type === 'number') return allOf(numberOf(def), (def.checks ?? []).map(constraint));
  if (def.type === 'object') {
    return allOf(fieldsOf(def.shape), (def.checks ?? []).map(constraint));
  }
  if (def.type === 'boolean') return (value) => typeof value === 'boolean';
  if (def.type === 'null') return (value) => value === null;
  if (def.type === 'literal') return oneOf(def.values);
  if (def.type === 'enum') return oneOf(Object.values(def.entries));
  if (def.type === 'nullable') return nullOr(checkOf(def.innerType));
  // Only where the field is there; without it, zod puts the default in its place.
  if (def.type === 'default') return checkOf(def.innerType);
  return null;
}

const isText: Check = (value) => typeof value === 'string';

function numberOf(def: object): Check | null {
  if (!('format' in def)) return Number.isFinite;
  return def.format === 'safeint' ? Number.isSafeInteger : null;
}

function oneOf(values: readonly unknown[]): Check {
  const known = new Set(values);
  return (value) => known.has(value);
}

function nullOr(check: Check | null): Check | null {
  return check === null ? null : (value) => value === null || check(value);
}

function allOf(first: Check | null, others: readonly (Check | null)[]): Check | null {
  if (first === null || others.includes(null)) return null;
  const all = others.filter((check) => check !== null);
  if (all.length === 0) return first;
  return (value) => {
    if (!first(value)) return false;
    for (const check of all) if (!check(value)) return false;
    return true;
  };
}

type Field = { readonly check: Check; readonly isRequired: boolean };

/** An object with these fields, and no others. */
function fieldsOf(shape: Readonly<Record<string, z.core.$ZodType>>): Check | null {
  const fields = new Map<string, Field>();
  for (const [name, schema] of Object.entries(shape)) {
    const { def } = (schema as z.core.$ZodTypes)._zod;
    const isRequired = def.type !== 'optional';
    const check = checkOf(isRequired ? schema : def.innerType);
    if (check === null) return null;
    fields.set(name, { check, isRequired });
  }
  const required = [...fields.values()].filter(({ isRequired }) => isRequired).length;
  return (value) => {
    if (!isObject(value)) return false;
    let missing = required;
    for (const name in value) {
      const field = fields.get(name);
      if (field === undefined || !field.check(value[name])) return false;
      if (field.isRequired) missing -= 1;
    }
    return missing === 0;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Some formats of text are a check of their own. */
function ownAnd(def: z.core.$ZodStringDef): readonly (Check | null)[] {
  const own = 'format' in def ? [matching(def)] : [];
  return [...own, ...(def.checks ?? []).map(constraint)];
}

function matching(def: object): Check | null {
  const { format, pattern } = def as Partial<z.core.$ZodCheckStringFormatDef>;
  // These two are their pattern and nothing else.
  if (pattern === undefined || (format !== 'regex' && format !== 'datetime')) return null;
  // One that remembers where it matched would answer differently each time.
  if (pattern.global || pattern.sticky) return null;
  return ofText((text) => pattern.test(text));
}

function ofText(check: (text: string) => boolean): Check {
  return (value) => typeof value === 'string' && check(value);
}

function ofNumber(check: (value: number) => boolean): Check {
  return (value) => typeof value === 'number' && check(value);
}

function constraint(check: z.core.$ZodCheck): Check | null {
  // As with the schemas, zod gives this union.
  const { def } = (check as z.core.$ZodChecks)._zod;
  if (def.check === 'min_length') return ofText(({ length }) => length >= def.minimum);
  if (def.check === 'max_length') return ofText(({ length }) => length <= def.maximum);
  if (def.check === 'length_equals') return ofText(({ length }) => length === def.length);
  if (def.check === 'string_format') return matching(def);
  if (def.check === 'greater_than') {
    const least = Number(def.value);
    return ofNumber((value) => (def.inclusive ? value >= least : value > least));
  }
  if (def.check === 'less_than') {
    const most = Number(def.value);
    return ofNumber((value) => (def.inclusive ? value <= most : value < most));
  }
  return customOf(def);
}

/** A refinement is a function of the value; one that does not answer at once is left to zod. */
function customOf(def: object): Check | null {
  const { check, fn } = def as Partial<z.core.$ZodCustomDef>;
  return check === 'custom' && fn !== undefined ? (value) => fn(value) === true : null;
}
