/**
 * Verifies where an evidence package of payment-order-machine stands in the log over all orders, without
 * that program. It was written from the descriptions of C2SP (c2sp.org) alone. It takes an event's hash
 * as it stands: that the events up to it have this hash is for verify.mjs to prove.
 *
 * A copy inside a package is a convenience: a forger of the package could have forged it too. Take one
 * from the npm package (dist/verifier) and compare its SHA-256 with the one in docs/evidence.md.
 * 证据包中附带的这一份仅为方便：能伪造证据包的人，也能伪造它。请另从 npm 包取得，并核对 SHA-256。
 *
 *   node verify-log.mjs DIRECTORY [--trust FILE]
 * FILE (C2SP tlog-policy) holds the keys that you trust; none of the package is. Exit code 0: as many as
 * FILE asks for signed; without FILE, nobody vouches. 3: not so, or not in the log. 2: wrong usage.
 */

import { isInLog, proofIn, standingOf } from '../../report/page/log.js';

/** @import { EventLine, HashAt, LogVerdict, ReadUpTo, TextIn, VerifyLog } from './types.ts' */

/** @type {VerifyLog} */
export async function verifyLog(given, trust) {
  const files = new Map(given.map((file) => [file.name, file]));
  /** What is missing, no plain file, too large or unreadable counts as empty. @type {ReadUpTo} */
  async function read(name, limit) {
    const { size = NaN, read: whole } = files.get(name) ?? {};
    return (size <= limit ? await whole?.().catch(() => null) : null) ?? new Uint8Array();
  }
  const events = await read('events.ndjson', 512 * 1024 * 1024);
  const names = [...files.keys()].filter((name) => name.endsWith('.tlog-proof'));
  const isFew = names.length > 0 && names.length <= 16;
  const faults = isFew ? [] : [`${names.length} files end in .tlog-proof`];
  /** @type {LogVerdict['places'][number][]} */
  const places = [];
  for (const name of names.slice(0, 16)) {
    try {
      const at = Number(/^revision-(0|[1-9]\d{0,3})\.tlog-proof$/.exec(name)?.[1]);
      const proof = proofIn(textIn(await read(name, 64 * 1024)));
      const hash = hashAt(events, at);
      if (!(await isInLog(hash, proof))) throw new Error(`it does not prove ${at}:${hash}`);
      const standing = trust && (await standingOf(proof, trust));
      places.push({ revision: at, hash, proof, standing });
    } catch (error) {
      faults.push(`${name}: ${String(error)}`);
    }
  }
  places.sort((one, other) => one.revision - other.revision);
  return { faults, places };
}

/** @type {TextIn} */
export function textIn(bytes) {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** The event of revision 0 stands on the first line. @type {HashAt} */
function hashAt(events, revision) {
  let from = 0;
  for (let line = 0; line < revision; line += 1) from = events.indexOf(0x0a, from) + 1 || Infinity;
  const line = events.subarray(from, events.indexOf(0x0a, from));
  const text = line.length <= 1024 * 1024 ? textIn(line) : '';
  /** @type {unknown} */
  const event = JSON.parse(text);
  const { revision: found, metadata } = /** @type {EventLine} */ (event);
  const hash = typeof metadata.hash === 'string' ? metadata.hash : '';
  if (found !== revision || !/^[0-9a-f]{64}$/.test(hash)) throw new Error('no such event');
  return hash;
}
