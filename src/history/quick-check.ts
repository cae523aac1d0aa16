/**
 * Says quickly that a schema takes a stored value as it is. Every event that is read, replayed or
 * verified passes its schemas, and zod would be the larger part of that work. What is valid stands
 * in the schema alone: the quick check is derived from it, 'no' only means that zod is asked, and a
 * schema with a part that is not known here is always left to zod.
 */

import type { z } from 'zod';

type Check<Value = unknown> = (value: Value) => boolean;

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
  if (def.type === 'string') return textOf(def);
  if (def.type === 'number') return numberOf(def);
  if (def.type === 'object') return objectOf(def);
  if (def.type === 'record') return recordOf(def);
  if (def.type === 'boolean') return (value) => typeof value === 'boolean';
  if (def.type === 'null') return (value) => value === null;
  if (def.type === 'literal') return oneOf(def.values);
  if (def.type === 'enum') return oneOf(Object.values(def.entries));
  if (def.type === 'nullable') return nullOr(checkOf(def.innerType));
  // Only where the field is there; without it, zod puts the default in its place.
  if (def.type === 'default') return checkOf(def.innerType);
  return null;
}

function oneOf(values: readonly unknown[]): Check {
  const known = new Set(values);
  return (value) => known.has(value);
}

function nullOr(check: Check | null): Check | null {
  return check === null ? null : (value) => value === null || check(value);
}

function both<Value>(one: Check<Value> | null, other: Check<Value> | null): Check<Value> | null {
  if (one === null || other === null) return null;
  return (value) => one(value) && other(value);
}

/** Null where one of them has to be left to zod. */
function all<Value>(checks: readonly (Check<Value> | null)[]): Check<Value> | null {
  return checks.length === 0 ? () => true : checks.reduce((one, other) => both(one, other));
}

function textOf(def: z.core.$ZodStringDef): Check | null {
  const own = 'format' in def ? [matching(def)] : [];
  const check = all([...own, ...(def.checks ?? []).map(ofText)]);
  return check === null ? null : (value) => typeof value === 'string' && check(value);
}

function numberOf(def: z.core.$ZodNumberDef): Check | null {
  const isInteger = 'format' in def;
  if (isInteger && def.format !== 'safeint') return null;
  const check = all((def.checks ?? []).map(ofNumber));
  const isNumber = isInteger ? Number.isSafeInteger : Number.isFinite;
  return check === null
    ? null
    : (value) => typeof value === 'number' && isNumber(value) && check(value);
}

function objectOf(def: z.core.$ZodObjectDef): Check | null {
  const fields = fieldsOf(def.shape);
  return def.checks === undefined ? fields : both(fields, all(def.checks.map(refining)));
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

/** Any names that one schema takes, each with a value that another one takes. */
function recordOf(def: z.core.$ZodRecordDef): Check | null {
  const [name, field] = [checkOf(def.keyType), checkOf(def.valueType)];
  if (name === null || field === null || def.checks !== undefined) return null;
  return (value) => {
    if (!isObject(value)) return false;
    // Zod leaves out this name.
    if (Object.hasOwn(value, '__proto__')) return false;
    for (const key in value) if (!name(key) || !field(value[key])) return false;
    return true;
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ofText(check: z.core.$ZodCheck): Check<string> | null {
  const def = definitionOf(check);
  if (def.check === 'min_length') return ({ length }) => length >= def.minimum;
  if (def.check === 'max_length') return ({ length }) => length <= def.maximum;
  if (def.check === 'length_equals') return ({ length }) => length === def.length;
  return def.check === 'string_format' ? matching(def) : refining(check);
}

function matching(def: object): Check<string> | null {
  const { format, pattern } = def as Partial<z.core.$ZodCheckStringFormatDef>;
  // These two are their pattern and nothing else.
  if (pattern === undefined || (format !== 'regex' && format !== 'datetime')) return null;
  // One that remembers where it matched would answer differently each time.
  if (pattern.global || pattern.sticky) return null;
  return (text) => pattern.test(text);
}

function ofNumber(check: z.core.$ZodCheck): Check<number> | null {
  const def = definitionOf(check);
  if (def.check === 'greater_than') {
    const least = Number(def.value);
    return def.inclusive ? (value) => value >= least : (value) => value > least;
  }
  if (def.check === 'less_than') {
    const most = Number(def.value);
    return def.inclusive ? (value) => value <= most : (value) => value < most;
  }
  return refining(check);
}

/** A refinement is a function of the value; one that does not answer at once is left to zod. */
function refining(given: z.core.$ZodCheck): Check | null {
  // Only the definition of a refinement has a function.
  const { check, fn } = given._zod.def as Pick<z.core.$ZodCheckDef, 'check'> &
    Partial<Pick<z.core.$ZodCustomDef, 'fn'>>;
  return check === 'custom' && fn !== undefined ? (value) => fn(value) === true : null;
}

/** As with the schemas, zod gives this union. */
function definitionOf(check: z.core.$ZodCheck): z.core.$ZodChecks['_zod']['def'] {
  return (check as z.core.$ZodChecks)._zod.def;
}
