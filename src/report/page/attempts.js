import { button, make, revisionLink, section, table } from './dom.js';
import { timeElement } from './times.js';
import { filled } from './words.js';

/** @import { ReportAttempt } from '../report-data.ts' */
/** @import { Part, View } from './main.js' */

/** Thousands of rows slow down every step, so the rest is drawn on demand. */
const attemptsAtFirst = 100;

/**
 * One line per call to the gateway, with the times it was in flight and in doubt.
 *
 * @param {View} view
 * @returns {Part}
 */
export function attemptsPart(view) {
  const { data, words } = view;
  const { labels } = words;
  /** @type {HTMLElement[]} */
  const rows = [];
  const body = make('tbody', {});
  /** @param {number} count */
  const draw = (count) => {
    for (const attempt of data.attempts.slice(rows.length, count)) {
      const row = attemptRow(view, attempt);
      rows.push(row);
      body.append(row);
    }
  };
  draw(attemptsAtFirst);
  const rest = data.attempts.length - rows.length;
  const more = button(filled(words.allCalls, { count: data.attempts.length }), () => {
    draw(data.attempts.length);
    more.remove();
    select(chosen);
  });
  const headings = [
    labels.attempt,
    labels.sent,
    labels.took,
    labels.requestId,
    labels.code,
    labels.outcome,
    labels.rule,
  ];
  const element = section(
    'attempts',
    words.headings.attempts,
    data.attempts.length === 0
      ? make('p', {}, words.noCall)
      : make(
          'div',
          { class: 'scrolling', tabindex: '0', role: 'group', 'aria-labelledby': 'attempts' },
          table(headings, body),
        ),
    rest > 0 ? more : null,
  );
  let chosen = 0;
  /** @param {number} at */
  const select = (at) => {
    chosen = at;
    const revision = data.entries[at]?.event.revision ?? 0;
    for (const [index, row] of rows.entries()) {
      const { inFlight, outcomes = [] } = data.attempts[index] ?? {};
      row.classList.toggle('future', (inFlight?.from.revision ?? 0) > revision);
      row.classList.toggle('unanswered', (outcomes[0] ?? Infinity) > revision);
    }
  };
  return { element, select };
}

/**
 * @param {View} view
 * @param {ReportAttempt} attempt
 */
function attemptRow(view, attempt) {
  const { words, data, language } = view;
  const { evidence, outcome, outcomes, inFlight, took } = attempt;
  const revision = outcomes.at(-1) ?? inFlight.from.revision;
  const answer = data.names[language].answers[outcome] ?? outcome;
  const cells = [
    took?.[language] ?? words.none,
    evidence?.requestId ?? words.none,
    evidence?.responseCode ?? words.none,
  ].map((text) => make('td', {}, text));
  return make(
    'tr',
    { class: `outcome-${outcome}` },
    make('th', { scope: 'row' }, `${attempt.attempt} `, revisionLink(revision)),
    make('td', { class: 'times' }, timeElement(view, evidence?.sentAt ?? null)),
    ...cells,
    make('td', { class: 'outcome' }, answer),
    make('td', {}, evidence?.rule ?? words.none),
  );
}
