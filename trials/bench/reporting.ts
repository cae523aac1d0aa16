import { writeFileSync } from 'node:fs';
import { renderReport } from '../../src/dispute.ts';
import { isBrowserAbsent, TestBrowser } from '../../test/report/browser/browser.ts';
import { longHistory } from '../../test/report/browser/histories.ts';
import { figure } from './figure.ts';
import type { Figure } from './figure.ts';

/** What the report of a long dispute costs: to write it, to draw it, and to step through it. */
export async function reportFigures(): Promise<Figure[]> {
  const events = longHistory(5_000);
  const writtenMs = await best(() => {
    const begun = process.cpuUsage();
    renderReport(events);
    return process.cpuUsage(begun).user / 1_000;
  });
  const written = limited('report of 5,000 events, written', writtenMs, 2_000);
  if (isBrowserAbsent) return [written];
  const { drawnMs, stepMs } = await measuredInBrowser(renderReport(events));
  return [
    written,
    limited('report of 5,000 events, drawn', drawnMs, 1_000),
    limited('report of 5,000 events, one step', stepMs, 50),
  ];
}

function limited(name: string, ours: number, against: number): Figure {
  return figure({ name, ours, against, unit: 'ms', alternative: 'the limit', atLeast: 1 });
}

/** The best of three: the work itself, without the processor time that others took. */
async function best(measure: () => Promise<number> | number): Promise<number> {
  const measured: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) measured.push(await measure());
  return Math.min(...measured);
}

/** Milliseconds of script, style and layout. */
async function measuredInBrowser(
  html: string,
): Promise<{ readonly drawnMs: number; readonly stepMs: number }> {
  const browser = new TestBrowser();
  try {
    const { page } = await browser.open('<p></p>');
    const session = await page.context().newCDPSession(page);
    // The page's own work, not the time that others took the processor from it.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const workedMs = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      const own = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration'];
      const found = metrics.filter(({ name }) => own.includes(name));
      return found.reduce((sum, { value }) => sum + 1_000 * value, 0);
    };
    writeFileSync(new URL(page.url()), html);
    const before = await workedMs();
    await page.reload({ waitUntil: 'commit' });
    await page.locator('header .integrity.intact').waitFor();
    const drawn = await workedMs();
    const steps = 40;
    for (let step = 0; step < steps; step += 1) {
      // Near and far: by one, and across the whole history.
      const at = step % 4 === 3 ? (step * 977) % 5_000 : 4_000 - step;
      await page.locator('.scrubber input').first().fill(String(at));
    }
    return { drawnMs: drawn - before, stepMs: ((await workedMs()) - drawn) / steps };
  } finally {
    await browser.close();
  }
}
