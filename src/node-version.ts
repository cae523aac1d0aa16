/**
 * The one place that says which Node this package needs. An older Node must be able to read this
 * file and `cli/main.ts`, so both keep to the syntax of 2020 and import nothing newer.
 */

const needed = [24, 16] as const;

/** A sentence where this Node is too old; null where it is not. */
export function nodeFault(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return null;
  return `payment-order-machine needs Node ${needed.join('.')} or newer; this is Node ${version}`;
}
