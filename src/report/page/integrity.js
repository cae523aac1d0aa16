import { canonicalJson, sha256 } from './canonical-json.js';

/** @import { ReportData, ReportEntry } from '../report-data.ts' */
/**
 * @typedef {'dataAltered' | 'metadataAltered' | 'linkAltered' | 'chainBroken' | 'notContiguous'
 *   | 'otherStream' | 'unreadable' | 'contentAltered'} FaultName
 * @typedef {{ name: FaultName, at: number | null, expected?: number }} IntegrityFault
 * @typedef {{ kind: 'impossible' } | { kind: 'checked', faults: IntegrityFault[], withheld: number }}
 *   Integrity
 */

const chainStart = '0'.repeat(64);

/**
 * Hashes everything again: this page's content, and every event in the chain.
 *
 * @param {ReportData} data
 * @param {string} text the content as it stands in the file
 * @param {string} expected its SHA-256 as it was written
 * @returns {Promise<Integrity>}
 */
export async function checkIntegrity(data, text, expected) {
  // Some viewers of mail and files offer no cryptography; then nothing is claimed.
  if (!('crypto' in globalThis) || !('subtle' in crypto)) return { kind: 'impossible' };
  /** @type {IntegrityFault[]} */
  const faults = [];
  if ((await sha256(text)) !== expected) faults.push({ name: 'contentAltered', at: null });
  let prevHash = chainStart;
  for (const [at, entry] of data.entries.entries()) {
    const { revision, stream, metadata } = entry.event;
    if (revision !== at) faults.push({ name: 'notContiguous', at, expected: at });
    if (stream !== data.entries[0]?.event.stream) faults.push({ name: 'otherStream', at });
    if (metadata['prevHash'] !== prevHash) faults.push({ name: 'chainBroken', at });
    try {
      for (const name of await eventFaults(entry)) faults.push({ name, at });
    } catch {
      faults.push({ name: 'unreadable', at });
    }
    prevHash = String(metadata['hash']);
  }
  const withheld = data.entries.filter((entry) => entry.withheld.length > 0).length;
  return { kind: 'checked', faults, withheld };
}

/**
 * @param {ReportEntry} entry
 * @returns {Promise<FaultName[]>}
 */
async function eventFaults({ event, withheld }) {
  const { stream, revision, id, type, data } = event;
  const { salt, dataHash, metadataHash, prevHash, hash, ...metadata } = event.metadata;
  /** @type {FaultName[]} */
  const faults = [];
  const link = { stream, revision, id, type, prevHash, dataHash, metadataHash };
  const [dataNow, metadataNow, linkNow] = await Promise.all(
    [{ salt, data }, metadata, link].map((part) => sha256(canonicalJson(part))),
  );
  if (dataNow !== dataHash && !withheld.includes('data')) faults.push('dataAltered');
  if (metadataNow !== metadataHash && !withheld.includes('metadata'))
    faults.push('metadataAltered');
  if (linkNow !== hash) faults.push('linkAltered');
  return faults;
}
