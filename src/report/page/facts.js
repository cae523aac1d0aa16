import { make, revisionLink } from './dom.js';
import { zoneName } from './header.js';
import { foldedPart } from './printing.js';
import { recordPart } from './record.js';
import { beginningOf } from './statements.js';
import { datedTimeElement } from './times.js';
import { filled } from './words.js';

/** @import { Child } from './dom.js' */
/** @import { ReportHeader, ReportMoney } from '../report-data.ts' */
/** @import { View } from './main.js' */

/**
 * The order's money, state and times, what contradicts itself, and what is proven.
 *
 * @param {View} view
 * @returns {HTMLElement}
 */
export function factsPart(view) {
  const { data, words } = view;
  const { labels } = words;
  const { header } = data;
  const isClean = header.anomalies.length === 0 && header.notKnownFrom === null;
  return make(
    'dl',
    { class: 'facts' },
    fact(labels.state, ...stateOf(view)),
    fact(labels.amount, header.expected ?? words.none),
    fact(labels.received, moneyOf(view, header.received, header.receivedInAll)),
    fact(labels.refunded, moneyOf(view, header.refunded, header.refundedInAll)),
    isClean ? fact(labels.anomalies, header.isRead ? words.noAnomaly : words.notRead) : null,
    fact(labels.lasted, ...spanOf(view)),
    ...(header.gateway === null ? [] : [fact(labels.account, header.gateway)]),
    fact(labels.processBill, header.processBillNo || words.none),
    isClean ? null : wideFact(labels.anomalies, anomaliesOf(view)),
    wideFact(labels.integrity, recordPart(view)),
  );
}

/**
 * @param {string} label
 * @param {...Child} content
 */
function fact(label, ...content) {
  return make('div', {}, make('dt', {}, label), make('dd', {}, ...content));
}

/**
 * @param {string} label
 * @param {HTMLElement} content
 */
function wideFact(label, content) {
  return make('div', { class: 'wide' }, make('dt', {}, label), make('dd', {}, content));
}

/** @param {View} view */
function stateOf(view) {
  const { state, isInDoubt } = view.data.header;
  const name = view.stateName(state);
  return [
    make('strong', { class: isInDoubt ? 'state doubt' : 'state' }, name),
    ...(name === state ? [] : [' ', make('code', {}, state)]),
  ];
}

/**
 * @param {View} view
 * @param {readonly ReportMoney[]} each
 * @param {readonly string[] | null} inAll
 */
function moneyOf(view, each, inAll) {
  const { words } = view;
  if (each.length === 0) return inAll === null ? words.unknownAmount : words.nothing;
  const list = beginningOf(view, each, 2, (money) => moneyLine(view, money));
  if (each.length === 1) return list;
  const sum = inAll === null ? words.unknownAmount : inAll.join(' + ');
  return make('div', {}, make('span', {}, filled(words.inAll, { sum })), list);
}

/**
 * @param {View} view
 * @param {ReportMoney} money
 */
function moneyLine({ data, words }, { amount, number, at }) {
  const revision = data.entries[at]?.event.revision ?? 0;
  const shown = make('strong', {}, amount ?? words.unknownAmount);
  return make('li', {}, shown, number === null ? ' ' : ` ${number} `, revisionLink(revision));
}

/** @param {View} view */
function spanOf(view) {
  const { words, language, zone, data } = view;
  const { beganAt, endedAt, lasted } = data.header;
  const name = zoneName(zone, words);
  return [
    datedTimeElement(view, beganAt),
    ' – ',
    endedAt === null ? words.notEnded : datedTimeElement(view, endedAt, beganAt),
    make('small', {}, lasted === null ? name : `${lasted[language]} · ${name}`),
  ];
}

/**
 * The open ones first: somebody has to do something about them.
 *
 * @param {View} view
 */
function anomaliesOf(view) {
  const { anomalies, notKnownFrom } = view.data.header;
  const isOpen = (/** @type {{ standing: string }} */ { standing }) => standing === 'open';
  const sorted = [...anomalies.filter(isOpen), ...anomalies.filter((each) => !isOpen(each))];
  const list = beginningOf(view, sorted, view.isSmall ? 1 : 3, (anomaly) =>
    anomalyLine(view, anomaly),
  );
  if (notKnownFrom === null) return make('div', { class: 'anomalies' }, list);
  const note = make('p', {}, filled(view.words.notKnownFrom, { revision: notKnownFrom }));
  return make('div', { class: 'anomalies' }, anomalies.length === 0 ? null : list, note);
}

/**
 * @param {View} view
 * @param {ReportHeader['anomalies'][number]} anomaly
 */
function anomalyLine(view, { number, code, meaning, standing, whatToDo, at }) {
  const { data, words, language } = view;
  const revision = data.entries[at]?.event.revision ?? 0;
  return make(
    'li',
    { class: standing },
    make(
      'a',
      { href: `#rev=${revision}`, class: 'revision' },
      `${filled(words.anomaly, { number })} ${meaning[language]} #${revision}`,
    ),
    ' ',
    make('code', {}, code),
    ' ',
    make('strong', {}, words[standing]),
    standing === 'open' ? toDo(view, whatToDo[language]) : null,
  );
}

/**
 * @param {View} view
 * @param {string} text
 */
function toDo({ words, isSmall }, text) {
  if (!isSmall) return make('span', { class: 'to-do' }, text);
  return foldedPart(words.whatToDo, () => [make('span', {}, text)], { class: 'more' });
}
