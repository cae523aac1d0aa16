import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifierFiles } from '../../src/evidence/verifier.ts';
import { isBrowserAbsent, TestBrowser } from '../report/browser/browser.ts';
import { events, file, first, hashesOf, last, log, second, withProofs } from './logged-package.ts';

const hashes = hashesOf(events);
const programs = mkdtempSync(join(tmpdir(), 'verifier-of-logs-'));
const [ofLogs, ofEvents] = ['verify-log.mjs', 'verify.mjs'].map((name) => join(programs, name));
beforeAll(() => {
  for (const [name, text] of verifierFiles()) writeFileSync(join(programs, name), text);
});
afterAll(() => {
  rmSync(programs, { recursive: true });
});

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'package-'));
  writeFileSync(join(programs, 'trust.txt'), log.trust);
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});
const at = (name: string) => join(directory, name);
const trustFile = ['--trust', join(programs, 'trust.txt')];

async function write(proofs: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of await withProofs(proofs)) writeFileSync(at(name), text);
}

/** This Node, and the one of the system where that is old, as strangers may have it. */
const system = '/usr/bin/node';
const versionOf = (node: string) => spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout;
const isOld = existsSync(system) && versionOf(system).startsWith('v20.');
const nodes = [process.execPath, ...(isOld ? [system] : [])];

function ran(node: string, ...args: readonly (string | undefined)[]) {
  const given = args.filter((arg) => arg !== undefined);
  const { status, stdout, stderr } = spawnSync(node, given, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return { status, lines: stdout.trimEnd().split('\n') };
}

describe.each(nodes)('verify-log.mjs in %s', (node) => {
  const run = (...args: readonly string[]) => ran(node, ofLogs, ...args);

  test('says up to where enough signed, in words that verify.mjs takes', async () => {
    await write({ [file(last - 1)]: log.proof(last - 1, [log.log, first, second]) });
    const witness = `${last - 1}:${hashes[last - 1] ?? ''}`;

    expect(run(directory, ...trustFile)).toEqual({
      status: 0,
      lines: [
        'vouched 已达到: what the trust file asks 信任文件的要求',
        `${witness} in checkpoint 载于检查点: ${log.origin}, size 大小 ${log.indexOf(last - 1) + 2}`,
        `  signed by the log's owner 日志所有者签名: ${log.log.vkey}`,
        `  cosigned 见证方联署: ${first.vkey}, 2026-11-18T11:06:40.000Z`,
        `  cosigned 见证方联署: ${second.vkey}, 2026-11-18T11:06:40.000Z`,
        '  quorum 对见证方的要求: met 已满足',
        `unwitnessed events 未经见证的事件: after revision 晚于版次 ${last - 1}`,
        `events up to it 截至该版次: to be proven by 还须用 verify.mjs --witness ${witness}`,
      ],
    });

    const proven = ran(node, ofEvents, directory, '--witness', witness);
    expect(proven).toMatchObject({
      status: 0,
      lines: [/^proven/, /./, /./, /./].map((form) => expect.stringMatching(form) as string),
    });
    expect(proven.lines.at(-1)).toContain(file(last - 1));
  });

  test('counts nobody where no trust file is given', async () => {
    await write({ [file(last)]: log.proof(last) });
    const { status, lines } = run(directory);
    expect(status).toBe(0);
    expect(lines[0]).toBe('consistent in itself, nobody vouches 自身前后一致，但没有外部印证');
    expect(lines[2]).toMatch(/NOT checked 签名未核对 \(no trust file 无信任文件\): log\.example/);
    expect(lines).toContain('unwitnessed events 未经见证的事件: all 全部');
  });

  test('says that too few signed, and that a proof does not fit', async () => {
    await write({ [file(last)]: log.proof(last, [log.log, first]) });
    const short = run(directory, ...trustFile);
    expect(short.status).toBe(3);
    expect(short.lines[0]).toMatch(/^NOT vouched 未达到/);
    expect(short.lines.at(-1)).toBe('  quorum 对见证方的要求: NOT met 未满足');

    await write({ [file(0)]: log.proof(last), [file(last)]: log.proof(last) });
    const wrong = run(directory, ...trustFile);
    expect(wrong.status).toBe(3);
    expect(wrong.lines[0]).toBe('NOT verified 核验未通过: 1');
    expect(wrong.lines[1]).toMatch(/^- revision-0\.tlog-proof: Error: it does not prove 0:/);
    expect(wrong.lines.join()).not.toContain('verify.mjs');
  });

  test('calls no checkpoint witnessed that the log alone signed', async () => {
    writeFileSync(join(programs, 'trust.txt'), `log ${log.log.vkey}\nquorum none\n`);
    await write({ [file(last)]: log.proof(last, [log.log]) });
    const { status, lines } = run(directory, ...trustFile);
    expect(status).toBe(0);
    expect(lines).toContain('unwitnessed events 未经见证的事件: all 全部');
  });

  test('reads no link and no directory, and shows what a name hides', async () => {
    await write({});
    writeFileSync(join(programs, 'elsewhere'), log.proof(last));
    symlinkSync(join(programs, 'elsewhere'), at(file(last)));
    mkdirSync(at(file(0)));
    writeFileSync(at('x\n\u001b[2Jvouched \u202e.tlog-proof'), '');
    const { status, lines } = run(directory, ...trustFile);
    expect(status).toBe(3);
    expect(lines[0]).toBe('NOT verified 核验未通过: 3');
    expect(lines.join('\n')).toContain('- x&#10;&#27;[2Jvouched &#8238;.tlog-proof: SyntaxError');
    expect(lines).toHaveLength(4);
  });

  test.each([
    [[]],
    [['/nowhere']],
    [['.', '.']],
    [['.', '--trust', '/nowhere']],
    [['.', '--trust', '.']],
    [['.', '--trust', '/dev/zero']],
    [['.', '--trust', process.execPath]],
    [['.', '--trust', join(programs, 'verify.mjs')]],
    [['.', '--strict']],
  ])('says how it is used, where it is asked otherwise: %j', (args) => {
    const { status, lines } = run(...args);
    expect(status).toBe(2);
    expect(lines.at(-1)).toMatch(/^Usage/);
  });
});

describe.skipIf(isBrowserAbsent)('verify-log.html', () => {
  const browser = new TestBrowser();
  afterEach(() => browser.clear());
  afterAll(() => browser.close());
  const html = verifierFiles().get('verify-log.html') ?? '';

  async function shown(
    proofs: Readonly<Record<string, string>>,
    trust: string | null,
    atStart?: () => void,
  ) {
    const opened = await browser.open(html, atStart === undefined ? {} : { atStart });
    const chosen = (texts: Iterable<readonly [string, string]>) =>
      Array.from(texts, ([name, text]) => ({
        ...{ name, mimeType: 'text/plain', buffer: Buffer.from(text) },
      }));
    const [files, own] = await opened.page.locator('input').all();
    if (trust !== null) await own?.setInputFiles(chosen([['trust.txt', trust]]));
    await files?.setInputFiles(chosen(await withProofs(proofs)));
    const verdict = opened.page.locator('pre', { hasText: /vouche[sd]|verified|Error/ });
    const text = await verdict.innerText();
    expect(opened.requests).toEqual([]);
    return { ...opened, text };
  }

  test('says up to where enough signed, without a request', async () => {
    const { text, complaints, page } = await shown({ [file(last)]: log.proof(last) }, log.trust);
    expect(text).toMatch(/^vouched 已达到[^]*met 已满足[^]*verify\.mjs --witness/);
    expect(text).toContain(`cosigned 见证方联署: ${first.vkey}, 2026-11-18T11:06:40.000Z`);
    expect(complaints).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });

  test('counts nobody without a trust file, and refuses one that is none', async () => {
    const proofs = { [file(last)]: log.proof(last) };
    expect((await shown(proofs, null)).text).toMatch(/^consistent in itself, nobody vouches/);
    expect((await shown(proofs, 'quorum w0\n')).text).toMatch(/^SyntaxError: not as described/);
    expect((await shown({ [file(0)]: log.proof(last) }, null)).text).toMatch(/^NOT verified/);
  });

  test('claims nothing in a browser without Ed25519', async () => {
    const { text } = await shown({ [file(last)]: log.proof(last) }, log.trust, () => {
      Object.defineProperty(SubtleCrypto.prototype, 'generateKey', {
        value: () => Promise.reject(new Error('NotSupportedError')),
      });
    });
    expect(text).toMatch(/^NOT vouched[^]*NOT checked 签名未核对 \(no Ed25519 here/);
    expect(text).not.toContain('verify.mjs');
  });

  test('shows hostile names and texts as text alone', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e.tlog-proof';
    const { text, complaints, page } = await shown({ [hostile]: '' }, null);
    expect(text).toContain('- <img src=x onerror=alert(1)>&#8238;.tlog-proof: SyntaxError');
    expect(complaints).toEqual([]);
    expect(await page.locator('img').count()).toBe(0);
  });
});
