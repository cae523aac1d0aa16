import type { ListsWords } from './lists.en.ts';

export const zhCN: ListsWords = {};
