import { styleText } from 'node:util';
import { inertJson } from '../../text.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

export type Output = {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** How wide a terminal is, in characters; for the lines of `--help`. */
  readonly columns?: number | undefined;
  /** True once nobody reads it any more: what is written then is lost. */
  readonly isGone?: boolean | undefined;
};

/**
 * Where the command speaks: results on stdout, everything else on stderr. Once the reader of
 * stdout has gone, results are dropped and the work goes on: a call may be out.
 */
export class Screen {
  readonly json: boolean;
  readonly #stdout: Output;
  readonly #stderr: Output;
  readonly #isColoured: boolean;

  constructor(
    streams: { readonly stdout: Output; readonly stderr: Output },
    options: { readonly json: boolean; readonly noColour: boolean },
  ) {
    this.#stdout = streams.stdout;
    this.#stderr = streams.stderr;
    this.json = options.json;
    this.#isColoured = streams.stdout.isTTY === true && !options.noColour;
  }

  /** True once nobody reads stdout any more. */
  get isReaderGone(): boolean {
    return this.#stdout.isGone === true;
  }

  /** A result for machines: one JSON document on one line. */
  document(value: unknown): void {
    this.#result(inertJson(value));
  }

  /** Results for people. */
  lines(lines: readonly string[]): void {
    for (const line of lines) this.#result(line);
  }

  /** Progress, warnings, next steps. */
  talk(line: string): void {
    this.#stderr.write(`${line}\n`);
  }

  /** Talk for machines: an error, with `--json`. */
  talkDocument(value: unknown): void {
    this.talk(inertJson(value));
  }

  paint(style: Style, text: string): string {
    // Whether to colour was decided by stdout alone.
    return this.#isColoured ? styleText(style, text, { validateStream: false }) : text;
  }

  #result(line: string): void {
    if (!this.isReaderGone) this.#stdout.write(`${line}\n`);
  }
}
