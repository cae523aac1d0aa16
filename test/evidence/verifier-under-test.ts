import { join } from 'node:path';
import type { GivenFile, Verify } from '../../src/evidence/verifier/types.ts';
import type { Witness } from '../../src/history/event.ts';
import type { ChainCheck } from '../../src/report/page/chain-types.ts';

const source = join(import.meta.dirname, '..', '..', 'src');

// These are JavaScript, of whose types only the compiler's check of their directories knows.
const { verify } = (await import(join(source, 'evidence', 'verifier', 'verify.js'))) as {
  readonly verify: Verify;
};
export const { chainFaults: chainFaultsOfStrangers } = (await import(
  join(source, 'report', 'page', 'chain.js')
)) as { readonly chainFaults: ChainCheck };

type Kept = { readonly witness?: Witness | undefined; readonly seal?: string | undefined };

/** What the independent verifier says of a package whose files are in memory. */
export function verified(
  files: ReadonlyMap<string, string | Uint8Array>,
  kept: Kept = {},
  others: readonly GivenFile[] = [],
): ReturnType<Verify> {
  const { witness = { revision: -1, hash: '' }, seal = '' } = kept;
  const given = Array.from(files, ([name, content]): GivenFile => {
    const bytes = new Uint8Array(Buffer.from(content));
    return { name, size: bytes.length, read: () => Promise.resolve(bytes) };
  });
  return verify([...given, ...others], { at: witness.revision, hash: witness.hash, seal });
}
