import type { FrameWords } from './frame.en.ts';

export const zhCN: FrameWords = {};
