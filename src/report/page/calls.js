import { button, make, revisionLink, section, table } from './dom.js';
import { openedForPrint } from './printing.js';
import { timeElement } from './times.js';
import { filled, wordsFor } from './words.js';

/** @import { ReportAttempt, Span } from '../report-data.ts' */
/** @import { Part, View } from './main.js' */

/** Thousands of rows slow down every step, so the rest is drawn on demand. */
const linesAtFirst = 100;

/**
 * One line per call to the gateway, or for calls with the same answer.
 *
 * @param {View} view
 * @returns {Part}
 */
export function callsPart(view) {
  const { data, words } = view;
  const { labels, headings } = words;
  const lines = linesOf(view);
  const body = make('tbody', {});
  /** @type {CallRow[]} */
  const rows = [];
  let drawn = 0;
  let chosen = 0;
  const select = (/** @type {number} */ at) => {
    chosen = at;
    const revision = data.entries[at]?.event.revision ?? 0;
    for (const { element, first, answered } of rows) {
      element.classList.toggle('future', first > revision);
      element.classList.toggle('unanswered', answered > revision);
    }
  };
  const draw = (/** @type {number} */ count) => {
    for (const span of lines.slice(drawn, count)) {
      for (const row of rowsOf(view, span)) {
        rows.push(row);
        body.append(row.element);
      }
    }
    drawn = Math.max(drawn, Math.min(count, lines.length));
    view.areCallsAll = drawn === lines.length;
    if (drawn === lines.length) more.remove();
    select(chosen);
  };
  const drawAll = () => {
    draw(lines.length);
  };
  const more = button(filled(words.allCalls, { count: data.attempts.length }), drawAll);
  const element = section(
    'attempts',
    headings.attempts,
    data.attempts.length === 0
      ? make('p', {}, data.header.isRead ? words.noCall : words.notRead)
      : null,
    data.attempts.length === 0
      ? null
      : make(
          'div',
          { class: 'scrolling', tabindex: '0', role: 'group', 'aria-labelledby': 'attempts' },
          table(
            [
              ...[labels.attempt, words.calls.when, labels.took, labels.outcome],
              ...[labels.code, labels.requestId],
            ],
            body,
          ),
        ),
    more,
  );
  draw(view.areCallsAll ? lines.length : linesAtFirst);
  openedForPrint(element, drawAll, () => undefined);
  return { element, select };
}

/**
 * @param {View} view
 * @returns {readonly Span[]}
 */
function linesOf({ data: { attempts, runs } }) {
  /** @type {Span[]} */
  const lines = [];
  let call = 0;
  const single = (/** @type {number} */ end) => {
    for (; call < end; call += 1) lines.push({ first: call, last: call });
  };
  for (const run of runs.calls) {
    single(run.first);
    lines.push(run);
    call = run.last + 1;
  }
  single(attempts.length);
  return lines;
}

/** @typedef {{ element: HTMLElement, first: number, answered: number }} CallRow by revisions */

/**
 * The row of a call; that of a run, and after it those of its calls once its reader opens it.
 *
 * @param {View} view
 * @param {Span} span
 * @returns {readonly CallRow[]}
 */
function rowsOf(view, { first, last }) {
  const attempts = view.data.attempts.slice(first, last + 1);
  if (first === last) return attempts.map((attempt) => callRow(view, attempt));
  const singles = attempts.map((attempt) => callRow(view, attempt));
  for (const { element } of singles) {
    element.hidden = true;
    element.classList.add('of-run');
  }
  return [runRow(view, first, attempts, singles), ...singles];
}

/**
 * @param {View} view
 * @param {number} place that of its first call
 * @param {readonly ReportAttempt[]} attempts
 * @param {readonly CallRow[]} singles
 * @returns {CallRow}
 */
function runRow(view, place, attempts, singles) {
  const { calls } = view.words;
  const [first, last] = [attempts[0], attempts.at(-1)];
  if (first === undefined || last === undefined)
    return { element: make('tr'), first: 0, answered: 0 };
  const fold = (/** @type {boolean} */ isFolded) => {
    for (const { element } of singles) element.hidden = isFolded;
    opener.setAttribute('aria-expanded', String(!isFolded));
    opener.textContent = isFolded ? calls.open : calls.close;
  };
  const isFolded = () => opener.getAttribute('aria-expanded') === 'false';
  const opener = button(calls.open, () => {
    fold(!isFolded());
    if (isFolded()) view.openCalls.delete(place);
    else view.openCalls.add(place);
  });
  fold(!view.openCalls.has(place));
  const element = make(
    'tr',
    { class: `run outcome-${first.outcome}` },
    make('th', { scope: 'row' }, `${first.attempt}–${last.attempt}`),
    make(
      'td',
      { class: 'times' },
      timeElement(view, whenOf(first)),
      ` ${calls.until} `,
      timeElement(view, whenOf(last)),
    ),
    make('td', {}),
    make(
      'td',
      { class: 'outcome' },
      make('span', {}, filled(calls.same, { count: attempts.length })),
      ...answerNodes(view, first),
    ),
    make('td', {}, codesOf(first) || view.words.none),
    make('td', {}, opener),
  );
  let wasFolded = true;
  openedForPrint(
    element,
    () => {
      wasFolded = isFolded();
      fold(false);
    },
    () => {
      fold(wasFolded);
    },
  );
  return { element, first: first.inFlight.from.revision, answered: first.outcomes[0] ?? Infinity };
}

/**
 * When it was sent; of a call that was not sent, when it began.
 *
 * @param {ReportAttempt} attempt
 */
function whenOf({ evidence, inFlight }) {
  return evidence?.sentAt ?? inFlight.from.at;
}

/**
 * @param {View} view
 * @param {ReportAttempt} attempt
 * @returns {CallRow}
 */
function callRow(view, attempt) {
  const { words, language } = view;
  const { evidence, outcome, outcomes, inFlight, took } = attempt;
  const first = inFlight.from.revision;
  const links = [first, ...outcomes].flatMap((revision) => [' ', revisionLink(revision)]);
  const element = make(
    'tr',
    { class: `outcome-${outcome}` },
    make('th', { scope: 'row' }, String(attempt.attempt), ...links),
    make('td', { class: 'times' }, timeElement(view, whenOf(attempt))),
    make('td', {}, took?.[language] ?? words.none),
    make('td', { class: 'outcome' }, ...answerNodes(view, attempt)),
    make('td', {}, codesOf(attempt) || words.none),
    make('td', {}, evidence?.requestId ?? words.none),
  );
  return { element, first, answered: outcomes[0] ?? Infinity };
}

/** @param {ReportAttempt} attempt */
function codesOf({ evidence }) {
  const { httpStatus = null, responseCode = null } = evidence ?? {};
  return [httpStatus === null ? null : `HTTP ${httpStatus}`, responseCode]
    .filter((part) => part !== null)
    .join(' · ');
}

/**
 * What came of a call: its outcome, by which rule, and what the platform wrote.
 *
 * @param {View} view
 * @param {ReportAttempt} attempt
 * @returns {readonly HTMLElement[]}
 */
export function answerNodes({ data, words, language }, { outcome, evidence }) {
  const { answers, rules } = data.names[language];
  const { rule = null, responseMsg = null } = evidence ?? {};
  return [
    make('span', { class: 'answer' }, wordsFor(answers, outcome) ?? outcome),
    ...(rule === null || rule === outcome ? [] : [ruleNode(rules, rule)]),
    ...(responseMsg === null
      ? []
      : [make('span', {}, filled(words.calls.wrote, { message: responseMsg }))]),
  ];
}

/**
 * What a rule says, with its name.
 *
 * @param {Readonly<Record<string, string>>} rules
 * @param {string} rule
 * @returns {HTMLElement}
 */
export function ruleNode(rules, rule) {
  const meaning = wordsFor(rules, rule);
  const code = make('code', {}, rule);
  return make('span', { class: 'rule' }, meaning === null ? null : `${meaning} `, code);
}
