import { createMachine } from 'xstate';

/** More microsteps than any event of a machine needs: beyond, it runs in a circle. */
const microstepsMax = 1_000;

/** What a copy is made of: all that XState's `createMachine` was given. */
export type MachineParts = { readonly config: object; readonly implementations: object };

const copies = new WeakMap<MachineParts, object>();

/** A copy that throws where the machine would run in a circle for ever, the same for the same. */
export function boundedCopy(machine: MachineParts): object {
  const known = copies.get(machine);
  if (known !== undefined) return known;
  const { config, implementations } = machine;
  const options = { ...('options' in config ? Object(config.options) : {}) } as object;
  const bounded = { ...config, options: { ...options, maxIterations: microstepsMax } };
  const copy = createMachine(bounded, implementations);
  copies.set(machine, copy);
  return copy;
}
