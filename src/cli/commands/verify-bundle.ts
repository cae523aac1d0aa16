import { createReadStream, openSync } from 'node:fs';
import type { ReadStream } from 'node:fs';
import type { BundleVerification, LogStanding } from '../../dispute.ts';
import { readBundle, verifyBundle } from '../../dispute.ts';
import type { Witness } from '../../index.ts';
import { escapeForTerminal } from '../../text.ts';
import { UsageError, witness } from '../input/arguments.ts';
import { noteText } from '../input/file-content.ts';
import { pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodeOfFaults, exitCodes } from '../output/failure.ts';
import { signerLines, signersOf } from '../output/signer-lines.ts';
import { version } from '../version.ts';

/** Checks a package where it lies; no store is opened. */
export async function verifyBundleAt(
  context: Context,
  directory: string,
  given: Readonly<Record<'witness' | 'seal' | 'originals' | 'trust', string | undefined>> & {
    /** Whether a file that nothing proves fails too. */
    readonly strict: boolean;
  },
): Promise<number> {
  const { seal, strict } = given;
  if (seal !== undefined && !/^[0-9a-f]{64}$/.test(seal)) {
    throw new UsageError(
      '--seal must be 64 hexadecimal digits in lower case, as export printed it',
    );
  }
  const at = (path: string) => pathAt(context.io.cwd, path);
  const kept = given.witness === undefined ? undefined : witness(given.witness);
  const trust =
    given.trust === undefined ? undefined : noteText(context.io.cwd, given.trust, '--trust');
  const verification = await verifyBundle(readBundle(at(directory)), {
    witness: kept,
    seal,
    trust,
    moduleVersion: version(),
    originals: given.originals === undefined ? undefined : streamOf(at(given.originals)),
  });
  await context.screen.answer(verification, () => [
    standingLine(context, verification),
    ...vouchingLines(context, verification, kept),
    ...detailLines(context, verification),
  ]);
  if (strict && verification.unchecked.length > 0) return exitCodes.integrity;
  return exitCodeOfFaults(verification.faults);
}

/**
 * Who vouches, and where nobody does: a seal covers all of a package, a witness what it saw, and the
 * log what its checkpoint covers. Of a package with faults nobody can say it.
 */
function vouchingLines(
  { words }: Context,
  { ok, head, log, vouchedTo }: BundleVerification,
  kept: Witness | undefined,
): readonly string[] {
  const { history, tlog } = words;
  if (!ok) return [];
  if (vouchedTo === null) {
    const names = log?.claimedBy.map(escapeForTerminal).join(tlog.and);
    const claim = names === undefined ? [] : [tlog.bundleClaimed(names)];
    return [history.nobodyVouches, ...claim];
  }
  const last = head?.revision ?? vouchedTo;
  const isEarly = vouchedTo < last && vouchedTo === kept?.revision;
  return [
    ...(log?.isEnough === true ? logLines(words, log, last) : []),
    ...(isEarly ? [history.nobodyVouchesAfter(vouchedTo)] : []),
  ];
}

function logLines(
  words: Context['words'],
  { revision, unwitnessed, origin, log, witnesses }: LogStanding,
  last: number,
): readonly string[] {
  const { tlog } = words;
  return [
    tlog.bundleVouched(revision, signersOf(words, origin, witnesses)),
    ...signerLines(words, { log, witnesses }),
    ...(unwitnessed > 0 ? [tlog.bundleUnwitnessed(revision + 1, last)] : []),
  ];
}

function detailLines(
  { words: { history } }: Context,
  { faults, withheld, proven, notices, madeBy }: BundleVerification,
): readonly string[] {
  return [
    ...faults.map(
      ({ file, code, message }) =>
        `  ${escapeForTerminal(file)}: ${code}: ${escapeForTerminal(message)}`,
    ),
    ...withheld.map(({ revision, names }) =>
      history.linked(revision, names.map(escapeForTerminal).join(', ')),
    ),
    ...proven.map(history.proven),
    ...notices.map(history.noticeProven),
    ...(madeBy !== null && madeBy !== version()
      ? [history.madeBy(escapeForTerminal(madeBy), version())]
      : []),
  ];
}

function standingLine({ screen, words }: Context, verification: BundleVerification): string {
  const { standing, orderNo, events, head, unchecked, ...counts } = verification;
  const { history } = words;
  const witnessed = head === null ? '–' : `${head.revision}:${escapeForTerminal(head.hash)}`;
  const names = {
    proven: history.bundleProven,
    'proven-but-withheld': history.bundleProvenBut(counts.withheldFields, counts.withheldParts),
    'not-proven': history.bundleNotProven(counts.faults.length),
  };
  const order = escapeForTerminal(orderNo ?? '–');
  const files = unchecked.map(escapeForTerminal).join(', ');
  const line =
    history.bundle(order, names[standing], events, witnessed) +
    (files === '' ? '' : history.unchecked(files));
  return screen.paint(verification.ok ? 'green' : 'red', line);
}

/** Opened at once, so that a path that cannot be read is wrong usage; a pipe may be given too. */
function streamOf(file: string): ReadStream {
  try {
    return createReadStream('', { fd: openSync(file, 'r') });
  } catch {
    throw new UsageError('--originals must name a readable file');
  }
}
