import { make, revisionLink } from './dom.js';

/** @import { ReportAttempt } from '../report-data.ts' */
/** @import { Part, View } from './main.js' */

/**
 * One line per call to the gateway, with the time it was out and in doubt.
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
  const rows = data.attempts.map((attempt) => attemptRow(view, attempt, share));
  const headings = [
    ...[labels.attempt, labels.sent, labels.took, labels.requestId, labels.code],
    ...[labels.outcome, labels.rule, labels.span],
  ].map((label) => make('th', { scope: 'col' }, label));
  const table = make(
    'table',
    {},
    make('thead', {}, make('tr', {}, ...headings)),
    make('tbody', {}, ...rows),
  );
  const element = make(
    'section',
    { class: 'attempts', 'aria-labelledby': 'attempts' },
    make('h2', { id: 'attempts' }, words.headings.attempts),
    data.attempts.length === 0
      ? make('p', {}, words.noCall)
      : make(
          'div',
          { class: 'scrolling', tabindex: '0', role: 'group', 'aria-labelledby': 'attempts' },
          table,
        ),
    legend(view),
  );
  return {
    element,
    select: (at) => {
      const ms = data.entries[at]?.ms ?? null;
      table.style.setProperty('--now', `${ms === null ? 0 : share(ms)}%`);
      for (const [index, { inFlight }] of data.attempts.entries()) {
        const revision = data.entries[at]?.event.revision ?? 0;
        rows[index]?.classList.toggle('future', inFlight.from.revision > revision);
      }
    },
  };
}

/**
 * @param {View} view
 * @param {ReportAttempt} attempt
 * @param {(ms: number) => number} share
 * @returns {HTMLElement}
 */
function attemptRow(view, attempt, share) {
  const { words, data, language } = view;
  const { evidence, outcome, outcomes, inFlight, sent, took } = attempt;
  const revision = outcomes.at(-1) ?? inFlight.from.revision;
  const answer = data.names[language].answers[outcome] ?? outcome;
  const cells = [
    sent?.utc ?? words.none,
    took?.[language] ?? words.none,
    evidence?.requestId ?? words.none,
    evidence?.responseCode ?? words.none,
  ].map((text) => make('td', {}, text));
  return make(
    'tr',
    { class: `outcome-${outcome}` },
    make('th', { scope: 'row' }, `${attempt.attempt} `, revisionLink(revision)),
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
 * @returns {HTMLElement}
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
  return make('div', { class: 'lane' }, ...bars);
}

/**
 * @param {View} view
 * @returns {HTMLElement}
 */
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
