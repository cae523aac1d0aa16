import { make } from './dom.js';
import { foldedPart } from './printing.js';
import { timeElement } from './times.js';
import { filled, wordsFor } from './words.js';

/** @import { ReportEntry } from '../report-data.ts' */
/** @import { Detail } from '../../timeline/event-details.ts' */
/** @import { View } from './main.js' */

/** Longer texts are folded, so that an event is a few lines. */
const charactersMax = 160;
const charactersShown = 80;

/**
 * An event as a row: when, how long after the one before it, what happened, and who did it.
 *
 * @param {View} view
 * @param {number} at
 * @returns {HTMLElement}
 */
export function eventRow(view, at) {
  const { language, data } = view;
  const entry = data.entries[at];
  if (entry === undefined) return make('li');
  const { event, recordedAt, gap, headline, retraction } = entry;
  const back = gap?.[language].startsWith('−') === true;
  const details = entry.details[language];
  // Struck through, and never hidden: it was recorded, and somebody took it back.
  const sentence = make(
    retraction === null ? 'span' : 's',
    { class: 'sentence' },
    make('span', { class: 'headline' }, headline[language]),
    ...details
      .filter((detail) => !isLong(detail))
      .flatMap((detail, place) => [place === 0 ? ' ' : ' · ', pieceOf(view, detail)]),
  );
  const inner = make(
    'button',
    { type: 'button', tabindex: '-1' },
    make('span', { class: 'rev' }, String(event.revision)),
    make('span', { class: 'time' }, timeElement(view, recordedAt, isTight(view, at))),
    make(
      'span',
      { class: `gap${back ? ' back' : ''}` },
      gap === null ? '' : `+${gap[language]}`.replace('+−', '−'),
    ),
    make(
      'span',
      { class: 'what' },
      sentence,
      ...notes(view, entry, back).map((text) => make('span', { class: 'note' }, text)),
      make('span', { class: 'path' }, stepText(view, entry), ' ', make('code', {}, entry.type)),
    ),
    whoPart(view, entry),
  );
  const long = details.filter(isLong).map((detail) => foldedPiece(view, detail));
  const row = make('li', { id: `rev-${event.revision}` }, inner, ...long);
  row.className = kindsOf(entry).join(' ');
  return row;
}

/** @param {ReportEntry} entry */
function kindsOf({ late, early, opened, isUnknown, withheld, isInDoubt, retraction }) {
  return [
    late === null ? '' : 'late',
    opened.length > 0 || early !== null ? 'anomalous' : '',
    isUnknown ? 'unknown' : '',
    withheld.length > 0 ? 'withheld' : '',
    isInDoubt ? 'doubt' : '',
    retraction === null ? '' : 'retracted',
  ].filter((kind) => kind !== '');
}

/** @param {Detail} detail */
function isLong({ text }) {
  return text.length > charactersMax;
}

/**
 * @param {View} view
 * @param {Detail} detail
 */
function pieceOf(view, { text, code, moment }) {
  const isOfAnomaly = view.data.header.anomalies.some((anomaly) => anomaly.code === code);
  return make(
    'span',
    { class: isOfAnomaly ? 'piece anomaly' : 'piece' },
    text,
    ...(moment === null ? [] : [' ', timeElement(view, moment.at)]),
    ...(code === null ? [] : [' ', make('code', {}, code)]),
  );
}

/**
 * @param {View} view
 * @param {Detail} detail
 */
function foldedPiece(view, detail) {
  const begin = make('span', { class: 'begin' }, `${detail.text.slice(0, charactersShown)}…`);
  const summary = make('span', {}, begin, ' ', make('span', { class: 'whole' }, view.words.whole));
  return foldedPart(summary, () => [pieceOf(view, detail)], { class: 'long' });
}

/**
 * Whether seconds do not tell an event from its neighbours.
 *
 * @param {View} view
 * @param {number} at
 */
function isTight({ data }, at) {
  const second = (/** @type {number} */ place) => {
    const ms = data.entries[place]?.ms ?? null;
    return ms === null ? null : Math.floor(ms / 1_000);
  };
  const own = second(at);
  return own !== null && (own === second(at - 1) || own === second(at + 1));
}

/**
 * @param {View} view
 * @param {ReportEntry} entry
 * @returns {HTMLElement}
 */
export function whoPart({ words, data, language }, { actor, source }) {
  const { sources } = data.names[language];
  return make(
    'span',
    { class: 'who' },
    make('span', {}, actor ?? words.none),
    make('span', { class: 'source' }, wordsFor(sources, source) ?? source ?? ''),
  );
}

/**
 * @param {View} view
 * @param {ReportEntry} entry
 */
function stepText(view, { from, to }) {
  const after = to === null ? view.words.none : view.stateName(to);
  return from === to || from === null ? after : `${view.stateName(from)} → ${after}`;
}

/**
 * @param {View} view
 * @param {ReportEntry} entry
 * @param {boolean} back
 */
function notes({ words, language }, entry, back) {
  const { late, early, retraction, isUnknown, withheld } = entry;
  return [
    ...(retraction === null ? [] : [retraction.sentence[language]]),
    ...(late === null ? [] : [filled(words.late, { late: late[language] })]),
    ...(early === null ? [] : [filled(words.early, { early: early[language] })]),
    ...(back ? [words.clockBack] : []),
    ...(isUnknown ? [words.unknownEvent] : []),
    ...(withheld.length === 0 ? [] : [filled(words.withheld, { names: withheld.join(', ') })]),
  ];
}
