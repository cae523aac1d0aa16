import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  makePrivateDirectory,
  modeProblem,
  writePrivateFile,
  writePrivateFiles,
} from '../src/private-files.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;

let directory = '';
let umask = 0;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'private-files-'));
  // The widest: nothing but the code itself narrows a mode.
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
  rmSync(directory, { recursive: true, force: true });
});
const at = (name: string) => join(directory, name);

describe('a private file', () => {
  test('is readable by its owner only, whatever the umask is', () => {
    writePrivateFile(at('new'), 'text');
    writePrivateFile(at('replaced'), new Uint8Array([1]), { replace: true });

    expect(readFileSync(at('new'), 'utf8')).toBe('text');
    expect([modeOf(at('new')), modeOf(at('replaced'))]).toEqual([0o600, 0o600]);
  });

  test('keeps a file that exists, and replaces it where that is asked, with its wider mode', () => {
    writeFileSync(at('file'), 'old', { mode: 0o644 });

    expect(() => {
      writePrivateFile(at('file'), 'new');
    }).toThrow(expect.objectContaining({ code: 'EEXIST' }) as Error);
    expect(readFileSync(at('file'), 'utf8')).toBe('old');

    writePrivateFile(at('file'), 'new', { replace: true });
    expect(readFileSync(at('file'), 'utf8')).toBe('new');
    expect(modeOf(at('file'))).toBe(0o600);
  });

  test.each([
    ['new', {}],
    ['replaced', { replace: true }],
  ])('is never written through a link, where it is %s', (_, options) => {
    writeFileSync(at('victim'), 'old');
    symlinkSync(at('victim'), at('link'));
    symlinkSync(at('nowhere'), at('dangling'));

    for (const name of ['link', 'dangling']) {
      expect(() => {
        writePrivateFile(at(name), 'new', options);
      }).toThrow();
    }
    writePrivateFile(at('file'), 'new', options);

    expect(readFileSync(at('victim'), 'utf8')).toBe('old');
    expect(existsSync(at('nowhere'))).toBe(false);
    expect(readFileSync(at('file'), 'utf8')).toBe('new');
  });

  test('never takes the place of a directory or a device', () => {
    mkdirSync(at('directory'));

    for (const path of [at('directory'), '/dev/null']) {
      expect(() => {
        writePrivateFile(path, 'new', { replace: true });
      }).toThrow(expect.objectContaining({ code: 'invalid-input', field: 'path' }) as Error);
    }
  });

  test('leaves nothing of itself where it cannot be written', () => {
    mkdirSync(at('full'));
    const name = 'x'.repeat(300);

    expect(() => {
      writePrivateFile(at(`full/${name}`), 'text');
    }).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }) as Error);
    expect(readdirSync(at('full'))).toEqual([]);
  });
});

describe('several private files', () => {
  const files = new Map([
    ['one', 'new'],
    ['two', 'new'],
  ]);

  test('are none where one of them exists and is to be kept', () => {
    writeFileSync(at('two'), 'old');

    expect(() => {
      writePrivateFiles(directory, files);
    }).toThrow(expect.objectContaining({ code: 'EEXIST' }) as Error);
    expect(readdirSync(directory)).toEqual(['two']);
    expect(readFileSync(at('two'), 'utf8')).toBe('old');
  });

  test('replace none where something other than a file has the place of one', () => {
    writeFileSync(at('one'), 'old');
    mkdirSync(at('two'));

    expect(() => {
      writePrivateFiles(directory, files, { replace: true });
    }).toThrow(expect.objectContaining({ code: 'invalid-input', field: 'path' }) as Error);
    expect(readdirSync(directory)).toEqual(['one', 'two']);
    expect(readFileSync(at('one'), 'utf8')).toBe('old');
  });
});

describe('a private directory', () => {
  test('is made with its parents for its owner only, and says whether it is new', () => {
    expect(makePrivateDirectory(at('a/b'))).toBe(true);
    expect([modeOf(at('a')), modeOf(at('a/b'))]).toEqual([0o700, 0o700]);
    chmodSync(at('a/b'), 0o755);
    expect(makePrivateDirectory(at('a/b'))).toBe(false);
    expect(modeOf(at('a/b'))).toBe(0o755);
  });
});

describe('the mode of a key file', () => {
  const file = 0o100_000;

  test.each([0o600, 0o400, 0o700, 0o000])('may be %o in the hands of its user', (mode) => {
    expect(modeProblem({ mode: file | mode, uid: 1_000 }, 1_000)).toBeNull();
  });

  test.each([0o600, 0o640, 0o440, 0o400, 0o740])('may be %o in the hands of root', (mode) => {
    for (const user of [0, 1_000]) {
      expect(modeProblem({ mode: file | mode, uid: 0 }, user)).toBeNull();
    }
  });

  test.each([0o640, 0o440, 0o610, 0o620, 0o604, 0o644, 0o601, 0o602])(
    'may not be %o in the hands of its user',
    (mode) => {
      const problem = modeProblem({ mode: file | mode, uid: 1_000 }, 1_000);
      expect(problem).toBe('is open to others than its owner; run chmod 600 on it');
    },
  );

  test.each([0o644, 0o604, 0o660, 0o650, 0o641, 0o642])(
    'may not be %o in the hands of root',
    (mode) => {
      for (const user of [0, 1_000]) {
        expect(modeProblem({ mode: file | mode, uid: 0 }, user)).toMatch(
          /belongs to root .* run chmod 640 on it \(Kubernetes: defaultMode 0440 with fsGroup\)/,
        );
      }
    },
  );

  test('does not help a file in the hands of another user', () => {
    for (const user of [0, 1_000]) {
      expect(modeProblem({ mode: file | 0o400, uid: 1_001 }, user)).toBe(
        `belongs to user 1001, but this is user ${user}; run chown ${user} on it`,
      );
    }
  });
});
