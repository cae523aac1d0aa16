import type { ActsWords } from './acts.en.ts';

export const zhCN: ActsWords = {};
