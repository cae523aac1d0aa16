import { canonicalJson, sha256 } from './canonical-json.js';

/** @import { ReportData, ReportEntry } from '../report-data.ts' */
/**
 * Those that `verify` finds too have the same code there.
 *
 * @typedef {keyof ReportData['words']['en']['faults']} FaultCode
 * @typedef {{ code: FaultCode, at: number | null, expected?: number }} IntegrityFault
 * @typedef {{ kind: 'impossible' } | { kind: 'checked', faults: IntegrityFault[], withheld: number }}
 *   Integrity
 */

const chainStart = '0'.repeat(64);

/**
 * Recomputes every hash: of this page's content, and of every event in the chain. It repeats what
 * `verify` does, because the page must be able to verify without the module.
 *
 * @param {ReportData} data
 * @param {string} text the content as it stands in the file
 * @param {string} expected its SHA-256 as it was written
 * @returns {Promise<Integrity>}
 */
export async function checkIntegrity(data, text, expected) {
  // Some viewers of mail and files offer no cryptography. Then the page claims nothing.
  if (!('crypto' in globalThis) || !('subtle' in crypto)) return { kind: 'impossible' };
  /** @type {IntegrityFault[]} */
  const faults = [];
  if ((await sha256(text)) !== expected) faults.push({ code: 'content-altered', at: null });
  let prevHash = chainStart;
  for (const [at, entry] of data.entries.entries()) {
    const { revision, stream, metadata } = entry.event;
    if (revision !== at) faults.push({ code: 'not-contiguous', at, expected: at });
    if (stream !== data.entries[0]?.event.stream) faults.push({ code: 'other-stream', at });
    if (metadata['prevHash'] !== prevHash) faults.push({ code: 'chain-broken', at });
    try {
      for (const code of await eventFaults(entry)) faults.push({ code, at });
    } catch {
      faults.push({ code: 'unreadable', at });
    }
    prevHash = String(metadata['hash']);
  }
  const withheld = data.entries.filter((entry) => entry.withheld.length > 0).length;
  return { kind: 'checked', faults, withheld };
}

/**
 * @param {ReportEntry} entry
 * @returns {Promise<FaultCode[]>}
 */
async function eventFaults({ event, withheld }) {
  const { stream, revision, id, type, data } = event;
  const { salt, dataHash, metadataHash, prevHash, hash, ...metadata } = event.metadata;
  /** @type {FaultCode[]} */
  const faults = [];
  const link = { stream, revision, id, type, prevHash, dataHash, metadataHash };
  const [dataNow, metadataNow, linkNow] = await Promise.all(
    [{ salt, data }, metadata, link].map((part) => sha256(canonicalJson(part))),
  );
  if (dataNow !== dataHash && !withheld.includes('data')) faults.push('data-altered');
  if (metadataNow !== metadataHash && !withheld.includes('metadata'))
    faults.push('metadata-altered');
  if (linkNow !== hash) faults.push('link-altered');
  return faults;
}
