/** `1 event`, `2 events`. */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The headers of a table. Every language has as many. */
export const columns = <Headers extends readonly string[]>(...headers: Headers) =>
  headers as { readonly [Index in keyof Headers]: string };
