import type { PaymentOrderError } from '../errors.ts';
import type { Fold } from '../interpreter/interpreter.ts';
import type { CompiledMachine } from './path.ts';
import { causeOf, divergence, illegal, startFault } from './path.ts';
import type { StoredEvent } from './stored-event.ts';

/**
 * Follows a stored history with a machine and says where it leaves the machine's path, without
 * stopping there. Of a run of events that do not fit, the first is named: the others follow from it.
 */
export class PathCheck {
  readonly #compiled: CompiledMachine;
  #fold: Fold | null = null;
  #isAstray = false;

  constructor(compiled: CompiledMachine) {
    this.#compiled = compiled;
  }

  /** Whether the machine has lost the way, and what follows is known as recorded only. */
  get isAstray(): boolean {
    return this.#isAstray;
  }

  /** An event is missing or cannot be read: where the machine would stand is not known. */
  lose(): void {
    this.#isAstray = true;
  }

  /** What is wrong with the next event's place in the machine's path; null where nothing is. */
  follow(stored: StoredEvent): PaymentOrderError | null {
    return this.#fold === null ? this.#start(stored) : this.#step(stored, this.#fold);
  }

  #start(stored: StoredEvent): PaymentOrderError | null {
    const { event } = stored;
    if (stored.revision !== 0) return null;
    const fault = startFault(stored);
    if (event.type !== 'PaymentOrderCreated') return this.#name(fault);
    this.#fold = this.#compiled.interpreter.start(event, causeOf(stored));
    return this.#name(fault ?? divergence(stored, null, this.#fold.state));
  }

  #step(stored: StoredEvent, fold: Fold): PaymentOrderError | null {
    const next = this.#compiled.interpreter.next(fold, stored.event, causeOf(stored));
    if (next === null) return this.#name(illegal(stored, fold.state));
    this.#fold = next;
    return this.#name(divergence(stored, fold.state, next.state));
  }

  #name(fault: PaymentOrderError | null): PaymentOrderError | null {
    const isNamed = this.#isAstray;
    this.#isAstray = fault !== null;
    return isNamed ? null : fault;
  }
}
