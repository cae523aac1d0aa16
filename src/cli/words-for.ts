import type { Environment } from './io.ts';
import type { Words } from '../words/cli/en.ts';

/** `--lang`, else what the environment says, else English. */
export async function wordsFor(wished: string | undefined, env: Environment): Promise<Words> {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  const isChinese = wished === undefined ? /^zh([_.-]|$)/i.test(locale) : wished === 'zh-CN';
  return isChinese
    ? (await import('../words/cli/zh-CN.ts')).zhCN
    : (await import('../words/cli/en.ts')).en;
}
