import { make, revisionLink } from './dom.js';
import { logHeadline, logLines } from './log-badge.js';
import { foldedPart, openFolded } from './printing.js';
import { beginningOf } from './statements.js';
import { datedTimeElement } from './times.js';
import { filled } from './words.js';

/** @import { Integrity, IntegrityFault } from './integrity.js' */
/** @import { View } from './main.js' */

/**
 * What is proven, and by whom: a line, and what a reader compares with, folded.
 *
 * @param {View} view
 * @param {boolean} isOpen
 * @returns {HTMLElement}
 */
export function recordPart(view, isOpen = false) {
  const { data, words } = view;
  const compared = foldedPart(
    data.log === null ? words.hash : words.hashAndKeys,
    () => [witness(view), ...logLines(view)],
    { class: 'more' },
  );
  if (isOpen) openFolded(compared);
  return make(
    'div',
    { class: 'record', 'data-record': '' },
    badge(view),
    data.log === null ? unvouched(view) : logHeadline(view),
    compared,
    data.generatedAt === null
      ? null
      : make('small', {}, `${words.labels.generated} `, datedTimeElement(view, data.generatedAt)),
  );
}

/**
 * A good result is the page's own; a bad one needs no such note.
 *
 * @param {View} view
 */
function unvouched({ integrity, words }) {
  const isGood = integrity?.kind === 'checked' && integrity.faults.length === 0;
  return isGood ? make('span', { class: 'unvouched' }, words.unvouched) : null;
}

/** @param {View} view */
function witness({ data, words }) {
  const last = data.entries.at(-1);
  const hash =
    last === undefined
      ? words.none
      : `${last.event.revision}:${String(last.event.metadata['hash'])}`;
  return make(
    'p',
    { class: 'witness' },
    `${words.labels.witness} `,
    make('code', {}, hash),
    make('small', {}, words.witnessNote),
  );
}

/**
 * Shows the result of the integrity check. Until the check has run, it claims nothing.
 *
 * @param {View} view
 * @returns {HTMLElement}
 */
export function badge(view) {
  const { integrity, words, data } = view;
  const kind = badgeKind(integrity);
  const faults = integrity?.kind === 'checked' ? integrity.faults : [];
  const text = filled(words.integrity[kind], {
    events: data.entries.length,
    withheld: integrity?.kind === 'checked' ? integrity.withheld : 0,
    faults: faults.length,
  });
  const lines = beginningOf(view, faults, 2, (fault) => make('li', {}, ...faultLine(view, fault)));
  return make(
    'div',
    { class: `integrity ${kind}`, role: 'status', 'data-integrity': kind },
    make('strong', {}, text),
    faults.length === 0 ? null : lines,
  );
}

/**
 * @param {Integrity | null} integrity
 * @returns {'checking' | 'impossible' | 'altered' | 'withheld' | 'intact'}
 */
function badgeKind(integrity) {
  if (integrity === null) return 'checking';
  if (integrity.kind === 'impossible') return 'impossible';
  if (integrity.faults.length > 0) return 'altered';
  return integrity.withheld > 0 ? 'withheld' : 'intact';
}

/**
 * @param {View} view
 * @param {IntegrityFault} fault
 */
function faultLine({ words, data }, { code, at, expected }) {
  const revision = at === null ? undefined : data.entries[at]?.event.revision;
  const values = { revision: revision ?? '', expected: expected ?? '' };
  const text = filled(words.faults[code], values);
  return revision === undefined ? [text] : [text, ' ', revisionLink(revision)];
}
