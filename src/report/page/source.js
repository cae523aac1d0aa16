/** @import { ReportData } from '../report-data.ts' */
/**
 * What the page shows, as it stands in the page.
 *
 * @typedef {{ text: string, digest: string, data: ReportData }} Source
 */

/** @returns {Source} */
export function readSource() {
  const element = document.getElementById('data');
  const text = element?.textContent ?? '';
  /** @type {unknown} */
  const parsed = JSON.parse(text);
  // As `reportParts` wrote it; `checkIntegrity` finds out whether it was altered.
  const data = /** @type {ReportData} */ (parsed);
  return { text, digest: element?.getAttribute('data-sha256') ?? '', data };
}

/**
 * Calls `show` after the page around the report has put newer data into `#data`, which it says by
 * `report-data`. It waits for a reader who drags or writes something at that moment.
 *
 * @param {() => void} show
 */
export function whenNewer(show) {
  let isHeld = false;
  let isDue = false;
  const showUnlessHeld = () => {
    if (isHeld || !isDue) return;
    isDue = false;
    show();
  };
  const free = () => {
    isHeld = false;
    // A click comes after its pointer is up, and needs what it was on.
    setTimeout(showUnlessHeld);
  };
  addEventListener('pointerdown', ({ button }) => {
    isHeld ||= button === 0;
  });
  addEventListener('compositionstart', () => {
    isHeld = true;
  });
  for (const ended of ['pointerup', 'pointercancel', 'compositionend', 'blur']) {
    addEventListener(ended, free);
  }
  document.addEventListener('report-data', () => {
    isDue = true;
    showUnlessHeld();
  });
}
