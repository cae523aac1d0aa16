import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Language } from '../words/language.ts';

const languages: readonly Language[] = ['en', 'zh-CN'];

/** The language that a visitor chooses now (`?lang=`), or chose before; null where none was. */
export function languageIn(context: Context, when: 'now' | 'before'): Language | null {
  const named = when === 'now' ? context.req.query('lang') : getCookie(context, 'lang');
  return languages.find((known) => known === named) ?? null;
}
