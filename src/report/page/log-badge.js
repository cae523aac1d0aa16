import { make } from './dom.js';
import { isInLog, proofIn, standingOf, trustIn } from './log.js';
import { datedTimeElement } from './times.js';
import { filled, inert } from './words.js';

/** @import { Child } from './dom.js' */
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
 * What the log says, in a sentence. Until that was checked, it claims nothing.
 *
 * @param {View} view
 * @returns {HTMLElement}
 */
export function logHeadline({ log, words, language, data }) {
  const kind = log?.kind ?? 'checking';
  const values = {
    events: log !== null && 'at' in log ? log.at + 1 : 0,
    names: log === null ? '' : listed(namesIn(log), language),
  };
  return make(
    'div',
    { class: `log-badge ${kind}`, role: 'status', 'data-log': kind },
    make('strong', {}, filled(words.log[kind], values)),
    ...(log === null ? [] : restOf(log, data.entries, words)),
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
 * What is wrong, or which events came after the checkpoint.
 *
 * @param {LogAnswer} log
 * @param {ReportData['entries']} entries
 * @param {View['words']} words
 * @returns {readonly Child[]}
 */
function restOf(log, entries, { logLines, logFaults }) {
  if (log.kind === 'impossible') return [];
  if (log.kind === 'altered') return [' ', logFaults[log.fault], keyOf(log.key)];
  const [from = '', to = ''] = [log.at + 1, entries.length - 1].map(
    (place) => entries[place]?.event.revision,
  );
  const later = from === '' ? 'allCovered' : from === to ? 'oneUnwitnessed' : 'unwitnessed';
  return [' ', filled(logLines[later], { from, to })];
}

/**
 * What a reader compares: the keys, and the checkpoint that they signed.
 *
 * @param {View} view
 * @returns {readonly HTMLElement[]}
 */
export function logLines(view) {
  const { log, words } = view;
  if (log === null || log.kind === 'impossible' || log.kind === 'altered') return [];
  const { origin, size } = log.proof;
  const place = make('li', {}, filled(words.logLines.checkpoint, { origin: inert(origin), size }));
  if (log.kind === 'unchecked') return [make('ul', {}, place)];
  const { logs, witnesses } = log.standing;
  const { log: owner, compare } = words.logLines;
  const lines = [
    ...logs.map((key) => make('li', {}, owner, keyOf(key))),
    ...witnesses.map(({ vkey, at }) => make('li', {}, ...cosigned(view, at), keyOf(vkey))),
    make('li', {}, compare),
    place,
  ];
  return [make('ul', {}, ...lines)];
}

/**
 * @param {View} view
 * @param {string} at
 */
function cosigned(view, at) {
  const [before = '', after = ''] = view.words.logLines.witness.split('{time}');
  return [before, datedTimeElement(view, at), after];
}

/** @param {string} [key] in letters that can be told apart, for its reader is to compare it */
function keyOf(key) {
  return key === undefined ? null : make('code', {}, inert(key));
}
