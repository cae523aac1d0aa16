import { join } from 'node:path';
import type { GivenFile, LogVerdict, VerifyLog } from '../../src/evidence/verifier/types.ts';
import type { LogProof, StandingOf, Trust } from '../../src/report/page/log-types.ts';

const source = join(import.meta.dirname, '..', '..', 'src');

// These are JavaScript, of whose types only the compiler's check of their directories knows.
const { verifyLog } = (await import(join(source, 'evidence', 'verifier', 'verify-log.js'))) as {
  readonly verifyLog: VerifyLog;
};
export const ofStrangers = (await import(join(source, 'report', 'page', 'log.js'))) as {
  readonly proofIn: (text: string) => LogProof;
  readonly isInLog: (hash: string, proof: LogProof) => Promise<boolean>;
  readonly trustIn: (text: string) => Promise<Trust>;
  readonly standingOf: StandingOf;
};

/** What the independent verifier of logs says of a package whose files are in memory. */
export async function verifiedLog(
  files: ReadonlyMap<string, string | Uint8Array>,
  trust: string | null,
  others: readonly GivenFile[] = [],
): Promise<LogVerdict> {
  const given = Array.from(files, ([name, content]): GivenFile => {
    const bytes = new Uint8Array(Buffer.from(content));
    return { name, size: bytes.length, read: () => Promise.resolve(bytes) };
  });
  return verifyLog([...given, ...others], trust === null ? null : await ofStrangers.trustIn(trust));
}
