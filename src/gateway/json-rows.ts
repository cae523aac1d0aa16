/**
 * Cuts the rows out of a bill written as JSON, as its text arrives.
 *
 * `JSON.parse` needs a whole bill at once, and holds the process for as long as that takes. Cut into
 * rows, a bill of any length costs the memory of one row, and one row that is no JSON costs only
 * itself. Each row and what stands around the rows are then read by the usual strict means.
 */

import { billFrameCharactersMax, billRowCharactersMax } from './limits.ts';

/** The name of the member and the blanks around it: beyond this it is not looked for. */
const nameCharactersMax = 256;

/** A row's text, or null for one that is longer than a row may be. */
export type RowText = string | null;

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c] as const;
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

/** The rows are the items of the array that is the whole text, or that is its member `data`. */
export class RowCutter {
  #frame = '';
  #row = '';
  #depth = 0;
  /** The depth of the rows' array while it is open. */
  #rowsDepth: number | null = null;
  #rowsInArray = 0;
  #isInString = false;
  #isEscaped = false;

  /** Takes the next piece of the text and gives the rows that end in it. */
  push(text: string): readonly RowText[] {
    const rows: RowText[] = [];
    let from = 0;
    const keepTo = (end: number): void => {
      this.#keep(text.slice(from, end));
    };
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (unit === backslash) this.#isEscaped = true;
        else if (unit === quote) this.#isInString = false;
      } else if (unit === quote) this.#isInString = true;
      else if (unit === comma && this.#depth === this.#rowsDepth) {
        keepTo(at);
        from = at + 1;
        rows.push(this.#takeRow());
      } else if (unit === openArray || unit === openObject) {
        const isRows =
          unit === openArray &&
          this.#opensRows(text.slice(Math.max(from, at - nameCharactersMax), at));
        this.#depth += 1;
        if (!isRows) continue;
        keepTo(at + 1);
        from = at + 1;
        this.#rowsDepth = this.#depth;
        this.#rowsInArray = 0;
      } else if (unit === closeArray || unit === closeObject) {
        if (this.#depth === this.#rowsDepth) {
          keepTo(at);
          from = at;
          const last = this.#takeRow();
          if (this.#rowsInArray > 1 || last?.trim() !== '') rows.push(last);
          this.#rowsDepth = null;
        }
        this.#depth -= 1;
      }
    }
    keepTo(text.length);
    return rows;
  }

  /** What stood around the rows, with an empty array in their place; null where it is too long. */
  end(): string | null {
    return this.#frame.length > billFrameCharactersMax ? null : this.#frame;
  }

  /** `before` is what this piece holds before the array, and has not been kept yet. */
  #opensRows(before: string): boolean {
    if (this.#rowsDepth !== null || this.#depth > 1) return false;
    if (this.#depth === 0) return true;
    return /(?<!\\)"data"\s*:\s*$/.test(this.#frame.slice(-nameCharactersMax) + before);
  }

  /** Keeps a little more than may be, which then tells that it was too long. */
  #keep(text: string): void {
    if (this.#rowsDepth === null) {
      this.#frame += text.slice(0, billFrameCharactersMax + 1 - this.#frame.length);
    } else this.#row += text.slice(0, billRowCharactersMax + 1 - this.#row.length);
  }

  #takeRow(): RowText {
    const row = this.#row;
    this.#row = '';
    this.#rowsInArray += 1;
    return row.length > billRowCharactersMax ? null : row;
  }
}
