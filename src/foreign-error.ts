/**
 * Retells an error of somebody else's code, so that it can be handed on and logged.
 *
 * Its words may hold anything: a client library puts the request, and with it a signature or a
 * password, into its messages, and whole objects beside them. Nobody can know which of the words is a
 * secret, so everything that may be one is masked: PEM, signing strings, what follows `password=`
 * and its kind, the user of a URL, long words, words with digits, long numbers. What is left is
 * what a fault needs: its name, its code, the plain words, the places in the code, and the causes.
 * A secret that is a short word of plain letters cannot be told from a word.
 */

const causesMax = 5;
const framesMax = 20;
const charactersRead = 10_000;
const charactersMax = 500;

/** Reads nothing but name, code, message, stack and cause, and never throws. */
export function retold(thrown: unknown): Error {
  return retell(thrown, causesMax);
}

/** As `retold`, but without the words: for code that was given what no error may quote. */
export function withoutWords(thrown: unknown): Error {
  const { name, stack } = retold(thrown);
  const words = 'its words are withheld, because they may quote what it was given';
  const error = new Error(words);
  Object.defineProperty(error, 'name', { value: name });
  error.stack = [`${name}: ${words}`, ...(stack ?? '').split('\n').slice(1)].join('\n');
  return error;
}

function retell(thrown: unknown, causesLeft: number): Error {
  try {
    if (typeof thrown === 'string') return new Error(masked(thrown));
    if (!(thrown instanceof Error)) return new Error(`a thrown ${typeof thrown}, not an error`);
    const { name, message, stack, cause, code } = partsOf(thrown);
    const hasCause = cause !== undefined && causesLeft > 0;
    const words = masked(String(message));
    const error = new Error(words, hasCause ? { cause: retell(cause, causesLeft - 1) } : undefined);
    const title = isPlainName(name) ? name : 'Error';
    Object.defineProperty(error, 'name', { value: title });
    error.stack = [`${title}: ${words}`, ...framesOf(String(stack), String(message))].join('\n');
    return isPlainName(code) ? Object.assign(error, { code }) : error;
  } catch {
    return new Error('a thrown error that cannot be read');
  }
}

type Parts = Readonly<Record<'name' | 'message' | 'stack' | 'cause' | 'code', unknown>>;

/** Of any type, for somebody may have set them to anything. */
function partsOf(error: Error & { readonly code?: unknown }): Parts {
  const { name, message, stack, cause, code } = error;
  return { name, message, stack, cause, code };
}

function isPlainName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z][A-Za-z_-]{0,63}$/.test(name);
}

/** The places in the code. The message stands before them, and may look like one. */
function framesOf(stack: string, message: string): readonly string[] {
  const at = stack.indexOf(message);
  const lines = stack.slice(at === -1 ? 0 : at + message.length).split('\n', 200);
  return lines
    .flatMap((line) => {
      const [, name = '', place] = frame.exec(line) ?? [];
      if (place === undefined) return [];
      return [name === '' ? `    at ${place}` : `    at ${masked(name)} (${place})`];
    })
    .slice(0, framesMax);
}

const frame =
  /^ {4}at (?:([^()\n]{1,200}) \()?((?:file:\/\/|node:|\/|[A-Za-z]:\\)[^\s()]{1,500}:\d+:\d+)\)?$/;

const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN[^]*?(?:-----END[^-]*-----|$)/g, '[masked]'],
  [/apiCode=[^]*?(?:timestamp=[0-9]*|$)/g, '[masked]'],
  [/\/\/[^\s/@]*@/g, '//[masked]@'],
  [/((?:pass|pwd|secret|token|key|sign|auth|cookie)[\w-]*["']?\s*[:=]\s*).*/gi, '$1[masked]'],
  [/\b(bearer|basic)\s+\S+/gi, '$1 [masked]'],
  [/\p{Nd}(?:[ -]?\p{Nd}){7,}/gu, '[masked]'],
  [/(?=[!-~]*[0-9])[!-~]{8,}|[!-~]{24,}/g, '[masked]'],
];

/** The text on one line, without what may be a secret, and cut. */
function masked(text: string): string {
  const read = text.slice(0, charactersRead).toWellFormed();
  return secrets
    .reduce((rest, [pattern, mask]) => rest.replace(pattern, mask), read)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, charactersMax)
    .toWellFormed();
}
