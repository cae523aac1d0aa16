import { make } from './dom.js';
import { isInLog, proofIn, standingOf, trustIn } from './log.js';
import { filled, inert } from './words.js';

/** @import { ReportData } from '../report-data.ts' */
/** @import { Integrity } from './integrity.js' */
/** @import { LogProof, Standing } from './log-types.ts' */
/** @import { View } from './main.js' */
/**
 * What the proof from the log says of the events that this page shows. `at` counts them from 0: it is
 * the place of the one that the checkpoint holds.
 *
 * @typedef {{ kind: 'impossible' } |
 *   { kind: 'altered', fault: keyof ReportData['words']['en']['logFaults'], key?: string } |
 *   { kind: 'unchecked', at: number, proof: LogProof } |
 *   { kind: 'short' | 'claimed' | 'witnessed', at: number, proof: LogProof, standing: Standing }} LogAnswer
 */

/**
 * Looks for the shown event that the proof proves, and checks who signed the checkpoint.
 *
 * @param {ReportData} data
 * @param {Integrity} integrity
 * @returns {Promise<LogAnswer>}
 */
export async function checkLog({ log, entries }, integrity) {
  if (log === null || integrity.kind === 'impossible') return { kind: 'impossible' };
  try {
    const proof = proofIn(log.proof);
    const at = await placeOfProven(proof, entries);
    if (at === -1) return { kind: 'altered', fault: 'not-included' };
    const isAltered = integrity.faults.some((fault) => fault.at === null || fault.at <= at);
    if (isAltered) return { kind: 'altered', fault: 'record-altered' };
    const standing = log.trust === null ? null : await standingOf(proof, await trustIn(log.trust));
    if (standing === null) return { kind: 'unchecked', at, proof };
    const [key] = standing.wrong;
    if (key !== undefined) return { kind: 'altered', fault: 'wrong-signature', key };
    if (!standing.isEnough) return { kind: 'short', at, proof, standing };
    const isWitnessed = standing.witnesses.length > 0;
    return { kind: isWitnessed ? 'witnessed' : 'claimed', at, proof, standing };
  } catch {
    // `log.js` throws for what is not as described.
    return { kind: 'altered', fault: 'proof-unreadable' };
  }
}

/**
 * The place of the newest event that the checkpoint holds where the proof says; -1 if it holds none.
 *
 * @param {LogProof} proof
 * @param {ReportData['entries']} entries
 */
async function placeOfProven(proof, entries) {
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const hash = entries[at]?.event.metadata['hash'];
    if (typeof hash !== 'string') continue;
    if (/^[0-9a-f]{64}$/.test(hash) && (await isInLog(hash, proof))) return at;
  }
  return -1;
}

/**
 * Shows what the log says. Until that was checked, it claims nothing.
 *
 * @param {View} view
 * @returns {HTMLElement}
 */
export function logBadge({ log, words, language, data }) {
  const kind = log?.kind ?? 'checking';
  const lines = log === null ? [] : linesOf(log, data.entries, words);
  const values = {
    events: log !== null && 'at' in log ? log.at + 1 : 0,
    names: log === null ? '' : listed(namesIn(log), language),
  };
  return make(
    'div',
    { class: `log-badge ${kind}`, role: 'status', 'data-log': kind },
    make('strong', {}, filled(words.log[kind], values)),
    lines.length === 0 ? null : make('ul', {}, ...lines),
  );
}

/**
 * Those whom the headline names: of a checkpoint that nobody checked, the names that stand there.
 *
 * @param {LogAnswer} log
 */
function namesIn(log) {
  if (log.kind === 'unchecked') return log.proof.signatures.map(({ name }) => name);
  return 'standing' in log ? log.standing.witnesses.map(({ name }) => name) : [];
}

/**
 * @param {readonly string[]} names
 * @param {View['language']} language
 */
function listed(names, language) {
  return new Intl.ListFormat(language).format([...new Set(names.map(inert))]);
}

/**
 * @param {LogAnswer} log
 * @param {ReportData['entries']} entries
 * @param {View['words']} words
 * @returns {readonly HTMLElement[]}
 */
function linesOf(log, entries, words) {
  if (log.kind === 'impossible') return [];
  if (log.kind === 'altered') return [line(words.logFaults[log.fault], log.key)];
  const { at, proof } = log;
  const { logLines } = words;
  const [from = '', to = ''] = [at + 1, entries.length - 1].map(
    (place) => entries[place]?.event.revision,
  );
  const later = from === '' ? 'allCovered' : from === to ? 'oneUnwitnessed' : 'unwitnessed';
  const place = [
    line(filled(logLines.checkpoint, { origin: inert(proof.origin), size: proof.size })),
    line(filled(logLines[later], { from, to })),
  ];
  if (log.kind === 'unchecked') return place;
  const { logs, witnesses } = log.standing;
  return [
    ...logs.map((key) => line(logLines.log, key)),
    ...witnesses.map(({ vkey, at: time }) =>
      line(filled(logLines.witness, { time: timeText(time) }), vkey),
    ),
    line(logLines.compare),
    ...place,
  ];
}

/**
 * @param {string} text
 * @param {string} [key] in letters that can be told apart, for its reader is to compare it
 */
function line(text, key) {
  return make('li', {}, text, key === undefined ? null : make('code', {}, inert(key)));
}

/** @param {string} instant ISO 8601 in UTC */
function timeText(instant) {
  const shown = (/** @type {number} */ ms) =>
    new Date(ms).toISOString().replace('T', ' ').replace('.000Z', '');
  // China has no daylight saving time.
  const shanghai = shown(Date.parse(instant) + 8 * 3_600_000);
  return `${shown(Date.parse(instant))} UTC / ${shanghai} Asia/Shanghai`;
}
