import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** A connection to a console, on which anything may be written. */
export class RawConnection {
  readonly #socket: Socket;
  #text = '';
  #heard = Promise.withResolvers<null>();

  constructor(port: number, host = '127.0.0.1') {
    this.#socket = connect(port, host);
    this.#socket.setEncoding('utf8');
    const hear = (more = '') => {
      this.#text += more;
      this.#heard.resolve(null);
      this.#heard = Promise.withResolvers();
    };
    this.#socket.on('data', hear);
    this.#socket.on('close', () => {
      hear();
    });
    this.#socket.on('error', () => undefined);
  }

  write(...lines: readonly string[]): this {
    this.#socket.write(lines.join('\r\n'));
    return this;
  }

  /** All that came, once this came; or once nothing more can. */
  async until(text: string): Promise<string> {
    while (!this.#text.includes(text) && !this.#socket.closed) await this.#heard.promise;
    return this.#text;
  }

  /** All that came until the other side closed. */
  async ended(): Promise<string> {
    while (!this.#socket.closed) await this.#heard.promise;
    return this.#text;
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
