/** What stands around every page of the console. */
export const en = {};

export type FrameWords = typeof en;
