import { button, make } from './dom.js';
import { platformZone, zonesOffered } from './times.js';
import { filled } from './words.js';

/** @import { View } from './main.js' */

/**
 * One line: the order's number, ways into the page, and what changes how it is shown.
 *
 * @param {View} view
 * @param {{ language: () => void, zone: (zone: string) => void }} change
 * @returns {HTMLElement}
 */
export function headerPart(view, change) {
  const { words, data, isMounted } = view;
  const { orderNo } = data.header;
  const title = data.title === orderNo ? words.subtitle : data.title;
  return make(
    'header',
    {},
    make('p', { class: 'subtitle' }, title),
    // A page around the report has its own title, language and colours.
    isMounted ? null : make('h1', {}, orderNo),
    jumps(view),
    make(
      'div',
      { class: 'tools' },
      isMounted ? null : languageSwitch(view, change.language),
      zoneChoice(view, change.zone),
      isMounted ? null : themeSwitch(view),
      button(words.controls.print, () => {
        print();
      }),
    ),
  );
}

/** @param {View} view */
function jumps({ words }) {
  const { jump } = words;
  const links = Object.entries(jump).map(([id, name]) => make('a', { href: `#${id}` }, name));
  return make('nav', { class: 'jumps', 'aria-label': words.controls.jumps }, ...links);
}

/**
 * @param {View} view
 * @param {() => void} change
 */
function languageSwitch({ language }, change) {
  const other = language === 'en' ? 'zh-CN' : 'en';
  const name = other === 'en' ? 'English' : '中文';
  return button(name, change, { lang: other, 'data-language': other, id: 'language' });
}

/**
 * @param {View} view
 * @param {(zone: string) => void} change
 */
function zoneChoice({ zone, words }, change) {
  const options = zonesOffered().map((value) => make('option', { value }, zoneName(value, words)));
  // `make` returns an element of the given tag.
  const select = /** @type {HTMLSelectElement} */ (
    make('select', { id: 'zone', 'aria-label': words.controls.zone }, ...options)
  );
  select.value = zone;
  select.addEventListener('change', () => {
    change(select.value);
  });
  return select;
}

/**
 * @param {string} zone
 * @param {View['words']} words
 * @returns {string}
 */
export function zoneName(zone, { zones }) {
  if (zone === platformZone) return zones.platform;
  return zone === 'UTC' ? zones.utc : filled(zones.own, { zone });
}

/** @param {View} view */
function themeSwitch({ words: { controls } }) {
  const root = document.documentElement;
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const toggle = () => {
    const now = root.dataset['theme'] ?? (isDark ? 'dark' : 'light');
    root.dataset['theme'] = now === 'dark' ? 'light' : 'dark';
  };
  return button(`${controls.light} / ${controls.dark}`, toggle, { 'data-theme-toggle': '' });
}
