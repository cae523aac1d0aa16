import { invalidInput, PaymentOrderError } from '../../errors.ts';
import type { SignedCheckpoint } from '../../index.ts';
import { systemRuntime } from '../../runtime.ts';
import { escapeForTerminal } from '../../text.ts';
import { refuseUnwritable, writeNewKey, writeNote } from '../bundle-directory.ts';
import { command, group } from '../command.ts';
import { refuseWithout, wholeNumber } from '../input/arguments.ts';
import { noteText } from '../input/file-content.ts';
import { flag, list, required, text } from '../input/options.ts';
import { absenceOf, pathAt } from '../input/store-path.ts';
import type { Context } from '../io.ts';
import { exitCodes, warn } from '../output/failure.ts';
import { quoted, typed } from '../output/next-commands.ts';
import { withOrders } from '../session.ts';

export const commands = [
  group('tlog', 'the log over all orders: keys, checkpoints and proofs that others can check', [
    command('keygen', {
      about: 'make an Ed25519 key, and print the public one for trust files',
      options: {
        out: required('--out <FILE>', 'where the private key is written, mode 600; a new file'),
        name: text('--name <NAME>', 'of the log or the witness, without spaces (default: random)'),
        witness: flag('--witness', 'a key to cosign the logs of others with'),
      },
      run: (context, { out, name, witness }) =>
        keygen(context, { out, name, kind: witness ? 'witness' : 'log' }),
    }),
    command('checkpoint', {
      about: 'sign what the log holds now, store the checkpoint, and have witnesses cosign it',
      help: `
A checkpoint that stands only in the store proves nothing against those who can write there: keep it
elsewhere, or have it cosigned. Exit code 1: it is signed and stored, but a witness did not cosign it.`,
      options: {
        key: required('--key <FILE>', 'the private key of the log, as tlog keygen writes it'),
        out: text('--out <FILE>', 'also write the checkpoint there, in place of an earlier one'),
        witness: list('--witness <URLS>', 'with --trust: who is asked to cosign, joined by commas'),
        trust: text('--trust <FILE>', 'the keys of the log and of its witnesses'),
      },
      purpose: 'change',
      run: (context, flags) => checkpoint(context, flags),
    }),
    command('proof <ORDER> [REV]', {
      about:
        'print a tlog-proof that an event is in the log (default: the last event of the order that the checkpoint covers)',
      options: {
        checkpoint: text(
          '--checkpoint <FILE>',
          'by this checkpoint (default: the newest that a witness cosigned, else the newest)',
        ),
      },
      run: (context, { checkpoint: file }, orderNo, rev) =>
        proof(context, orderNo, {
          revision: rev === undefined ? undefined : wholeNumber(rev, 'REV', 0),
          checkpoint:
            file === undefined ? undefined : noteText(context.io.cwd, file, '--checkpoint'),
        }),
    }),
    command('consistency <A> <B>', {
      about:
        'print what a witness is sent to add checkpoint B after A: sizes, or files of checkpoints',
      run: (context, _flags, a, b) =>
        consistency(context, sizeOrNote(context, a), sizeOrNote(context, b)),
    }),
  ]),
];

async function keygen(
  context: Context,
  {
    out,
    name,
    kind,
  }: { readonly out: string; readonly name: string | undefined; readonly kind: 'log' | 'witness' },
): Promise<number> {
  const { io, screen, words } = context;
  const { tlog } = words;
  const { newSigningKey } = await import('../../tlog/c2sp/keys.ts');
  const { text, key } = newSigningKey(
    kind,
    name ?? `payment-order-${kind}/${systemRuntime().randomHex(8)}`,
  );
  writeNewKey(pathAt(io.cwd, out), text);
  const { vkey } = key;
  const trustLine = kind === 'log' ? `log ${vkey}` : `witness ${key.name} ${vkey}`;
  await screen.answer({ file: out, kind, name: key.name, vkey, trustLine }, () => [
    tlog.keyWritten(kind, escapeForTerminal(out)),
    tlog.vkey(vkey),
    tlog.trustLine(trustLine),
  ]);
  if (!screen.json) {
    const file = quoted(out);
    const next =
      kind === 'log'
        ? `tlog checkpoint --key ${file} --out FILE`
        : `witness serve --key ${file} --trust FILE --state FILE`;
    screen.talk([words.next, typed(context, next)].join('\n  '));
  }
  return exitCodes.ok;
}

type CheckpointFlags = {
  readonly key: string;
  readonly out: string | undefined;
  readonly witness: readonly string[];
  readonly trust: string | undefined;
};

async function checkpoint(
  context: Context,
  { key: keyFile, out, witness, trust: trustFile }: CheckpointFlags,
): Promise<number> {
  const { io, settings, words } = context;
  if (trustFile === undefined) refuseWithout('with --trust', { '--witness': witness[0] });
  const trust = trustFile === undefined ? undefined : noteText(io.cwd, trustFile, '--trust');
  if (out !== undefined) refuseUnwritable(pathAt(io.cwd, out));
  const { readSigningKeyFile } = await import('../../tlog/c2sp/keys.ts');
  const { text: key } = readSigningKeyFile(pathAt(io.cwd, keyFile), 'log', '--key');
  const absence = absenceOf(settings, words);
  if (absence !== null) throw new PaymentOrderError('store-unavailable', absence);
  return withOrders(context, async (orders, signal) => {
    const log = orders.transparencyLog();
    const signed = await log.checkpoint({ key, witnesses: witness, trust, signal });
    if (out !== undefined) writeNote(pathAt(io.cwd, out), signed.note);
    await tellOf(context, signed, out);
    return signed.missing.length > 0 ? exitCodes.runtime : exitCodes.ok;
  });
}

async function tellOf(
  context: Context,
  signed: SignedCheckpoint,
  file: string | undefined,
): Promise<void> {
  const { screen, words } = context;
  const { tlog } = words;
  const { origin, size, root, isNew, cosignedBy, missing } = signed;
  await screen.answer({ ...signed, file }, () => [
    tlog.checkpoint(escapeForTerminal(origin), size),
    tlog.root(root),
    ...(isNew ? [] : [tlog.signedBefore]),
    ...cosignedBy.map(({ name, vkey, at }) =>
      tlog.cosigned(escapeForTerminal(name), at, escapeForTerminal(vkey)),
    ),
    ...missing.map(({ url, problem }) =>
      tlog.notCosigned(escapeForTerminal(url), escapeForTerminal(problem)),
    ),
    ...(file === undefined ? [] : [tlog.written(escapeForTerminal(file))]),
  ]);
  if (missing.length > 0) warn(context, { message: tlog.notAllCosigned(missing.length) });
  if (file === undefined && cosignedBy.length === 0) warn(context, { message: tlog.onlyInStore });
}

function proof(
  context: Context,
  orderNo: string,
  of: { readonly revision: number | undefined; readonly checkpoint: string | undefined },
): Promise<number> {
  return withOrders(context, async (orders) => {
    const text = await orders.transparencyLog().proof(orderNo, of).catch(asTyped);
    const { parseProof } = await import('../../tlog/c2sp/proof-file.ts');
    const {
      index,
      checkpoint: { origin, size },
    } = parseProof(text);
    await context.screen.answer({ orderNo, index, origin, size, proof: text }, () => linesOf(text));
    return exitCodes.ok;
  });
}

/** The revision is an argument here, and an option elsewhere. */
function asTyped(error: unknown): never {
  const { field, problem } = error instanceof PaymentOrderError ? error : {};
  if (field !== 'revision' || problem === undefined) throw error;
  throw invalidInput('REV', problem);
}

function consistency(
  context: Context,
  old: number | string,
  newer: number | string,
): Promise<number> {
  return withOrders(context, async (orders) => {
    const body = await orders.transparencyLog().consistency(old, newer);
    await context.screen.answer({ body }, () => linesOf(body));
    return exitCodes.ok;
  });
}

/** A file whose name is a number is typed with its directory, as `./12`. */
function sizeOrNote({ io }: Context, typed: string): number | string {
  if (/^[0-9]+$/.test(typed)) return wholeNumber(typed, 'A or B', 0);
  return noteText(io.cwd, typed, 'A or B');
}

/** A text that ends with a line break, as it is: others check it byte by byte. */
function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}
