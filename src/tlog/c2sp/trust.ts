/**
 * Whom a verifier believes: which logs, which witnesses, and how many of the witnesses must have seen
 * a checkpoint. The text is that of c2sp.org/tlog-policy. It comes from the verifier alone, for a log
 * that could name its own witnesses would need none.
 */

import { PaymentOrderError, invalidInput } from '../../errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import { signatureIn } from './cosignature.ts';
import type { KeyKind, VerifierKey } from './keys.ts';
import { parseVerifierKey, publicKeyOf } from './keys.ts';
import { assertText } from './note.ts';
import { parseDecimal } from './spelling.ts';

/** `url`: as the text has it; what it means is up to who uses it. */
export type TrustedLog = VerifierKey & { readonly url: string | null };

/** `name`: what the text calls the witness; the key has a name of its own. */
export type TrustedWitness = {
  readonly name: string;
  readonly key: VerifierKey;
  readonly url: string | null;
};

/** Has seen a checkpoint where at least `needed` of its members have. */
type Group = {
  readonly name: string;
  readonly needed: number;
  readonly members: readonly string[];
};

export type Trust = {
  readonly logs: readonly TrustedLog[];
  readonly witnesses: readonly TrustedWitness[];
  /** Each after its members. */
  readonly groups: readonly Group[];
  /** The witness or group that must have seen a checkpoint; null where none must. */
  readonly quorum: string | null;
};

export type Standing = {
  /** The log of the checkpoint's origin, where its signature is valid. */
  readonly log: VerifierKey | null;
  /** Those whose cosignatures are valid, in the order of the trust text. */
  readonly witnesses: readonly {
    readonly name: string;
    readonly vkey: string;
    readonly atSeconds: number;
  }[];
  /** Whether the log and the quorum have signed, and no known key has a wrong signature. */
  readonly isEnough: boolean;
  /** Begins with a verb; null where it is enough. */
  readonly problem: string | null;
};

/** What the lines read so far have defined. */
type Draft = {
  readonly logs: TrustedLog[];
  readonly witnesses: TrustedWitness[];
  readonly groups: Group[];
  quorum: string | null | undefined;
  /** Of witnesses and groups. */
  readonly names: Set<string>;
  /** Those that are in a group. */
  readonly members: Set<string>;
  /** What no second key may share with one before: its public key, and its name with its id. */
  readonly keys: Set<string>;
};

/**
 * Reads a trust text of up to 64 KiB.
 *
 * @throws {PaymentOrderError} `invalid-input`. It gives the line, and repeats nothing of it.
 */
export function parseTrust(text: string, field = 'trust'): Trust {
  if (typeof (text as unknown) === 'string' && text.includes('\r')) {
    throw invalidInput(field, 'must have lines that end in a newline alone, not in CR LF');
  }
  // Tabs separate words here, while a note has none.
  assertText(typeof (text as unknown) === 'string' ? text.replaceAll('\t', ' ') : text, field);
  const draft: Draft = {
    ...{ logs: [], witnesses: [], groups: [], quorum: undefined },
    ...{ names: new Set(), members: new Set(), keys: new Set() },
  };
  for (const [at, line] of text.split('\n').entries()) {
    try {
      readLine(draft, line, field);
    } catch (error) {
      if (!(error instanceof PaymentOrderError)) throw error;
      throw invalidInput(field, `${error.problem ?? error.message} (line ${at + 1})`);
    }
  }
  const { logs, witnesses, groups, quorum } = draft;
  if (quorum === undefined) {
    throw invalidInput(field, "must have a line 'quorum NAME', or 'quorum none'");
  }
  return { logs, witnesses, groups, quorum };
}

function readLine(draft: Draft, line: string, field: string): void {
  if (line.includes('\u007f')) throw invalidInput(field, 'must have no control characters');
  const [word, ...words] = line.split(/[ \t]+/).filter((found) => found !== '');
  if (word === undefined || word.startsWith('#')) return;
  switch (word) {
    case 'log':
      readLog(draft, words, field);
      return;
    case 'witness':
      readWitness(draft, words, field);
      return;
    case 'group':
      readGroup(draft, words, field);
      return;
    case 'quorum':
      readQuorum(draft, words, field);
      return;
    default:
      throw invalidInput(field, 'must begin each line with log, witness, group, quorum or #');
  }
}

function readLog(draft: Draft, words: readonly string[], field: string): void {
  const [vkey, url = null, ...more] = words;
  if (vkey === undefined || more.length > 0) {
    throw invalidInput(field, "must name a log as 'log VKEY [URL]'");
  }
  draft.logs.push({ ...newKey(draft, vkey, 'log', field), url });
}

function readWitness(draft: Draft, words: readonly string[], field: string): void {
  const [name, vkey, url = null, ...more] = words;
  if (name === undefined || vkey === undefined || more.length > 0) {
    throw invalidInput(field, "must name a witness as 'witness NAME VKEY [URL]'");
  }
  addName(draft, name, field);
  draft.witnesses.push({ name, key: newKey(draft, vkey, 'witness', field), url });
}

function readGroup(draft: Draft, words: readonly string[], field: string): void {
  const [name, threshold, ...members] = words;
  if (name === undefined || threshold === undefined || members.length === 0) {
    throw invalidInput(field, "must name a group as 'group NAME all|any|K MEMBER…'");
  }
  for (const member of members) {
    if (!draft.names.has(member)) {
      throw invalidInput(field, 'must define the members of a group on lines before it');
    }
    if (draft.members.has(member)) {
      throw invalidInput(field, 'must list each witness and group as a member once at most');
    }
    draft.members.add(member);
  }
  addName(draft, name, field);
  const needed = neededOf(threshold, members.length, field);
  draft.groups.push({ name, needed, members });
}

function neededOf(threshold: string, members: number, field: string): number {
  if (threshold === 'all') return members;
  if (threshold === 'any') return 1;
  const needed = parseDecimal(threshold, "'all', 'any' or a number", field);
  if (needed >= 1 && needed <= members) return needed;
  throw invalidInput(field, 'must ask a group for 1 of its members at least, and for all at most');
}

function readQuorum(draft: Draft, words: readonly string[], field: string): void {
  const [name, ...more] = words;
  if (name === undefined || more.length > 0) {
    throw invalidInput(field, "must name the quorum as 'quorum NAME', or 'quorum none'");
  }
  if (draft.quorum !== undefined) throw invalidInput(field, 'must have one quorum line only');
  if (name !== 'none' && !draft.names.has(name)) {
    throw invalidInput(field, 'must define the quorum as a witness or group on a line before it');
  }
  draft.quorum = name === 'none' ? null : name;
}

function addName({ names }: Draft, name: string, field: string): void {
  if (name === 'none') throw invalidInput(field, "must call no witness or group 'none'");
  if (names.has(name)) throw invalidInput(field, 'must give each name once only');
  names.add(name);
}

function newKey({ keys }: Draft, vkey: string, kind: KeyKind, field: string): VerifierKey {
  const key = parseVerifierKey(vkey, field);
  if (key.kind !== kind) {
    throw invalidInput(field, `has the key of a ${key.kind} where that of a ${kind} belongs`);
  }
  // Under another name it would count a second time.
  const publicKey = `${kind} ${publicKeyOf(key)}`;
  if (keys.has(publicKey)) {
    throw invalidInput(field, `must have the public key of a ${kind} once only`);
  }
  const called = `${key.name}+${key.id}`;
  if (keys.has(called)) throw invalidInput(field, 'must have no two keys of one name and id');
  keys.add(publicKey).add(called);
  return key;
}

/** What the signatures of a checkpoint are worth to somebody with this trust. */
export function standingOf({ origin, note }: Checkpoint, trust: Trust): Standing {
  const wrong: string[] = [];
  const logs = trust.logs.filter((key) => {
    const { kind } = signatureIn(note, key);
    if (kind === 'wrong') wrong.push(key.vkey);
    return kind === 'valid' && key.name === origin;
  });
  const witnesses = trust.witnesses.flatMap(({ name, key }) => {
    const found = signatureIn(note, key);
    if (found.kind === 'wrong') wrong.push(key.vkey);
    const atSeconds = found.kind === 'valid' ? found.atSeconds : null;
    return atSeconds === null ? [] : [{ name, vkey: key.vkey, atSeconds }];
  });
  const [log = null] = logs;
  const problem = problemOf({ wrong, log, hasQuorum: hasQuorum(trust, witnesses) });
  return { log, witnesses, isEnough: problem === null, problem };
}

function problemOf({
  wrong: [wrong],
  log,
  hasQuorum,
}: {
  readonly wrong: readonly string[];
  readonly log: VerifierKey | null;
  readonly hasQuorum: boolean;
}): string | null {
  if (wrong !== undefined) return `has a signature in the name of ${wrong} that is not of that key`;
  if (log === null) return 'is not signed by a trusted log of its origin';
  return hasQuorum ? null : 'is not cosigned by as many trusted witnesses as the quorum needs';
}

function hasQuorum(
  { groups, quorum }: Trust,
  witnesses: readonly { readonly name: string }[],
): boolean {
  if (quorum === null) return true;
  const seen = new Set(witnesses.map(({ name }) => name));
  for (const { name, needed, members } of groups) {
    if (members.filter((member) => seen.has(member)).length >= needed) seen.add(name);
  }
  return seen.has(quorum);
}
