import { eventWords } from '../timeline/timeline.ts';
import type { Localized } from '../words/language.ts';

export function localizedDuration(ms: number): Localized {
  return { en: eventWords.en.duration(ms), 'zh-CN': eventWords['zh-CN'].duration(ms) };
}
