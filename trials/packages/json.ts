/** JSON that a forger may change, and the chance by which it is changed. */

export type Json = string | number | boolean | null | Json[] | Fields;
export type Fields = { [name: string]: Json };

export function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsIn(fields: Fields, name: string): Fields {
  const found = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return isFields(found) ? found : {};
}

export type Chance = {
  /** A whole number of 0 or more, below the limit. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  hex(bytes: number): string;
};

export function chanceOf(runtime: { random(): number; randomHex(bytes: number): string }): Chance {
  const below = (limit: number) => Math.floor(runtime.random() * limit);
  return {
    below,
    pick: <T>(list: readonly T[]): T => {
      const found = list[below(list.length)];
      if (found === undefined) throw new Error('there is nothing to pick from');
      return found;
    },
    hex: (bytes) => runtime.randomHex(bytes),
  };
}

/** Where a value stands in JSON. */
export type Place = { readonly holder: Fields; readonly name: string; readonly path: string };

/** Every field of the JSON, objects and their fields alike; lists are taken as a whole. */
export function placesIn(holder: Fields, path = ''): readonly Place[] {
  return Object.entries(holder).flatMap(([name, value]) => {
    const place = { holder, name, path: path + name };
    return isFields(value) ? [place, ...placesIn(value, `${path}${name}.`)] : [place];
  });
}

/** As like the value as can be, so that no schema alone notices it. */
export function another(value: Json, chance: Chance): Json {
  if (typeof value === 'number') return value + chance.pick([1, -1, 100, 0.5]);
  if (typeof value === 'boolean') return !value;
  if (value === null) return chance.pick<Json>([1, 'paying', false]);
  if (typeof value !== 'string') return chance.pick<Json>(['x', 1, null]);
  const at = chance.below(Math.max(1, value.length));
  const sign = value[at] ?? '';
  const digits = /[0-9a-f]/.test(sign) ? '0123456789abcdef' : '张x~';
  const other = chance.pick(Array.from(digits).filter((one) => one !== sign));
  return value.slice(0, at) + other + value.slice(at + 1);
}
