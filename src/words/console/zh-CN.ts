import { zhCN as acts } from './acts.zh-CN.ts';
import type { ConsoleWords } from './en.ts';
import { zhCN as frame } from './frame.zh-CN.ts';
import { zhCN as lists } from './lists.zh-CN.ts';

export const zhCN: ConsoleWords = { frame, lists, acts };
