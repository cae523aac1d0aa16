/** Orders in a row, each once. Taking one takes the same time however many there are. */
export class Queue {
  readonly #orders = new Set<string>();
  /** Goes on over what is added later, and passes over what was deleted once. */
  #next = this.#orders.values();

  add(orderNo: string): void {
    this.#orders.add(orderNo);
  }

  take(): string | undefined {
    let { value } = this.#next.next();
    if (value === undefined) {
      // At its end it stays there.
      this.#next = this.#orders.values();
      ({ value } = this.#next.next());
    }
    if (value !== undefined) this.#orders.delete(value);
    return value;
  }
}
