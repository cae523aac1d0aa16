/** The console's queue, inbox and recovery. */
export const en = {};

export type ListsWords = typeof en;
