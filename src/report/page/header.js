import { make, revisionLink, section } from './dom.js';
import { logBadge } from './log-badge.js';
import { proseNodes, timeElement } from './times.js';
import { filled } from './words.js';

/** @import { Finding, ReportData } from '../report-data.ts' */
/** @import { Integrity, IntegrityFault } from './integrity.js' */
/** @import { View } from './main.js' */

/**
 * The order's state, amount and anomalies, and whether the record is unaltered.
 *
 * @param {View} view
 * @returns {HTMLElement}
 */
export function headerPart(view) {
  const { data, words, language } = view;
  const { labels } = words;
  const { header, entries, generatedAt } = data;
  const last = entries.at(-1);
  const state = view.stateName(header.state);
  const anomalies = header.anomalies.map(({ number, code, meaning, standing, whatToDo, at }) =>
    make(
      'li',
      { class: standing },
      revisionLink(entries[at]?.event.revision ?? 0),
      ` ${number} ${code}: ${meaning[language]} (${words[standing]})`,
      standing === 'open' ? make('small', {}, whatToDo[language]) : null,
    ),
  );
  const hash =
    last === undefined
      ? words.none
      : `${last.event.revision}:${String(last.event.metadata['hash'])}`;
  return make(
    'dl',
    { class: 'facts' },
    fact(
      labels.state,
      make('strong', { class: header.isInDoubt ? 'state doubt' : 'state' }, state),
    ),
    fact(labels.amount, header.expected ?? words.none),
    fact(labels.received, receivedText(view)),
    ...(header.refunded.length === 0
      ? []
      : [fact(labels.refunded, (header.refundedInAll ?? [words.unknownAmount]).join(', '))]),
    fact(labels.processBill, header.processBillNo || words.none),
    fact(labels.events, String(entries.length)),
    fact(labels.anomalies, anomaliesOf(view, anomalies)),
    ...(generatedAt === null ? [] : [fact(labels.generated, timeElement(view, generatedAt))]),
    fact(labels.integrity, badge(view)),
    ...(data.log === null ? [] : [fact(labels.log, logBadge(view))]),
    fact(
      labels.witness,
      make('span', {}, make('code', {}, hash), make('small', {}, words.witnessNote)),
    ),
  );
}

/** @param {View} view */
function receivedText({ data: { header }, words }) {
  if (header.receivedInAll === null) return words.unknownAmount;
  return header.receivedInAll.length === 0 ? words.nothing : header.receivedInAll.join(', ');
}

/**
 * @param {View} view
 * @param {readonly HTMLElement[]} anomalies
 */
function anomaliesOf({ data: { header }, words }, anomalies) {
  const { notKnownFrom } = header;
  if (anomalies.length === 0 && notKnownFrom === null) return words.noAnomaly;
  const values = { revision: notKnownFrom ?? '' };
  const rest = notKnownFrom === null ? [] : [make('li', {}, filled(words.notKnownFrom, values))];
  return make('ul', { class: 'anomalies' }, ...anomalies, ...rest);
}

/**
 * @param {string} label
 * @param {string | HTMLElement} content
 */
function fact(label, content) {
  return make('div', {}, make('dt', {}, label), make('dd', {}, content));
}

/**
 * Shows the result of the integrity check. Until the check has run, it claims nothing.
 *
 * @param {View} view
 * @returns {HTMLElement}
 */
export function badge({ integrity, words, data }) {
  const kind = badgeKind(integrity);
  const faults = integrity?.kind === 'checked' ? integrity.faults : [];
  const text = filled(words.integrity[kind], {
    events: data.entries.length,
    withheld: integrity?.kind === 'checked' ? integrity.withheld : 0,
    faults: faults.length,
  });
  const shown = faults
    .slice(0, 20)
    .map((fault) => make('li', {}, ...faultLine(fault, words, data)));
  return make(
    'div',
    { class: `integrity ${kind}`, role: 'status', 'data-integrity': kind },
    make('strong', {}, text),
    shown.length === 0 ? null : make('ul', {}, ...shown),
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
 * @param {IntegrityFault} fault
 * @param {View['words']} words
 * @param {ReportData} data
 */
function faultLine({ code, at, expected }, words, data) {
  const revision = at === null ? undefined : data.entries[at]?.event.revision;
  const values = { revision: revision ?? '', expected: expected ?? '' };
  const text = filled(words.faults[code], values);
  return revision === undefined ? [text] : [text, ' ', revisionLink(revision)];
}

/**
 * The questions of a dispute, each with its answers.
 *
 * @param {View} view
 * @returns {HTMLElement}
 */
export function findingsPart(view) {
  const { data, words } = view;
  const findings = data.findings.map((finding) => findingPart(view, finding));
  return section('findings', words.headings.findings, make('dl', {}, ...findings));
}

const shownAnswers = 6;

/**
 * @param {View} view
 * @param {Finding} finding
 */
function findingPart(view, { question, answers }) {
  const { words } = view;
  const empty = {
    who: words.noRequest,
    order: words.noCall,
    answer: words.noCall,
    knew: words.noMoney,
    override: words.noOverride,
    complete: '',
  };
  const lines = answers.slice(0, shownAnswers).map((answer) => answerLine(view, answer));
  const answered =
    question === 'complete'
      ? make('div', {}, badge(view))
      : lines.length === 0
        ? make('p', {}, empty[question])
        : make('ul', {}, ...lines);
  const more = answers.length > shownAnswers ? restOf(view, answers.slice(shownAnswers)) : null;
  return make('div', {}, make('dt', {}, words.questions[question]), make('dd', {}, answered, more));
}

/**
 * The answers after the first ones, drawn when the reader opens them.
 *
 * @param {View} view
 * @param {Finding['answers']} answers
 */
function restOf(view, answers) {
  const list = make('ul', {});
  const rest = make('details', {}, make('summary', {}, `+ ${answers.length}`), list);
  rest.addEventListener('toggle', () => {
    list.replaceChildren(...answers.map((answer) => answerLine(view, answer)));
  });
  return rest;
}

/**
 * @param {View} view
 * @param {Finding['answers'][number]} answer
 */
function answerLine(view, { text, at }) {
  const { language, data } = view;
  const revision = at === null ? undefined : data.entries[at]?.event.revision;
  const link = revision === undefined ? null : revisionLink(revision);
  return make('li', {}, ...proseNodes(view, text[language]), ' ', link);
}
