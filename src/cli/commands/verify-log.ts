import { statSync } from 'node:fs';
import type { LogVerification } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { refuseWithout, UsageError } from '../input/arguments.ts';
import { noteText } from '../input/file-content.ts';
import { pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { signerLines, signersOf } from '../output/signer-lines.ts';

/** What the log of a store is compared with: texts, and the path of a file of leaves. */
export type LogClaim = {
  readonly checkpoint: string;
  readonly trust: string | undefined;
  readonly leaves: string | undefined;
};

/** The files of `verify --all`, as they are typed. */
export type LogFiles = { readonly [Name in keyof LogClaim]: string | undefined };

/** Reads the files before the store, so that a wrong one is refused at once. */
export async function logClaimIn({ io }: Context, files: LogFiles): Promise<LogClaim | null> {
  const { checkpoint, trust, leaves } = files;
  if (checkpoint === undefined) {
    refuseWithout('with --checkpoint', { '--trust': trust, '--leaves': leaves });
    return null;
  }
  const { parseCheckpoint } = await import('../../tlog/c2sp/checkpoint.ts');
  const { parseTrust } = await import('../../tlog/c2sp/trust.ts');
  const claim = {
    checkpoint: noteText(io.cwd, checkpoint, '--checkpoint'),
    trust: trust === undefined ? undefined : noteText(io.cwd, trust, '--trust'),
    leaves: leaves === undefined ? undefined : leavesFile(io.cwd, leaves),
  };
  parseCheckpoint(claim.checkpoint);
  if (claim.trust !== undefined) parseTrust(claim.trust);
  return claim;
}

function leavesFile(cwd: string | undefined, typed: string): string {
  const path = pathAt(cwd, typed);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
  throw new UsageError('--leaves must name a file, such as a copy of payment-orders.db.tlog');
}

/**
 * How the log stands, who vouches for it, and from where on nobody does.
 *
 * @param isAllElseSound - The log has the events' hashes. Whether events have their hashes, the chains say.
 */
export function logLines(
  { screen, words }: Context,
  log: LogVerification,
  isAllElseSound: boolean,
): readonly string[] {
  const { tlog } = words;
  const { checkpoint, signedBy, faults } = log;
  if (!log.ok) {
    const head = screen.paint('red', tlog.notVerified(faults.length));
    const isOnlyUnvouched = faults.every(({ code }) => code === 'not-vouched');
    return [
      head,
      ...faults.map(({ code, message }) => `  ${code}: ${escapeForTerminal(message)}`),
      ...(isOnlyUnvouched ? [`  ${tlog.onlyUnvouched(checkpoint.size)}`] : []),
    ];
  }
  const later = log.size - checkpoint.size;
  const origin = escapeForTerminal(checkpoint.origin);
  const who = signersOf(words, checkpoint.origin, signedBy.witnesses);
  const sound = log.vouched
    ? tlog.verified(checkpoint.size, who)
    : tlog.consistent(checkpoint.size, origin);
  return [
    isAllElseSound
      ? screen.paint('green', sound)
      : screen.paint('red', tlog.hashesAlone(checkpoint.size)),
    ...(log.vouched ? signerLines(words, signedBy) : [tlog.nobodyVouches]),
    ...(later > 0 ? [tlog.unwitnessed(later)] : []),
  ];
}
