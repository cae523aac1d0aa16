import { writeFileSync } from 'node:fs';
import { renderReport } from '../../src/dispute.ts';
import { isBrowserAbsent, TestBrowser } from '../../test/report/browser/browser.ts';
import { longHistory } from '../../test/report/browser/histories.ts';
import { figure, inRounds } from './figure.ts';
import type { Figure, Round } from './figure.ts';

/** What the report of a long dispute costs: to write it, to draw it, and to step through it. */
export async function reportFigures(rounds?: number): Promise<Figure[]> {
  const events = longHistory(5_000);
  const write = () => {
    const begun = process.cpuUsage();
    renderReport(events);
    return process.cpuUsage(begun).user / 1_000;
  };
  const written = await inRounds(write, 2_000, rounds);
  const figures = [limited('report of 5,000 events, written', written.rounds)];
  if (isBrowserAbsent) return figures;
  const html = renderReport(events);
  const steps: Round[] = [];
  const draw = async () => {
    const { drawnMs, stepMs } = await measuredInBrowser(html);
    steps.push({ ours: stepMs, against: 50 });
    return drawnMs;
  };
  const drawn = await inRounds(draw, 1_000, rounds, 0);
  figures.push(limited('report of 5,000 events, drawn', drawn.rounds));
  figures.push(limited('report of 5,000 events, one step', steps));
  return figures;
}

function limited(name: string, rounds: Round[]): Figure {
  return figure({ name, rounds, unit: 'ms', alternative: 'the limit', atLeast: 1 });
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
    await page.locator('.record .integrity.intact').waitFor();
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
