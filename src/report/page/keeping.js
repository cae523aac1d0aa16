import { openFolded } from './printing.js';
import { holdAt } from './viewport.js';

/** What has a name of its own, by which it is found again when all is drawn again. */
const regionsOf = '[id^="rev-"], dl > div, section, header, .scrubber';
const controlsOf = 'a[href], button, input, select, summary, [tabindex]';
const scrolledOf = ['.lanes-scroll', '.chart', '.side', '#panel', '.attempts .scrolling'];

/**
 * What the reader opened, focused and scrolled to. Call what it returns when all is drawn again.
 *
 * @param {HTMLElement} root
 * @returns {() => void}
 */
export function keepPlace(root) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const focused = nameOf(active);
  const written = active instanceof HTMLInputElement ? active.selectionStart : null;
  const opened = [...root.querySelectorAll('details[open] > summary')].map(nameOf);
  const scrolled = scrolledOf.map((part) => {
    const element = root.querySelector(part);
    return { part, left: element?.scrollLeft ?? 0, top: element?.scrollTop ?? 0 };
  });
  const seen = regionSeen(root);
  return () => {
    // Oldest first: what a part holds is there once it is open.
    for (const name of opened) {
      const details = controlNamed(root, name)?.closest('details') ?? null;
      if (details !== null) openFolded(details);
    }
    for (const { part, left, top } of scrolled) root.querySelector(part)?.scrollTo(left, top);
    const control = controlNamed(root, focused);
    control?.focus({ preventScroll: true });
    if (control instanceof HTMLInputElement && written !== null) {
      control.setSelectionRange(written, written);
    }
    if (seen !== null) {
      const region = regionsIn(root).find((each) => nameOfRegion(each) === seen.name);
      if (region !== undefined) holdAt(region, seen.top);
    }
  };
}

/**
 * A control by its region, and its place there.
 *
 * @typedef {{ region: string, place: number }} Name
 */

/**
 * @param {Element | null} control
 * @returns {Name | null}
 */
function nameOf(control) {
  const region = control?.closest(regionsOf) ?? null;
  if (control === null || region === null) return null;
  return { region: nameOfRegion(region), place: controlsIn(region).indexOf(control) };
}

/**
 * @param {HTMLElement} root
 * @param {Name | null} name
 * @returns {HTMLElement | null}
 */
function controlNamed(root, name) {
  const region = regionsIn(root).find((each) => nameOfRegion(each) === name?.region);
  const control = region === undefined ? null : controlsIn(region)[name?.place ?? -1];
  return control instanceof HTMLElement ? control : null;
}

/**
 * Those that belong to no region within it.
 *
 * @param {Element} region
 */
function controlsIn(region) {
  const all = [...region.querySelectorAll(controlsOf)];
  return all.filter((control) => control.closest(regionsOf) === region);
}

/** @param {HTMLElement} root */
function regionsIn(root) {
  return [...root.querySelectorAll(regionsOf)];
}

/** @param {Element} region */
function nameOfRegion(region) {
  const question = region.querySelector(':scope > dt')?.textContent;
  return region.id || (question ?? region.classList.item(0) ?? region.tagName);
}

/**
 * What the reader looks at: the chosen event; if that is not in the window, the first region that
 * begins there and holds no other one.
 *
 * @param {HTMLElement} root
 * @returns {{ name: string, top: number } | null} null if the report is not what stands at the top
 */
function regionSeen(root) {
  const { left, width, top: begin } = root.getBoundingClientRect();
  if (begin >= 0) return null;
  const chosen = root.querySelector('.events li.current');
  const place = chosen?.getBoundingClientRect();
  if (chosen && place && place.top >= 0 && place.bottom <= innerHeight && place.height > 0) {
    return { name: nameOfRegion(chosen), top: place.top };
  }
  for (let y = 4; y < innerHeight; y += 24) {
    const found = document.elementFromPoint(left + width / 4, y)?.closest(regionsOf) ?? null;
    if (found === null || !root.contains(found)) continue;
    if (found.querySelector(regionsOf) !== null) continue;
    const { top } = found.getBoundingClientRect();
    const isBar = getComputedStyle(found).position === 'sticky';
    if (!isBar && top >= 0) return { name: nameOfRegion(found), top };
  }
  return null;
}
