/** What a forger may do to the proofs from the log in a package, with all that he may have seen of it. */

import {
  bodyOf,
  noteBy,
  proofIn,
  signatureLine,
  strangeKey,
  strangeLog,
} from '../../test/evidence/log-of-strangers.ts';
import type { StrangeKey } from '../../test/evidence/log-of-strangers.ts';
import type { Files } from './draft.ts';
import { textOf } from './draft.ts';
import type { Chance } from './json.ts';
import type { Alteration } from './of-line.ts';
import { proofName, revisionOf, trueLog } from './proofs.ts';
import type { TrueLog } from './proofs.ts';

type Given = {
  readonly files: Files;
  readonly name: string;
  readonly revision: number;
  readonly text: string;
  readonly log: TrueLog;
  readonly chance: Chance;
};

/** Changes the files of a package that has a proof. */
const ofProof =
  (change: (given: Given) => void): Alteration =>
  (draft, chance, truth) => {
    draft.fileSteps.push((files) => {
      const name = [...files.keys()].find((one) => revisionOf(one) !== null);
      if (name === undefined) return;
      const [revision, text] = [revisionOf(name) ?? 0, textOf(files, name)];
      change({ files, name, revision, text, log: trueLog(truth), chance });
    });
    return true;
  };

/** Replaces the proof by another text. */
const rewritten = (rewrite: (given: Given) => string): Alteration =>
  ofProof((given) => {
    given.files.set(given.name, rewrite(given));
  });

/** Somebody's key that has the name of another one. */
function forgedKey({ kind, name }: StrangeKey): StrangeKey {
  return strangeKey(kind, name, `forged ${name}`);
}

const everybody = ({ log, witnesses }: TrueLog) => [log, ...witnesses];

/** The proof of an event in a tree of another size, with what stands under its checkpoint. */
function proofAt(
  log: TrueLog,
  revision: number,
  size: number,
  signatures = (body: string) => everybody(log).map((key) => signatureLine(body, key)),
): string {
  const tree = log.leaves.slice(0, size);
  const body = bodyOf(log.origin, tree);
  return proofIn(tree, log.indexOf(revision), `${body}\n${signatures(body).join('')}`);
}

const by = (keys: readonly StrangeKey[]) => (body: string) =>
  keys.map((key) => signatureLine(body, key));

/** The sizes of a tree that holds the event. */
function sizeFor({ log, revision, chance }: Given): number {
  const least = log.indexOf(revision) + 1;
  return least + chance.below(log.leaves.length - least + 1);
}

/** Path and note, of which the one may be of another proof than the other. */
function halves(proof: string): readonly [path: string, note: string] {
  const at = proof.indexOf('\n\n');
  return [proof.slice(0, at), proof.slice(at)];
}

export const proofAlterations: Readonly<Record<string, Alteration>> = {
  'a byte of a proof flipped': ofProof(({ files, name, text, chance }) => {
    const bytes = Buffer.from(text);
    const at = chance.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
    files.set(name, bytes);
  }),
  'a line of a proof changed': rewritten(({ text, chance }) => {
    const lines = text.split('\n');
    const at = chance.below(lines.length);
    const other = chance.pick(lines);
    const changes = [lines.toSpliced(at, 1), lines.toSpliced(at, 0, other), lines.with(at, other)];
    return chance.pick(changes).join('\n');
  }),
  'the proof of another order': rewritten(({ log, revision, chance }) => {
    const others = strangeLog(log.leaves.map((_, number) => number.toString(16).padStart(64, '0')));
    return others.proof(revision, chance.pick([everybody(log), everybody(others)]));
  }),
  'the proof of another event of the log': rewritten(({ log, chance }) => {
    const tree = log.leaves;
    return proofIn(
      tree,
      chance.below(tree.length),
      noteBy(bodyOf(log.origin, tree), everybody(log)),
    );
  }),
  'the proof of another checkpoint': rewritten((given) =>
    proofAt(given.log, given.revision, sizeFor(given)),
  ),
  'the path of one checkpoint, the note of another': rewritten((given) => {
    const of = () => halves(proofAt(given.log, given.revision, sizeFor(given)));
    const [[path], [, note]] = [of(), of()];
    return path + note;
  }),
  'cosignatures of another checkpoint': rewritten((given) => {
    const { log, revision } = given;
    const other = bodyOf(log.origin, log.leaves.slice(0, sizeFor(given)));
    const signatures = (body: string) => [
      signatureLine(body, log.log),
      ...by(log.witnesses)(other),
    ];
    return proofAt(log, revision, sizeFor(given), signatures);
  }),
  'too few that signed': rewritten((given) => {
    const { log, revision, chance } = given;
    const keys = everybody(log).filter(() => chance.below(2) === 0);
    return proofAt(log, revision, sizeFor(given), by(keys));
  }),
  'one witness that signed twice': rewritten((given) => {
    const { log, revision, chance } = given;
    const key = chance.pick(log.witnesses);
    const seconds = 1_795_000_000 + chance.below(2);
    return proofAt(log, revision, sizeFor(given), (body) => [
      ...by([log.log, key])(body),
      signatureLine(body, key, seconds),
    ]);
  }),
  'the log as its own witness': rewritten((given) => {
    const { log, revision, chance } = given;
    const [witness = log.log, other = log.log] = log.witnesses;
    const { name } = log.log;
    return proofAt(log, revision, sizeFor(given), (body) => {
      const own = signatureLine(body, log.log);
      const again = chance.pick([
        signatureLine(body, strangeKey('witness', name)),
        signatureLine(body, strangeKey('witness', other.name, name)),
        own.replace(name, other.name),
        own,
      ]);
      return [own, signatureLine(body, witness), again];
    });
  }),
  'keys of another under the same names': rewritten((given) => {
    const { log, revision, chance } = given;
    const keys = everybody(log).map((key) => (chance.below(3) === 0 ? key : forgedKey(key)));
    return proofAt(log, revision, sizeFor(given), by(keys));
  }),
  'a signature under the id of a key that did not sign': rewritten((given) => {
    const { log, revision, chance } = given;
    const forgeries = everybody(log).map((key) =>
      chance.below(2) === 0 ? key : { ...forgedKey(key), id: key.id },
    );
    return proofAt(log, revision, sizeFor(given), by(forgeries));
  }),
  'a proof under another revision': ofProof(({ files, name, text, revision, chance }) => {
    files.delete(name);
    files.set(proofName(revision + chance.pick([-2, -1, 1, 2, 3])), text);
  }),
  'another proof beside it': ofProof((given) => {
    const { files, text, log, chance } = given;
    const revision = chance.below(log.leaves.length - 5);
    const other = proofAt(log, revision, log.leaves.length);
    files.set(proofName(revision), chance.pick([other, other, text]));
  }),
  'no proof': ofProof(({ files, name }) => {
    files.delete(name);
  }),
  'a log of his own, of the events as he shows them': ofProof((given) => {
    const [, note] = halves(given.text);
    const borrowed = given.chance.pick(['', note.slice(note.lastIndexOf('\n\n') + 2)]);
    const { log } = given;
    ofOwnLog(given, log.origin, everybody(log).map(forgedKey), borrowed);
  }),
  /** Witnesses cosign the logs of many, and judge none of what is in them. */
  'a log of his own that the true witnesses cosigned': ofProof((given) => {
    const own = strangeKey('log', 'forger.example/orders');
    const asTheTrue = { ...own, name: given.log.log.name, id: given.log.log.id };
    const keys = [given.chance.pick([own, asTheTrue]), ...given.log.witnesses];
    ofOwnLog(given, own.name, keys, '');
  }),
};

/** The only proof is one of a log that holds the events as they stand in the package. */
function ofOwnLog(
  { files, chance }: Given,
  origin: string,
  keys: readonly StrangeKey[],
  borrowed: string,
): void {
  const hashes = hashesIn(files);
  if (hashes.length === 0) return;
  const revision = chance.below(hashes.length);
  const proof = strangeLog(hashes, origin).proof(revision, keys);
  for (const name of [...files.keys()]) if (revisionOf(name) !== null) files.delete(name);
  files.set(proofName(revision), proof + borrowed);
}

/** Of the lines that are read at all. */
function hashesIn(files: Files): readonly string[] {
  const texts = textOf(files, 'events.ndjson').split('\n');
  // The machine has a hash too, which stands before that of the event.
  return texts.flatMap((text) => /.*"hash":"([0-9a-f]{64})"/.exec(text)?.[1] ?? []);
}
