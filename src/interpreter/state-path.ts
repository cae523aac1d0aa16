import type { StateValue } from 'xstate';

/** The value of a state as XState writes it, by its dotted path; `{}` for a machine without states. */
export function stateValueOf(path: string): StateValue {
  return path === '' ? {} : nested(path.split('.'));
}

function nested([name = '', ...inside]: readonly string[]): StateValue {
  return inside.length === 0 ? name : { [name]: nested(inside) };
}
