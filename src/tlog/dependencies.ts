import { PaymentOrderError } from '../errors.ts';
import type { EventStore } from '../event-store/event-store.ts';
import type { Runtime } from '../runtime.ts';

/** What the log needs of the payment orders that it is over. */
export type LogDependencies = {
  readonly store: EventStore;
  readonly runtime: Runtime;
  /** The file of the leaves; null: in the memory of this process. */
  readonly leavesFile: string | null;
  readonly onError: (error: unknown) => void;
  /** Aborts when the orders are closed. */
  readonly closing: AbortSignal;
};

/** @throws {PaymentOrderError} `store-closed` */
export function assertOpen({ closing }: Pick<LogDependencies, 'closing'>): void {
  if (!closing.aborted) return;
  throw new PaymentOrderError('store-closed', 'the payment orders are closed');
}
