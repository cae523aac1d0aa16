export type Cell = string | number | boolean | null;

/** A table's columns by their names, in order. Their texts are escaped, on one line. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

/**
 * CSV (RFC 4180) that spreadsheets open as UTF-8, and that shows every text as it is written.
 *
 * A spreadsheet runs `=1+1`, and makes other values of `000`, `1E5` and `1-2`. An apostrophe before
 * such a text prevents both in all of them. A text that begins with an apostrophe gets one too, so
 * a reader may always take one away.
 */
export function csv<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const header = Object.keys(columns);
  const cells = rows.map((row) => Object.values(columns).map((cellOf) => cellOf(row)));
  const lines = [header, ...cells].map((line) => line.map(cellText).join(','));
  return `\ufeff${lines.join('\r\n')}\r\n`;
}

function cellText(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = value.replaceAll(splitFormula, String.raw`\u003b`);
  return `"${`${isShownAsWritten(text) ? '' : "'"}${text}`.replaceAll('"', '""')}"`;
}

// Full-width and small signs too: East Asian spreadsheets treat them as the same.
const signs = '=+\\-−@|%＝＋－＠｜％﹢﹣﹦﹫﹪';
const formula = new RegExp(`^[\\s"]*[${signs}]`, 'u');
/** Where semicolons separate, quotes do not hold the text together: what follows is a cell. */
const splitFormula = new RegExp(`;(?=[\\s"']*[${signs}])`, 'gu');

/** Digits and the signs of numbers, amounts, dates and times. */
const digits = /^(?=.*\p{Nd})[\p{Nd}\s.,:/\-–+()%'$€£¥年月日时時分秒]+$/u;
/** The letters that may stand among them: months, an exponent, the T of a time, am and pm. */
const letters = new RegExp(
  [
    'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?',
    'sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?',
    String.raw`(?<=[\p{Nd}.])[et](?=[\p{Nd}+-])|(?<=\p{Nd} ?)[ap]m?`,
  ].join('|'),
  'giu',
);
/** Up to 11 digits are shown as they are. */
const plainNumber = /^(?:0|[1-9][0-9]{0,10})$/;

function isShownAsWritten(text: string): boolean {
  if (plainNumber.test(text)) return true;
  if (text.startsWith("'") || formula.test(text) || /^\s*(?:true|false)\s*$/i.test(text))
    return false;
  return !digits.test(text.normalize('NFKC').replaceAll(letters, ''));
}
