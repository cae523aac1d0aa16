import { ruleNode } from './calls.js';
import { button, make, revisionLink, table } from './dom.js';
import { foldedStates, valueAt } from './folding.js';
import { timeElement } from './times.js';
import { filled, shownJson, wordsFor } from './words.js';

/** @import { Part, View } from './main.js' */
/** @typedef {keyof View['words']['tabs']} TabName */

/** @type {readonly TabName[]} */
const tabNames = ['event', 'state', 'changes', 'call', 'allowed'];

/**
 * The chosen event, in tabs. Only the open tab is drawn.
 *
 * @param {View} view
 * @returns {Part}
 */
export function detailPart(view) {
  const { words, data } = view;
  const stateAt = foldedStates(data);
  const panel = make('div', { role: 'tabpanel', id: 'panel', tabindex: '0' });
  const title = make('h2', { id: 'detail' });
  let current = 0;
  /** @type {Record<TabName, () => (Node | string)[]>} */
  const contents = {
    event: () => [make('pre', {}, shownJson(data.entries[current]?.event))],
    state: () => folded(view, current, () => [make('pre', {}, shownJson(stateAt(current)))]),
    changes: () => folded(view, current, () => changes(view, current, stateAt)),
    call: () => call(view, current),
    allowed: () => folded(view, current, () => allowed(view, stateAt(current))),
  };
  const tabs = tabNames.map((name) =>
    button(
      words.tabs[name],
      () => {
        open(name);
      },
      { role: 'tab', id: `tab-${name}`, 'aria-controls': 'panel' },
    ),
  );
  const show = () => {
    panel.replaceChildren(...contents[view.tab]());
  };
  /** @param {TabName} name */
  const open = (name) => {
    view.tab = name;
    panel.setAttribute('aria-labelledby', `tab-${name}`);
    for (const tab of tabs) {
      const isOpen = tab.id === `tab-${name}`;
      tab.setAttribute('aria-selected', String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
    }
    show();
  };
  const list = make('div', { role: 'tablist', 'aria-labelledby': 'detail' }, ...tabs);
  list.addEventListener('keydown', (event) => {
    const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (direction === 0) return;
    const place = tabNames.indexOf(view.tab) + direction + tabNames.length;
    open(tabNames[place % tabNames.length] ?? 'event');
    tabs[place % tabs.length]?.focus();
    event.preventDefault();
    event.stopPropagation();
  });
  open(view.tab);
  return {
    element: make('section', { class: 'detail', 'aria-labelledby': 'detail' }, title, list, panel),
    select: (at) => {
      current = at;
      const entry = data.entries[at];
      const headline = entry?.headline[view.language] ?? '';
      title.replaceChildren(
        `${words.headings.detail}: #${entry?.event.revision ?? ''} ${headline} `,
        make('code', {}, entry?.type ?? ''),
      );
      show();
    },
  };
}

/**
 * @param {View} view
 * @param {number} at
 * @param {() => (Node | string)[]} show
 */
function folded({ data, words, language }, at, show) {
  const { foldEnds } = data;
  if (foldEnds === null || at < foldEnds.at) return show();
  const revision = data.entries[foldEnds.at]?.event.revision ?? 0;
  return [
    make(
      'p',
      { class: 'note' },
      filled(words.notFolded, { revision, why: foldEnds.why[language] }),
    ),
  ];
}

/**
 * @param {View} view
 * @param {number} at
 * @param {ReturnType<typeof foldedStates>} stateAt
 */
function changes({ data, words }, at, stateAt) {
  const made = data.entries[at]?.changes ?? [];
  if (made.length === 0) return [make('p', {}, words.noChange)];
  const before = at === 0 ? null : structuredClone(stateAt(at - 1));
  const { labels } = words;
  const headings = [labels.field, labels.before, labels.after];
  const rows = made.map((change) => {
    const [path, value] = change;
    const cells = [valueAt(before, path), change.length === 1 ? undefined : value];
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, path.join('.')),
      ...cells.map((cell) => make('td', {}, make('pre', {}, shownJson(cell)))),
    );
  });
  return [make('div', { class: 'changes' }, table(headings, make('tbody', {}, ...rows)))];
}

/**
 * @param {View} view
 * @param {number} at
 */
function call(view, at) {
  const { data, words, language } = view;
  const number = data.entries[at]?.attempt;
  const found = data.attempts.find(({ attempt }) => attempt === number);
  if (found === undefined) return [make('p', {}, words.noAttempt)];
  const { labels } = words;
  const { evidence, outcome, outcomes, inFlight, took, begunBy } = found;
  const { answers, rules, headlines } = data.names[language];
  const rule = evidence?.rule ?? null;
  /** @type {readonly (readonly [string, string | number | boolean | HTMLElement | null | undefined])[]} */
  const fields = [
    [labels.outcome, wordsFor(answers, outcome) ?? outcome],
    [labels.rule, rule === null ? null : ruleNode(rules, rule)],
    ['cancel_result', evidence?.cancelResult],
    [labels.sent, evidence === null ? null : timeElement(view, evidence.sentAt, true)],
    [labels.took, took?.[language]],
    [labels.http, evidence?.httpStatus],
    [labels.code, evidence?.responseCode],
    [labels.message, evidence?.responseMsg],
    [labels.requestId, evidence?.requestId],
    [labels.nonce, evidence?.nonce],
    [labels.requestSha256, evidence?.requestSha256],
    [labels.answerSha256, evidence?.answerSha256],
    ...(evidence?.insecureTransport === true
      ? [/** @type {const} */ ([labels.insecure, '!'])]
      : []),
  ];
  const links = [inFlight.from.revision, ...outcomes].flatMap((revision) => [
    revisionLink(revision),
    ' ',
  ]);
  const beginning = wordsFor(headlines, begunBy);
  return [
    make(
      'p',
      {},
      `${labels.attempt} ${found.attempt} · ${labels.begunBy}: ${beginning ?? ''} `,
      make('code', {}, begunBy),
      ' ',
      ...links,
    ),
    make(
      'dl',
      { class: 'call' },
      ...fields.map(([label, value]) => make('div', {}, make('dt', {}, label), callValue(value))),
    ),
  ];

  /** @param {string | number | boolean | HTMLElement | null | undefined} value */
  function callValue(value) {
    const shown = value instanceof HTMLElement ? value : String(value ?? words.none);
    return make('dd', {}, shown);
  }
}

/**
 * @param {View} view
 * @param {ReturnType<ReturnType<typeof foldedStates>>} state
 */
function allowed({ data, words, language }, state) {
  const commands = state?.['allowed'];
  if (!Array.isArray(commands) || commands.length === 0)
    return [make('p', {}, words.nothingAllowed)];
  const names = data.names[language].commands;
  const lines = commands.map((command) =>
    make('li', {}, `${wordsFor(names, String(command)) ?? ''} `, make('code', {}, String(command))),
  );
  return [make('p', {}, words.allowedNow), make('ul', {}, ...lines)];
}
