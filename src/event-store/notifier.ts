/** Wakes everybody who waits: a store rings it when something was appended, and when it closes. */
export class Notifier {
  readonly #sleepers = new Set<() => void>();

  ring(): void {
    for (const wake of [...this.#sleepers]) wake();
  }

  /**
   * Resolves at the next ring or when `signal` aborts, or when what `alarm` sets goes off; `alarm`
   * returns how to unset it. Leaves nothing behind.
   */
  wait(signal: AbortSignal, alarm?: (wake: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(wake);
        signal.removeEventListener('abort', wake);
        unset?.();
        resolve();
      };
      this.#sleepers.add(wake);
      signal.addEventListener('abort', wake);
      const unset = alarm?.(wake);
    });
  }
}
