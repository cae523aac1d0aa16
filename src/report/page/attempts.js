import { button, make, revisionLink, section, table } from './dom.js';
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
  const times = data.entries.flatMap(({ ms }) => (ms === null ? [] : [ms]));
  const firstMs = times.reduce((least, ms) => Math.min(least, ms), Infinity);
  const lastMs = times.reduce((most, ms) => Math.max(most, ms), -Infinity);
  /** @param {number} ms */
  const share = (ms) => (lastMs > firstMs ? ((ms - firstMs) / (lastMs - firstMs)) * 100 : 0);
  /** @type {HTMLElement[]} */
  const rows = [];
  const body = make('tbody', {});
  /** @param {number} count */
  const draw = (count) => {
    for (const attempt of data.attempts.slice(rows.length, count)) {
      const row = attemptRow(view, attempt, share);
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
    labels.span,
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
    legend(view),
  );
  let chosen = 0;
  /** @param {number} at */
  const select = (at) => {
    chosen = at;
    const { ms = null, event } = data.entries[at] ?? {};
    const revision = event?.revision ?? 0;
    const left = `${ms === null ? 0 : share(ms)}%`;
    for (const [index, row] of rows.entries()) {
      const now = row.querySelector('.now');
      if (now instanceof HTMLElement) now.style.left = left;
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
 * @param {(ms: number) => number} share
 */
function attemptRow(view, attempt, share) {
  const { words, data, language } = view;
  const { evidence, outcome, outcomes, inFlight, sent, took } = attempt;
  const revision = outcomes.at(-1) ?? inFlight.from.revision;
  const answer = data.names[language].answers[outcome] ?? outcome;
  const cells = [
    took?.[language] ?? words.none,
    evidence?.requestId ?? words.none,
    evidence?.responseCode ?? words.none,
  ].map((text) => make('td', {}, text));
  const times =
    sent === null
      ? [words.none]
      : [make('div', {}, sent.utc), make('div', { class: 'local' }, sent.shanghai)];
  return make(
    'tr',
    { class: `outcome-${outcome}` },
    make('th', { scope: 'row' }, `${attempt.attempt} `, revisionLink(revision)),
    make('td', { class: 'times' }, ...times),
    ...cells,
    make('td', { class: 'outcome' }, answer),
    make('td', {}, evidence?.rule ?? words.none),
    make('td', { class: 'lane-cell' }, lane(view, attempt, share)),
  );
}

/**
 * @param {View} view
 * @param {ReportAttempt} attempt
 * @param {(ms: number) => number} share
 */
function lane({ words, language }, { spans }, share) {
  const bars = spans.map(({ kind, fromMs, untilMs, lasted }) => {
    const name = kind === 'in-flight' ? words.inFlight : words.inDoubt;
    const text = `${name}: ${lasted === null ? words.lasting : lasted[language]}`;
    const bar = make('span', { class: `bar ${kind}`, title: text }, make('span', {}, text));
    bar.style.left = `${share(fromMs)}%`;
    bar.style.width = `${(untilMs === null ? 100 : share(untilMs)) - share(fromMs)}%`;
    return bar;
  });
  return make('div', { class: 'lane' }, ...bars, make('span', { class: 'now' }));
}

/** @param {View} view */
function legend({ words }) {
  return make(
    'p',
    { class: 'legend' },
    make('span', { class: 'bar in-flight' }),
    ` ${words.inFlight} `,
    make('span', { class: 'bar in-doubt' }),
    ` ${words.inDoubt}`,
  );
}
