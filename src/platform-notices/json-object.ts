import { hasDuplicateKeys } from '../gateway/wire.ts';

/**
 * The object that a text is as JSON, or what is wrong with it. For translators: the problem begins
 * with a verb and never quotes the text, and a key that stands there twice is a problem.
 *
 * @example
 * const json = jsonObject(notice.body);
 * if (typeof json === 'string') return { kind: 'unreadable', problem: `it ${json}` };
 */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | string {
  // No compiler stops a caller in JavaScript.
  if (typeof (text as unknown) !== 'string') return 'is not text';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return 'is not a JSON object';
  }
  // JSON.parse keeps the last; whoever checked the notice on its way may have read the first.
  if (hasDuplicateKeys(text)) return 'has a key twice';
  return { ...json };
}
