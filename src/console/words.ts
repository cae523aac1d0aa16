/** What the console says. Its own words are apart from the command's: no other command needs them. */

import type { Words as CommandWords } from '../words/cli/en.ts';
import { en } from '../words/cli/en.ts';
import { zhCN } from '../words/cli/zh-CN.ts';
import type { ConsoleWords } from '../words/console/en.ts';
import { en as consoleEn } from '../words/console/en.ts';
import { zhCN as consoleZhCN } from '../words/console/zh-CN.ts';
import type { Language } from '../words/language.ts';

export type Words = CommandWords & { readonly console: ConsoleWords };

const words: Readonly<Record<Language, Words>> = {
  en: { ...en, console: consoleEn },
  'zh-CN': { ...zhCN, console: consoleZhCN },
};

export function wordsOf(language: Language): Words {
  return words[language];
}
