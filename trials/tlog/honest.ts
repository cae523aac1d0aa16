/**
 * A store whose log was signed at two sizes and grew, with a witness that cosigned both. All that its
 * log says is compared with what `reference.ts` works out from the events alone.
 */

import { createHash } from 'node:crypto';
import { orderNoOf } from '../../src/history/event.ts';
import { parseAddCheckpoint } from '../../src/tlog/c2sp/add-checkpoint.ts';
import { parseCheckpoint } from '../../src/tlog/c2sp/checkpoint.ts';
import { newSigningKey } from '../../src/tlog/c2sp/keys.ts';
import type { SigningKeyFile } from '../../src/tlog/c2sp/keys.ts';
import { noteOf } from '../../src/tlog/c2sp/note.ts';
import { parseProof } from '../../src/tlog/c2sp/proof-file.ts';
import { newestStored, storeCheckpoint } from '../../src/tlog/stored.ts';
import type { SignedCheckpoint } from '../../src/tlog/types.ts';
import { Witness } from '../../src/tlog/witness/witness.ts';
import type { WitnessState } from '../../src/tlog/witness/state.ts';
import type { LogEvent, Luck } from './history.ts';
import { Writer } from './history.ts';
import { pathOf, proofOf, rootOf } from './reference.ts';
import type { Entries } from './reference.ts';
import { opened } from './stores.ts';
import type { Opened, StoreKind } from './stores.ts';

export type Problems = string[];

export type Honest = Opened & {
  readonly log: readonly LogEvent[];
  readonly entries: Entries;
  readonly key: SigningKeyFile;
  /** What a reader trusts: the log's key, and the witness. */
  readonly trust: string;
  /** With one witness more, who never signed, and must have. */
  readonly trustOfTwo: string;
  readonly witness: Witness;
  /** The sizes that were signed, and the cosigned notes. */
  readonly signed: readonly { readonly size: number; readonly note: string }[];
};

/** The 32 bytes of each event, worked out apart from the code that is tried. */
export function entriesOf(log: readonly LogEvent[]): Entries {
  const counts = new Map<string, number>();
  return log.map(({ stream, id, type, metadata }) => {
    const revision = counts.get(stream) ?? 0;
    counts.set(stream, revision + 1);
    const { hash } = metadata;
    if (typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)) return Buffer.from(hash, 'hex');
    const place = JSON.stringify({ id, revision, stream, type });
    return createHash('sha256').update(place).digest();
  });
}

export async function honestLog(
  log: readonly LogEvent[],
  setting: { readonly kind: StoreKind; readonly directory: string; readonly state: WitnessState },
  luck: Luck,
  problems: Problems,
): Promise<Honest> {
  const { runtime } = luck;
  const here = await opened(setting.kind, `${setting.directory}/honest`, runtime);
  const [key, own] = [aKey('log', luck), aKey('witness', luck)];
  const witness = new Witness({
    ...{
      key: own.key,
      logs: [key.key],
      state: setting.state,
      runtime,
      onError: (error) => problems.push(String(error)),
    },
  });
  const trusted = `log ${key.key.vkey}\nwitness w ${own.key.vkey}\n`;
  const trust = `${trusted}quorum w\n`;
  const { vkey } = aKey('witness', luck).key;
  const trustOfTwo = `${trusted}witness v ${vkey}\ngroup both all v w\nquorum both\n`;
  const sizes = [luck.below(log.length), 1 + luck.below(log.length)].toSorted((a, b) => a - b);
  const entries = entriesOf(log);
  const writer = new Writer(here.store, luck);
  const tlog = here.orders.transparencyLog();
  const signed: { size: number; note: string }[] = [];
  let written = 0;
  for (const size of sizes) {
    await writer.write(log.slice(written, size));
    written = size;
    const found = await tlog.checkpoint({ key: key.text });
    problems.push(...wrongIn(found, size, entries));
    const old = signed.at(-1);
    const body = await tlog.consistency(old?.note ?? 0, found.note);
    problems.push(...wrongInConsistency(body, old?.size ?? 0, size, entries));
    const answer = await witness.addCheckpoint(Buffer.from(body));
    if (answer.status !== 200) problems.push(`the witness answered the owner by ${answer.status}`);
    const note = cosigned(found.note, answer.body);
    // As it is stored where the process asks the witness itself.
    await storeCheckpoint(here.store, runtime, note, await newestStored(here.store));
    signed.push({ size, note });
  }
  await writer.write(log.slice(written));
  return { ...here, log, entries, key, trust, trustOfTwo, witness, signed };
}

function aKey(kind: 'log' | 'witness', luck: Luck): SigningKeyFile {
  return newSigningKey(kind, `trial-${kind}-${luck.hex(8)}`, Buffer.from(luck.hex(32), 'hex'));
}

function cosigned(note: string, line: string): string {
  const { note: parsed } = parseCheckpoint(note);
  const lines = parsed.signatures.map((signature) => signature.line);
  return noteOf(parsed.text, [...lines, line.trimEnd()]);
}

/** The grown store verifies against each checkpoint, and proves what each covers. */
export async function checkHonest(honest: Honest, luck: Luck, problems: Problems): Promise<void> {
  const { orders, entries, signed, trust, trustOfTwo, log } = honest;
  const tlog = orders.transparencyLog();
  for (const { size, note } of signed) {
    const found = await tlog.verify({ checkpoint: note, trust });
    if (!found.ok || !found.vouched || found.faults.length > 0 || found.size !== entries.length) {
      problems.push(`the store does not verify at ${size}: ${JSON.stringify(found)}`);
    }
    const { vouched, faults } = await tlog.verify({ checkpoint: note, trust: trustOfTwo });
    if (vouched || faults.map(({ code }) => code).join() !== 'not-vouched') {
      problems.push(`one witness counts for two: ${JSON.stringify(faults)}`);
    }
    const alone = await tlog.verify({ checkpoint: note });
    if (!alone.ok || alone.vouched) problems.push('without trust, somebody vouches');
    if (size === 0) continue;
    const index = luck.below(size);
    const event = log[index];
    if (event === undefined) continue;
    const { stream } = event;
    const revision = log.slice(0, index).filter((other) => other.stream === stream).length;
    const proof = parseProof(await tlog.proof(orderNoOf(stream), { revision, checkpoint: note }));
    const expected = pathOf(index, entries.slice(0, size));
    if (proof.index !== index || !areSame(proof.proof, expected)) {
      problems.push(`the proof of event ${index} of ${size} differs`);
    }
  }
}

function wrongIn(found: SignedCheckpoint, size: number, entries: Entries): readonly string[] {
  const root = rootOf(entries.slice(0, size)).toString('hex');
  if (found.size === size && found.root === root) return [];
  return [
    `signed are ${found.size} events with root ${found.root} in place of ${size} with ${root}`,
  ];
}

function wrongInConsistency(
  body: string,
  oldSize: number,
  size: number,
  entries: Entries,
): readonly string[] {
  const found = parseAddCheckpoint(body);
  const expected = proofOf(oldSize, entries.slice(0, size));
  const isSame = found.oldSize === oldSize && areSame(found.proof, expected);
  return isSame ? [] : [`the proof from ${oldSize} to ${size} differs`];
}

function areSame(found: Entries, expected: Entries): boolean {
  const hexOf = (hashes: Entries) => hashes.map((hash) => Buffer.from(hash).toString('hex')).join();
  return hexOf(found) === hexOf(expected);
}
