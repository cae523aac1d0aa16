/** Wakes all who wait: a store calls it when something was appended, and when it closes. */
export class Notifier {
  readonly #sleepers = new Set<() => void>();

  notify(): void {
    for (const wake of [...this.#sleepers]) wake();
  }

  /**
   * Resolves at the next `notify`, when `signal` aborts, or when the alarm goes off. `setAlarm`
   * starts the alarm and returns how to stop it. Afterwards no listener and no timer is left.
   */
  wait(signal: AbortSignal, setAlarm?: (wake: () => void) => () => void): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(wake);
        signal.removeEventListener('abort', wake);
        stopAlarm?.();
        resolve();
      };
      this.#sleepers.add(wake);
      signal.addEventListener('abort', wake);
      const stopAlarm = setAlarm?.(wake);
    });
  }
}
