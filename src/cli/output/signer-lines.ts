import { escapeForTerminal } from '../../text.ts';
import type { Cosigner } from '../../tlog/types.ts';
import type { Words } from '../../words/cli/en.ts';

/** Whose word it is: the witnesses', or where the user trusts the log alone, its owner's. */
export function signersOf(
  { tlog }: Pick<Words, 'tlog'>,
  origin: string,
  witnesses: readonly Pick<Cosigner, 'name'>[],
): string {
  const names = witnesses.map(({ name }) => escapeForTerminal(name));
  return names.length === 0 ? escapeForTerminal(origin) : names.join(tlog.and);
}

/** Who signed, by their whole keys: a key's short id can be made again. */
export function signerLines(
  { tlog }: Pick<Words, 'tlog'>,
  { log, witnesses }: { readonly log: string | null; readonly witnesses: readonly Cosigner[] },
): readonly string[] {
  const isAlone = witnesses.length === 0;
  return [
    ...witnesses.map(
      ({ name, vkey, at }) =>
        `  ${tlog.cosigned(escapeForTerminal(name), at, escapeForTerminal(vkey))}`,
    ),
    ...(log === null ? [] : [`  ${tlog.signedByOwner(escapeForTerminal(log), isAlone)}`]),
  ];
}
