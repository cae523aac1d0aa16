import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeBundle } from '../../src/cli/bundle-directory.ts';
import type { Desk } from './support.ts';
import { desk, withSandbox } from './support.ts';

let here: Desk;
let umask = 0;
beforeEach(async () => {
  umask = process.umask(0);
  here = desk();
  await here.run('create', 'O1', '--process-bill-no', 'F1', '--actor', 'service:shop');
});
afterEach(async () => {
  await here.remove();
  process.umask(umask);
});

/** Everything below a directory, with its mode. */
function modesIn(directory: string): Map<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(directory.length + 1), (statSync(path).mode & 0o777).toString(8)];
    }),
  );
}

describe('a file that the command writes', () => {
  test.each([
    ['a report', ['export', 'O1', '--html', 'out.html'], 'out.html'],
    ['a package', ['export', 'O1', '--bundle', 'new/out'], 'new'],
    ['fixtures', ['export', '--fixtures', 'out'], 'out'],
  ])('is readable by its owner only: %s', async (_, args, written) => {
    expect(await here.run(...args)).toMatchObject({ code: 0 });

    const modes = [...modesIn(here.directory)].filter(([path]) => path.startsWith(written));
    expect(modes.length).toBeGreaterThan(0);
    for (const [path, mode] of modes)
      expect([path, mode]).toEqual([path, path.endsWith('out') || path === 'new' ? '700' : '600']);
  });

  test('is readable by its owner only: the keys of the sandbox', async () => {
    const sandbox = await withSandbox(here);
    await sandbox.close();

    const modes = [...modesIn(here.directory)].filter(([path]) => path.startsWith('keys'));
    expect(new Map(modes)).toEqual(
      new Map([
        ['keys', '700'],
        ['keys/sandbox-private-key.pem', '600'],
        ['keys/sandbox-public-key.pem', '600'],
      ]),
    );
  });

  test('is never written through a link', async () => {
    mkdirSync(here.path('empty'));
    symlinkSync(here.path('elsewhere'), here.path('out.html'));

    expect(await here.run('export', 'O1', '--html', 'out.html')).toMatchObject({ code: 2 });
    expect(here.has('elsewhere')).toBe(false);
  });
});

describe('an export with --force', () => {
  test.each([
    [
      'a link',
      (path: string) => {
        symlinkSync(path, path);
      },
    ],
    [
      'a directory',
      (path: string) => {
        mkdirSync(path);
      },
    ],
  ])('says why it does not replace %s', async (_, make) => {
    make(here.path('out.html'));

    const { code, stderr } = await here.run('export', 'O1', '--html', 'out.html', '--force');

    expect(code).toBe(2);
    expect(stderr).toContain('must be a file, not a link, a directory or a device');
  });
});

describe('a package that cannot be written as a whole', () => {
  const files = new Map([
    ['one', 'text'],
    ['absent/two', 'text'],
  ]);

  test('leaves no directory that was made for it', () => {
    expect(() => {
      writeBundle(here.path('out'), files, false);
    }).toThrow('cannot be written: ENOENT');
    expect(here.has('out')).toBe(false);
  });

  test('leaves nothing of itself in a directory that was there', () => {
    mkdirSync(here.path('out'));
    chmodSync(here.path('out'), 0o755);

    expect(() => {
      writeBundle(here.path('out'), files, false);
    }).toThrow('cannot be written: ENOENT');
    expect(readdirSync(here.path('out'))).toEqual([]);
  });

  test('leaves an earlier one as it was, to the last file', () => {
    const earlier = new Map([
      ['manifest.json', 'old'],
      ['README.txt', 'old'],
      ['timeline.csv', 'old'],
    ]);
    writeBundle(here.path('out'), earlier, false);
    // Nothing can be written of it, as where the disk is full.
    const lost = 7 as unknown as string;
    const later = new Map([
      ['manifest.json', 'new'],
      ['README.txt', lost],
    ]);

    expect(() => {
      writeBundle(here.path('out'), later, true);
    }).toThrow('cannot be written: ERR_INVALID_ARG_TYPE');
    const names = readdirSync(here.path('out'));
    expect(
      new Map(names.map((name) => [name, readFileSync(here.path(`out/${name}`), 'utf8')])),
    ).toEqual(earlier);
  });

  test('leaves the files of a directory that is not empty', () => {
    mkdirSync(here.path('out'));
    writeFileSync(here.path('out/mine'), 'text');

    expect(() => {
      writeBundle(here.path('out'), files, false);
    }).toThrow('is not empty');
    expect(readdirSync(here.path('out'))).toEqual(['mine']);
  });
});
