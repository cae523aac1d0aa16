/** What a worker began: it starts once, and what it began is awaited when it stops. */
export class BegunWork {
  #started: Promise<void> | null = null;
  readonly #running = new Set<Promise<void>>();

  /** Begins, once. After a failure it may be called again. */
  start(begin: () => Promise<void>): Promise<void> {
    return (this.#started ??= begin().catch((error: unknown) => {
      this.#started = null;
      throw error;
    }));
  }

  track(running: Promise<void>): void {
    const tracked = running.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** Resolves when all that was begun has ended; nothing new may begin by then. */
  async ended(): Promise<void> {
    await this.#started?.catch(() => undefined);
    await Promise.all(this.#running);
  }
}
