import { styleText } from 'node:util';
import { inertJson } from '../../text.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

export type Output = {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in characters; undefined where there is none. */
  readonly columns?: number | undefined;
  /** True once its reader has gone, so that what is written is lost. */
  readonly isGone?: boolean | undefined;
};

/**
 * Writes results to stdout and everything else to stderr. Once the reader of stdout has gone,
 * results are dropped and the work goes on, since a call may be in flight.
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

  /** Width of the terminal that results are written to; undefined where it is none. */
  get columns(): number | undefined {
    return this.#stdout.columns;
  }

  /** True once the reader of stdout has gone. */
  get isReaderGone(): boolean {
    return this.#stdout.isGone === true;
  }

  /** A result: the document for machines, or else its lines for people. */
  async answer(
    document: unknown,
    lines: () => readonly string[] | Promise<readonly string[]>,
  ): Promise<void> {
    if (this.json) this.document(document);
    else this.lines(await lines());
  }

  /** A result for machines, as one JSON document on one line. */
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

  /** Whether people see stderr as it is written. */
  get hasTerminal(): boolean {
    return this.#stderr.isTTY === true;
  }

  /** Writes over the line where stderr stands; '' clears it. Only on a terminal. */
  bar(line: string): void {
    this.#stderr.write(`\r\u{1b}[K${line}`);
  }

  /** An error or a warning for machines, on stderr. */
  talkDocument(value: unknown): void {
    this.talk(inertJson(value));
  }

  paint(style: Style, text: string): string {
    // stdout alone decides whether to colour.
    return this.#isColoured ? styleText(style, text, { validateStream: false }) : text;
  }

  #result(line: string): void {
    if (!this.isReaderGone) this.#stdout.write(`${line}\n`);
  }
}
