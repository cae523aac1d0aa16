/** Honest packages, of histories in both formats of hashes, whole and redacted. */

import { bundleOf } from '../../src/dispute.ts';
import type { DisputeEvent, RedactionRule } from '../../src/dispute.ts';
import { chainLink, chainStart } from '../../src/history/chain.ts';
import { sha256 } from '../../src/text.ts';
import { aRealOrder, textsOf } from '../../test/evidence/real-order.ts';
import { recordedPackage } from '../../test/evidence/recorded-package.ts';
import { inFormat1, metadataOfFormat1, withoutLink } from '../../test/history/format-1.ts';
import { linesOf } from './draft.ts';
import type { Files } from './draft.ts';
import { sumsOf, listed } from './draft.ts';
import { fieldsIn } from './json.ts';
import type { Fields } from './json.ts';
import type { Truth } from './oracle.ts';
import { proofName, provenRevision, trueLog } from './proofs.ts';

export type Scene = {
  readonly name: string;
  readonly files: Files;
  readonly truth: Truth;
  /** Whether this very version made it, so that all files are derived again. */
  readonly isOurs: boolean;
};

export const ourVersion = '1.2.3';
export const phone = '13800130042';

/** Of the first events in format 1, and of those after them in format 2, as a store that went on. */
export function inBothFormats<T extends DisputeEvent>(
  events: readonly T[],
  from: number,
  randomHex: (bytes: number) => string,
): readonly T[] {
  let prevHash = chainStart;
  return events.map((event, index) => {
    const metadata = withoutLink(event.metadata);
    const linked =
      index < from
        ? metadataOfFormat1(event, prevHash)
        : { ...metadata, ...chainLink({ ...event, metadata }, randomHex, prevHash) };
    prevHash = String(linked['hash']);
    return { ...event, metadata: linked };
  });
}

const redactions: readonly (readonly RedactionRule[])[] = [
  [],
  ['reason'],
  ['phone'],
  ['reason', 'actor', 'card', 'phone'],
];

export async function scenes(randomHex: (bytes: number) => string): Promise<readonly Scene[]> {
  const stored = await aRealOrder(phone);
  const histories = {
    'format 1': inFormat1(stored),
    'format 2': stored,
    'both formats': inBothFormats(stored, 6, randomHex),
  };
  const made: Scene[] = [];
  for (const [format, events] of Object.entries(histories)) {
    for (const redact of redactions) {
      for (const isOurs of [true, false]) {
        const name = `${format}, ${redact.length === 0 ? 'whole' : `without ${redact.join()}`}`;
        const truth = truthOf(events);
        const proofs = [proofOf(truth)];
        const files = await packed(events, redact, isOurs, proofs);
        made.push({ name, isOurs, truth, files });
      }
    }
  }
  const files: Files = recordedPackage('version-1-whole');
  const truth = { lines: linesOf(files), witness: witnessOf(linesOf(files)) };
  // Its manifest was written long before there was a log.
  const proof = [proofName(provenRevision(truth.lines)), proofOf(truth)] as const;
  const old = new Map([...light(files), proof]);
  return [...made, { name: 'a package of version 1', isOurs: false, truth, files: old }];
}

function proofOf({ lines }: Truth): string {
  return trueLog(lines).proof(provenRevision(lines));
}

export function truthOf(events: readonly DisputeEvent[]): Truth {
  const lines = events.map(({ stream, revision, id, type, data, metadata }) => {
    // As it stands in a file.
    const line = JSON.stringify({ stream, revision, id, type, data, metadata });
    return JSON.parse(line) as Fields;
  });
  return { lines, witness: witnessOf(lines) };
}

function witnessOf(lines: readonly Fields[]): Truth['witness'] {
  const { revision, metadata } = lines.at(-1) ?? {};
  // A history of this trial has at least one event, with its hash.
  return {
    revision: revision as number,
    hash: fieldsIn({ metadata: metadata ?? null }, 'metadata')['hash'] as string,
  };
}

export async function packed(
  events: readonly DisputeEvent[],
  redact: readonly RedactionRule[],
  isOurs: boolean,
  proofs: readonly string[] = [],
): Promise<Files> {
  const body = textsOf(phone).noticeBody;
  const files = await bundleOf(events, {
    ...{ exporter: 'auditor', exportedAt: '2026-11-24T00:00:00.000Z', faults: [], redact },
    proofs,
    module: { name: 'payment-order-machine', version: isOurs ? ourVersion : '9.9.9' },
    notices: redact.length === 0 ? new Map([[sha256(body), body]]) : undefined,
  });
  return isOurs ? new Map(files) : light(new Map(files));
}

/** Another version may derive whatever it likes: little is read faster, and 20,000 are read. */
function light(files: Files): Files {
  const manifest = JSON.parse(String(files.get('manifest.json'))) as Fields;
  const verifiers = ['verify.html', 'verify.mjs', 'verify-log.html', 'verify-log.mjs'];
  for (const name of [...verifiers, 'report.html', 'replay.json', 'diagram.dot']) {
    if (files.has(name)) files.set(name, `of another version: ${name}`);
  }
  const names = [...files.keys()].filter((name) => !['manifest.json', 'SHA256SUMS'].includes(name));
  manifest['files'] = names.map((name) => listed(name, files));
  files.set('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  return files.set('SHA256SUMS', sumsOf(files));
}
