/** Where errors go that nobody waits for. */

import { PaymentOrderError } from './errors.ts';
import { retold } from './foreign-error.ts';

/** A listener that throws must not end the work whose error it was given. */
export function guarded(listener: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      listener(error);
    } catch (fault) {
      warn(fault);
    }
  };
}

/** The listener where nobody gave one. Node prints no cause, only what an error has as its detail. */
export function warn(thrown: unknown): void {
  const error = thrown instanceof PaymentOrderError ? thrown : retold(thrown);
  const causes = causesOf(error);
  if (causes !== '') Reflect.defineProperty(error, 'detail', { value: causes, configurable: true });
  process.emitWarning(error);
}

function causesOf({ cause }: Error): string {
  const lines: string[] = [];
  let next: unknown = cause === undefined ? undefined : retold(cause);
  while (next instanceof Error) {
    lines.push(`cause: ${next.name}: ${next.message}`);
    next = next.cause;
  }
  return lines.join('\n');
}
