import { chainFaults, sha256 } from './chain.js';

/** @import { ReportData } from '../report-data.ts' */
/**
 * Those that `verify` finds too have the same code there.
 *
 * @typedef {keyof ReportData['words']['en']['faults']} FaultCode
 * @typedef {{ code: FaultCode, at: number | null, expected?: number }} IntegrityFault
 * @typedef {{ kind: 'impossible' } | { kind: 'checked', faults: IntegrityFault[], withheld: number }}
 *   Integrity
 */

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
  for await (const fault of chainFaults(data.entries.map(({ event }) => event))) faults.push(fault);
  const withheld = data.entries.flatMap((entry) => entry.withheld).length;
  return { kind: 'checked', faults, withheld };
}
