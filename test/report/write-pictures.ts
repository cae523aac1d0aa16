/**
 * Takes pictures of reports, so that people look at the page before it is released: no test sees
 * whether it is understood.
 *
 * - `npm run report:pictures -- [DIR]`: six kinds of order, in both languages, three widths, light
 *   and dark, and the first page of each when printed. Default: `.pictures`, which git ignores.
 * - `npm run report:pictures -- --docs`: the pictures that the guides show.
 * - `npm run report:pictures -- --trial DIR`: all twelve reports, each with its first screen, for
 *   readers who answer the questions of a dispute from them.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { renderReport } from '../../src/dispute.ts';
import type { Language } from '../../src/words/language.ts';
import { integrityOf, TestBrowser } from './browser/browser.ts';
import { withPalette } from './palette.ts';
import { stories } from './stories.ts';
import type { StoryName } from './stories.ts';

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { docs: { type: 'boolean' }, trial: { type: 'string' } },
});

const languages = ['en', 'zh-CN'] as const satisfies readonly Language[];
const screens = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
] as const;
const looks = ['light', 'dark'] as const;
const desk = screens[0];

const looked = [
  ...(['inDoubtThenAsked', 'cancelledAndPaid', 'twoLatePayments'] as const),
  ...(['retracted', 'thirtyTwoCalls', 'hostileReason'] as const),
] as const;

/** What a guide shows: where the report opens, and to which part it is scrolled. */
const shown = [
  { name: 'report-first-screen', story: 'cancelledAndPaid', hash: '', part: null },
  { name: 'report-lanes', story: 'inDoubtThenAsked', hash: '', part: 'section.lanes' },
  { name: 'report-in-doubt', story: 'inDoubtThenAsked', hash: '#rev=3', part: null },
] as const;

/** Of a picture in the guides. A checkout holds every version for ever. */
const bytesMax = 200_000;

await using stack = new AsyncDisposableStack();
const browser = new TestBrowser();
stack.defer(() => browser.close());

if (given.docs === true) await takeShown(join(import.meta.dirname, '../../docs'));
else if (given.trial !== undefined) await takeTrial(directory(given.trial));
else await takeAll(directory(positionals[0] ?? '.pictures'));

function directory(path: string): string {
  mkdirSync(path, { recursive: true });
  return path;
}

function reportOf(story: StoryName, language: Language): string {
  return renderReport(stories[story], { language, generatedAt: '2026-11-24T02:00:00.000Z' });
}

async function opened(
  html: string,
  viewport: (typeof screens)[number],
  colorScheme: (typeof looks)[number],
  hash = '',
): Promise<Page> {
  const options = { viewport, colorScheme, reducedMotion: 'reduce' as const };
  const { page, complaints } = await browser.open(html, { hash, ...options });
  await integrityOf(page);
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
  return page;
}

/** The first screen of every combination, and in light the next two as well. */
async function takeAll(into: string): Promise<void> {
  for (const story of looked) {
    for (const language of languages) {
      const html = reportOf(story, language);
      for (const screen of screens) {
        for (const look of looks) {
          const page = await opened(html, screen, look);
          for (let number = 1; number <= (look === 'light' ? 3 : 1); number += 1) {
            await page.evaluate(`scrollTo(0, ${(number - 1) * screen.height})`);
            const name = `${story}.${language}.${screen.width}.${look}.${number}.png`;
            await page.screenshot({ path: join(into, name) });
          }
          await page.close();
        }
      }
      await takePrinted(html, join(into, `${story}.${language}.printed`));
    }
  }
}

/** The first page on paper. Poppler's `pdftoppm` draws it. */
async function takePrinted(html: string, path: string): Promise<void> {
  const page = await opened(html, desk, 'light');
  const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
  await page.close();
  const only = ['-png', '-r', '80', '-f', '1', '-l', '1', '-singlefile'];
  const { error, status } = spawnSync('pdftoppm', [...only, '-', path], { input: pdf });
  if (error === undefined && status === 0) return;
  console.error(`skipped: ${path}.png, because it needs pdftoppm (Debian: poppler-utils)`);
}

async function takeShown(into: string): Promise<void> {
  for (const { name, story, hash, part } of shown) {
    for (const language of languages) {
      const page = await opened(reportOf(story, language), desk, 'light', hash);
      const picture = await (part === null ? page : page.locator(part)).screenshot();
      await page.close();
      const file = `${name}${language === 'en' ? '' : `.${language}`}.png`;
      const small = withPalette(picture);
      if (small.length > bytesMax) throw new Error(`${file}: ${small.length} bytes are too many`);
      writeFileSync(join(into, file), small);
    }
  }
}

async function takeTrial(into: string): Promise<void> {
  for (const story of Object.keys(stories) as StoryName[]) {
    for (const language of languages) {
      const html = reportOf(story, language);
      writeFileSync(join(into, `${story}.${language}.html`), html);
      const page = await opened(html, desk, 'light');
      await page.screenshot({ path: join(into, `${story}.${language}.png`) });
      await page.close();
    }
  }
}
