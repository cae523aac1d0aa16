import type { Verdict, Verify } from '../../src/evidence/verifier/types.ts';
import type { Truth } from './oracle.ts';

const script = new URL('../../src/evidence/verifier/verify.js', import.meta.url);
// A script for browsers and bare Node, whose types stand in a file of their own.
const { verify } = (await import(script.href)) as { readonly verify: Verify };

/** What the verifier says that shares no code with ours. */
export function verdictOfOther(
  files: ReadonlyMap<string, Buffer>,
  witness: Truth['witness'] | undefined,
): Promise<Verdict> {
  const given = Array.from(files, ([name, content]) => ({
    ...{ name, size: content.length, read: () => Promise.resolve(new Uint8Array(content)) },
  }));
  const { revision: at, hash } = witness ?? { revision: 0, hash: '' };
  return verify(given, { at, hash, seal: '' });
}
