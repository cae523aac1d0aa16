/** Names in a row, each once. Taking one takes the same time however many there are. */
export class Queue {
  readonly #names = new Set<string>();
  /** Goes on over what is added later, and passes over what was deleted once. */
  #next = this.#names.values();

  get size(): number {
    return this.#names.size;
  }

  add(name: string): void {
    this.#names.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  take(): string | undefined {
    let { value } = this.#next.next();
    if (value === undefined) {
      // At its end it stays there.
      this.#next = this.#names.values();
      ({ value } = this.#next.next());
    }
    if (value !== undefined) this.#names.delete(value);
    return value;
  }
}
