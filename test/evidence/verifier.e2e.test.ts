import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DisputeEvent } from '../../src/dispute.ts';
import { sumsOf } from '../../src/evidence/manifest.ts';
import { verifierFiles } from '../../src/evidence/verifier.ts';
import { sha256 } from '../../src/text.ts';
import { isBrowserAbsent, TestBrowser } from '../report/browser/browser.ts';
import { fromFormat1 } from './histories.ts';
import { aRealOrder } from './real-order.ts';
import { forged, packed, witnessOf } from './support.ts';

let events: readonly DisputeEvent[];
let sound: ReadonlyMap<string, string>;
let redacted: ReadonlyMap<string, string>;
let altered: ReadonlyMap<string, string>;
beforeAll(async () => {
  events = await aRealOrder();
  sound = await packed(fromFormat1(events, 4));
  redacted = await packed(events, ['reason']);
  const text = redacted.get('events.ndjson') ?? '';
  altered = forged(redacted, { 'events.ndjson': text.replace('"amountMinor":', '$&1') });
});

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'verifier-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});
const at = (name: string) => join(directory, name);

function write(files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) writeFileSync(at(name), text);
}

describe('verify.mjs', () => {
  const program = join(mkdtempSync(join(tmpdir(), 'verifier-program-')), 'renamed.mjs');
  beforeAll(() => {
    writeFileSync(program, verifierFiles().get('verify.mjs') ?? '');
  });
  afterAll(() => {
    rmSync(join(program, '..'), { recursive: true });
  });

  const run = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return { status, lines: stdout.trimEnd().split('\n') };
  };

  test('proves a package of a history that changed its format, up to a witness', () => {
    write(sound);
    const { revision, hash } = witnessOf(fromFormat1(events, 4));

    const { status, lines } = run(directory, '--witness', `${revision}:${hash}`);

    expect(status).toBe(0);
    expect(lines.slice(0, 3)).toEqual([
      'proven 核验通过',
      `head 末端: ${revision}:${hash}`,
      `witness or seal covers revisions up to 外部印证至版次: ${revision}`,
    ]);
    expect(lines[3]).toMatch(/^unchecked 未核对: .*report\.html/);
    expect(lines).toHaveLength(4);
  });

  test('proves a redacted package but for what it withholds, up to a seal', () => {
    write(redacted);
    const seal = sha256(redacted.get('manifest.json') ?? '');

    const { status, lines } = run(directory, '--seal', seal);

    expect(status).toBe(0);
    expect(lines[0]).toMatch(/^proven 核验通过, but for \d+ withheld fields/);
    expect(lines[2]).toContain('all 全部');
  });

  test('names what is wrong with an altered one', () => {
    write(altered);

    const { status, lines } = run(directory, '--seal', '0'.repeat(64));

    expect(status).toBe(3);
    expect(lines[0]).toMatch(/^NOT proven/);
    expect(lines).toContain('- revision 0 data-altered');
    expect(lines).toContain('- the seal differs');
    expect(lines).toContain('witness or seal covers revisions up to 外部印证至版次: none 无');
  });

  test('names a link, a directory and a name that would write over the verdict', () => {
    write(sound);
    rmSync(at('report.html'));
    symlinkSync(at('timeline.csv'), at('report.html'));
    mkdirSync(at('inner'));
    writeFileSync(at('x\n\u001b[2Jproven \u202e'), '');

    const { status, lines } = run(directory);

    expect(status).toBe(3);
    expect(lines).toContain('- x&#10;&#27;[2Jproven &#8238; is not listed');
    expect(lines).toContain('- inner is not listed');
    expect(lines.join()).toContain('report.html is missing, too large, no plain file');
  });

  test.each([
    [[]],
    [['/nowhere']],
    [['.', '.']],
    [['.', '--seal', 'x']],
    [['.', '--witness', '7']],
    [['.', '--strict']],
  ])('says how it is used, where it is asked otherwise: %j', (args) => {
    const { status, lines } = run(...args);

    expect(status).toBe(2);
    expect(lines.at(-1)).toMatch(/^Usage/);
  });
});

describe('the npm package', () => {
  test('has the verifier, with its digests', () => {
    const files = verifierFiles();
    const built = join(import.meta.dirname, '..', '..', 'dist', 'verifier');
    for (const [name, text] of files) expect(readFileSync(join(built, name), 'utf8')).toBe(text);
    expect(readFileSync(join(built, 'SHA256SUMS'), 'utf8')).toBe(
      sumsOf(new Map([...files].map(([name, text]) => [name, sha256(text)]))),
    );
  });
});

describe.skipIf(isBrowserAbsent)('verify.html', () => {
  const browser = new TestBrowser();
  afterEach(() => browser.clear());
  afterAll(() => browser.close());
  const html = verifierFiles().get('verify.html') ?? '';

  async function shown(
    files: ReadonlyMap<string, string>,
    kept: { readonly witness?: string; readonly seal?: string } = {},
  ) {
    const { page, requests, complaints } = await browser.open(html);
    const chosen = Array.from(files, ([name, text]) => ({
      ...{ name, mimeType: 'text/plain', buffer: Buffer.from(text) },
    }));
    const [, witness, seal] = await page.locator('input').all();
    await witness?.fill(kept.witness ?? '');
    await seal?.fill(kept.seal ?? '');
    await page.locator('input[type=file]').setInputFiles(chosen);
    const verdict = page.locator('pre', { hasText: /proven|Usage/ });
    const text = await verdict.innerText();
    expect(requests).toEqual([]);
    return { text, complaints, page };
  }

  test('gives the verdict on the files that were chosen, without a request', async () => {
    const proven = await shown(sound);
    expect(proven.text).toMatch(/^proven 核验通过\nhead 末端: \d+:[0-9a-f]{64}\n/);
    expect((await shown(redacted)).text).toMatch(/^proven 核验通过, but for \d+ withheld/);
    const wrong = await shown(altered);
    expect(wrong.text).toMatch(/^NOT proven[^]*- revision 0 data-altered/);
    expect([...proven.complaints, ...wrong.complaints]).toEqual([]);
  });

  test('compares a witness and a seal, and says how they are written', async () => {
    const { revision, hash } = witnessOf(events);
    const seal = sha256(redacted.get('manifest.json') ?? '');
    const kept = { witness: `${revision}:${hash}`, seal };
    expect((await shown(redacted, kept)).text).toMatch(/^proven/);
    expect((await shown(redacted, { ...kept, seal: '0'.repeat(64) })).text).toMatch(
      /^NOT proven[^]*the seal differs/,
    );
    expect((await shown(redacted, { witness: 'x' })).text).toMatch(/^Usage/);
  });

  test('shows hostile names and texts as text alone', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e.html';
    const { text, complaints, page } = await shown(new Map([...sound, [hostile, '']]));
    expect(text).toContain('<img src=x onerror=alert(1)>&#8238;.html is not listed');
    expect(complaints).toEqual([]);
    expect(await page.locator('img').count()).toBe(0);
  });

  test('runs no script but its own, and connects to nothing', async () => {
    const { page, complaints } = await browser.open(
      html.replace('</pre>', '</pre><script>document.title = "foreign"</script>'),
    );
    expect(complaints.join()).toContain('Content Security Policy');
    expect(await page.title()).not.toBe('foreign');
    const asked = page.evaluate(() =>
      fetch('https://example.com').then(
        () => 'answered',
        () => 'refused',
      ),
    );
    expect(await asked).toBe('refused');
    expect(complaints.join()).toContain('connect');
  });
});
