import { en as acts } from './acts.en.ts';
import { en as frame } from './frame.en.ts';
import { en as lists } from './lists.en.ts';

/** What the console says to operators. */
export const en = { frame, lists, acts };

export type ConsoleWords = typeof en;
