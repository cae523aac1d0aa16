import { readFileSync } from 'node:fs';
import type { BundleVerification } from '../../dispute.ts';
import { verifyBundle } from '../../dispute.ts';
import { witness } from '../input/arguments.ts';
import { readBundle } from '../input/bundle-directory.ts';
import type { Context } from '../context.ts';
import { exitCodeOfFaults } from '../output/faults.ts';
import { escapeForTerminal } from '../../text.ts';
import { pathAt } from '../input/store-path.ts';
import { UsageError } from '../input/usage-error.ts';
import { version } from '../version.ts';

export type BundleFlags = {
  readonly bundle: string;
  readonly witness?: string | undefined;
  readonly seal?: string | undefined;
  readonly originals?: string | undefined;
};

/** Checks a package where it lies; no store is opened. */
export async function verifyBundleAt(context: Context, flags: BundleFlags): Promise<number> {
  const { seal } = flags;
  if (seal !== undefined && !/^[0-9a-f]{64}$/.test(seal)) {
    throw new UsageError('--seal must be 64 hexadecimal digits, as export gave it');
  }
  const verification = await verifyBundle(readBundle(pathAt(context.io.cwd, flags.bundle)), {
    ...(flags.witness === undefined ? {} : { witness: witness(flags.witness) }),
    ...{ seal, moduleVersion: version() },
    ...(flags.originals === undefined
      ? {}
      : { originals: textOf(pathAt(context.io.cwd, flags.originals)) }),
  });
  const { screen } = context;
  if (screen.json) screen.document(verification);
  else screen.lines(bundleLines(context, verification));
  return exitCodeOfFaults(verification.faults);
}

function bundleLines(
  { screen, words }: Context,
  { ok, events, head, faults, withheld, proven }: BundleVerification,
): readonly string[] {
  const { bundleOk, bundleNotOk, linked, proven: provenSentence } = words.history;
  const witnessed = head === null ? '–' : `${head.revision}:${escapeForTerminal(head.hash)}`;
  return [
    ok
      ? screen.paint('green', bundleOk(events, witnessed))
      : screen.paint('red', bundleNotOk(faults.length)),
    ...faults.map(
      ({ file, code, message }) =>
        `  ${escapeForTerminal(file)}: ${code}: ${escapeForTerminal(message)}`,
    ),
    ...withheld.map(({ revision, parts }) => linked(revision, parts.join(', '))),
    ...proven.map(provenSentence),
  ];
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError('--originals names no file that can be read');
  }
}
