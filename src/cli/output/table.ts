/** Lays rows of escaped cells out in columns. The last column is not padded. */
export async function table(rows: readonly (readonly string[])[]): Promise<readonly string[]> {
  const widthOf = await measure(rows);
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** A Chinese character takes two columns. The module that knows is not loaded for ASCII. */
async function measure(rows: readonly (readonly string[])[]): Promise<(text: string) => number> {
  const isPlain = rows.every((row) => row.every((cell) => /^[\x20-\x7e]*$/.test(cell)));
  if (isPlain) return (text) => text.length;
  const { default: stringWidth } = await import('string-width');
  // A column of a thousand states has few different cells.
  const known = new Map<string, number>();
  return (text) => {
    const width = known.get(text) ?? stringWidth(text);
    known.set(text, width);
    return width;
  };
}
