/** The size of a name in a drawing, in px. */
export const fontSize = 13;

/** An estimate that is never too small: the drawing is made where no font can be measured. */
export function widthOf(text: string): number {
  let ems = 0;
  for (const character of text) {
    // Beyond the alphabets of Europe, letters are as wide as they are high.
    if (character > '\u0590') ems += 1;
    else if (/[ .,:;'!|()[\]fijlrtI]/.test(character)) ems += 0.36;
    else ems += /[\p{Lu}mw%@&]/u.test(character) ? 0.9 : 0.59;
  }
  return Math.ceil(ems * fontSize);
}
