/** What an operator does in the console, and what was recorded. */
export const en = {};

export type ActsWords = typeof en;
