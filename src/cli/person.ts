import { printable } from '../../machines/payment-order.events.ts';
import type { Actor } from '../index.ts';
import { UsageError } from './input/arguments.ts';
import type { Context } from './io.ts';

/** Accounts that many people share, above all in a container: they name nobody. */
const shared: ReadonlySet<string> = new Set([
  'root',
  'unknown',
  'nobody',
  'system',
  'administrator',
]);

/** The person at the keyboard: `--actor` or its variable, else the user of the operating system. */
export function personIn({ io, settings }: Pick<Context, 'io' | 'settings'>): Actor | null {
  if (settings.actor !== undefined) return settings.actor;
  const id = printable.safeParse(io.userName?.()).data;
  // A user without a name is known by a number.
  if (id === undefined || /^\d+$/.test(id) || shared.has(id.toLowerCase())) return null;
  return { kind: 'operator', id };
}

/** @throws {UsageError} A decision or an export must name a person, and nobody is named. */
export function personNamedIn(context: Pick<Context, 'io' | 'settings'>): Actor {
  const person = personIn(context);
  if (person !== null) return person;
  throw new UsageError(
    'this is recorded with the name of a person, and the user of this system names nobody: ' +
      'give --actor ID or set PAYMENT_ORDER_ACTOR',
  );
}
