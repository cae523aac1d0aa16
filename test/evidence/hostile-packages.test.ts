import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readBundle, verifyBundle } from '../../src/dispute.ts';
import type { BundleContent, DisputeEvent } from '../../src/dispute.ts';
import { ExaminedEvents } from '../../src/evidence/examined-events.ts';
import { jsonFile, listed } from '../../src/evidence/manifest.ts';
import { aDispute, bytesOf, forged, moduleVersion, packed, withEvents } from './support.ts';

let events: readonly DisputeEvent[];
let sound: ReadonlyMap<string, string>;
beforeAll(async () => {
  events = await aDispute();
  sound = await packed(events);
});

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hostile-'));
  for (const [name, text] of sound) writeFileSync(join(directory, name), text);
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});
const at = (name: string) => join(directory, name);

const faultsOf = async (files: ReadonlyMap<string, BundleContent> = readBundle(directory)) => {
  const { faults } = await verifyBundle(files, { moduleVersion });
  return faults.map(({ file, code }) => `${file} ${code}`);
};

/** A file as a sparse one, which takes no place on the disk. */
function sparse(name: string, bytes: number): void {
  writeFileSync(at(name), '');
  truncateSync(at(name), bytes);
}

const replaced = (name: string, make: (path: string) => void) => () => {
  rmSync(at(name));
  make(at(name));
};

describe('a package in a directory', () => {
  test('verifies where nothing was changed', async () => {
    expect(await faultsOf()).toEqual([]);
  });

  test.each<[string, () => void, string]>([
    [
      'a link to another file',
      replaced('timeline.csv', (path) => {
        symlinkSync(at('attempts.csv'), path);
      }),
      'timeline.csv not-a-file',
    ],
    [
      'a link to a device that never ends',
      replaced('events.ndjson', (path) => {
        symlinkSync('/dev/zero', path);
      }),
      'events.ndjson not-a-file',
    ],
    [
      'a link that leads nowhere',
      replaced('manifest.json', (path) => {
        symlinkSync('nowhere', path);
      }),
      'manifest.json not-a-file',
    ],
    [
      'a directory in place of a file',
      replaced('report.html', (path) => {
        mkdirSync(path);
      }),
      'report.html not-a-file',
    ],
    [
      'a terabyte in place of a listed file',
      () => {
        sparse('report.html', 2 ** 40);
      },
      'report.html file-altered',
    ],
    [
      'a terabyte that the manifest does not list',
      () => {
        sparse('more.zip', 2 ** 40);
      },
      'more.zip file-added',
    ],
    [
      'a link named as a proof',
      () => {
        symlinkSync('/dev/zero', at('revision-0.tlog-proof'));
      },
      'revision-0.tlog-proof not-a-file',
    ],
    [
      'a terabyte named as a proof',
      () => {
        sparse('revision-0.tlog-proof', 2 ** 40);
      },
      'revision-0.tlog-proof file-too-large',
    ],
    [
      'a manifest of 64 MiB',
      () => {
        sparse('manifest.json', 2 ** 26);
      },
      'manifest.json file-too-large',
    ],
    [
      'digests of 64 MiB',
      () => {
        sparse('SHA256SUMS', 2 ** 26);
      },
      'SHA256SUMS file-too-large',
    ],
    [
      'events of a terabyte',
      () => {
        sparse('events.ndjson', 2 ** 40);
      },
      'events.ndjson package-too-large',
    ],
    [
      'more files than any package has',
      () => {
        for (let index = 0; index < 1_000; index += 1) writeFileSync(at(`more-${index}`), '');
      },
      '. too-many-files',
    ],
  ])('is not followed or read beyond the limits: %s', async (_, change, fault) => {
    change();

    expect(await faultsOf()).toContain(fault);
  });

  test.each(['../secret', '/etc/passwd', 'inner/manifest.json', '.', '..'])(
    'holds no file that the manifest names outside of it: %s',
    async (name) => {
      mkdirSync(at('inner'));
      writeFileSync(at('inner/manifest.json'), '{}');
      for (const [file, text] of forged(sound, { [name]: '{}' })) {
        if (file !== name) writeFileSync(at(file), text);
      }

      expect(await faultsOf()).toContain(`${name} file-missing`);
    },
  );

  test('is refused where the directory cannot be read', () => {
    expect(() => readBundle(at('absent'))).toThrow(
      expect.objectContaining({ code: 'invalid-input', field: 'bundle' }) as Error,
    );
  });
});

describe('the file of events', () => {
  const withEvents = (text: string) => faultsOf(bytesOf(forged(sound, { 'events.ndjson': text })));
  const line = (change: object) => `${JSON.stringify({ ...events[0], ...change })}\n`;

  test.each([
    ['a line of 2 MiB', () => line({ data: { reason: 'x'.repeat(2 ** 21) } })],
    ['an endless line', () => 'x'.repeat(2 ** 24)],
    ['200,000 levels', () => line({}).replace('"data":{', `"data":{"a":${'['.repeat(200_000)}`)],
    [
      '68 levels',
      () => line({ data: { a: JSON.parse('['.repeat(67) + ']'.repeat(67)) as object } }),
    ],
    ['a type of 1 MB', () => line({ type: 'x'.repeat(1_000_000) })],
    ['no JSON', () => '\0\0\0\n'],
  ])('names a line with %s', async (_, make) => {
    expect(await withEvents(make())).toContain('events.ndjson invalid-event');
  });

  test('counts no bracket within a text as a level', async () => {
    const text = sound.get('events.ndjson') ?? '';
    const bracketed = text.replace('CANARY-REASON', `\\"${'[{'.repeat(100)}`);

    const { faults } = await verifyBundle(bytesOf(forged(sound, { 'events.ndjson': bracketed })), {
      moduleVersion: 'another',
    });

    expect(faults.map(({ revision, code }) => [revision, code])).toEqual([[2, 'data-altered']]);
  });

  test('is read up to 10,000 lines, and up to 1,000 faults are listed', async () => {
    const faults = await withEvents('{}\n'.repeat(30_000));

    expect(faults).toHaveLength(1_001);
    expect(faults.at(-1)).toBe('. too-many-faults');

    const examined = new ExaminedEvents('package', undefined);
    examined.see(Buffer.from('\n'.repeat(30_000)));
    expect(examined.faults.map(({ code }) => code)).toHaveLength(10_001);
    expect(examined.faults.at(-1)?.code).toBe('too-many-events');
  });

  test('is verified the same, in whatever parts it comes', async () => {
    const bytes = Buffer.from(sound.get('events.ndjson') ?? '');
    const whole = await verifyBundle(bytesOf(sound), { moduleVersion });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 8 }), async (cuts) => {
        const places = [0, ...cuts.toSorted((one, other) => one - other), bytes.length];
        async function* parts() {
          for (const [index, from] of places.slice(0, -1).entries()) {
            yield await Promise.resolve(bytes.subarray(from, places[index + 1]));
          }
        }
        const files = new Map<string, BundleContent>(bytesOf(sound)).set('events.ndjson', parts());

        expect(await verifyBundle(files, { moduleVersion })).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});

test('an event that withholds thousands of names is named, and takes no time', async () => {
  const seal = '0'.repeat(64);
  const names = Array.from({ length: 12_000 }, (_, index) => [`n${index}`, seal] as const);
  const [first, ...others] = events;
  if (first === undefined) throw new Error('there are events');
  const withheld = { data: Object.fromEntries(names) };
  const files = withEvents(sound, [{ ...first, position: undefined, withheld }, ...others]);

  const { faults } = await verifyBundle(bytesOf(files), { moduleVersion: 'another' });

  expect(faults).toContainEqual(expect.objectContaining({ code: 'data-altered', revision: 0 }));
});

describe('a content', () => {
  const withContent = (name: string, content: BundleContent) =>
    faultsOf(new Map<string, BundleContent>(bytesOf(sound)).set(name, content));

  async function* endless() {
    let count = 0;
    for (;;) {
      // More than any limit: a reader that does not stop is wrong.
      if ((count += 1) > 10_000) throw new Error('read on and on');
      yield await Promise.resolve(Buffer.alloc(2 ** 20));
    }
  }

  test.each([
    ['manifest.json', 'manifest.json file-too-large'],
    ['SHA256SUMS', 'SHA256SUMS file-too-large'],
    ['timeline.csv', 'timeline.csv file-altered'],
    ['events.ndjson', 'events.ndjson package-too-large'],
  ])('that grows while it is read is left: %s', async (name, fault) => {
    expect(await withContent(name, endless())).toContain(fault);
  });

  test('that cannot be read is named, and what it threw is not repeated', async () => {
    // eslint-disable-next-line require-yield -- it fails before its first part
    async function* broken(): AsyncGenerator<Uint8Array> {
      await Promise.reject(new Error('CANARY'));
    }
    const files = new Map<string, BundleContent>(bytesOf(sound)).set('replay.json', broken());

    const { faults } = await verifyBundle(files, { moduleVersion });

    expect(faults).toEqual([
      expect.objectContaining({ file: 'replay.json', code: 'file-unreadable' }),
    ]);
    expect(JSON.stringify(faults)).not.toContain('CANARY');
  });
});

test('a package of another version, or with large events, says what was not derived again', async () => {
  const { ok, unchecked } = await verifyBundle(bytesOf(sound), { moduleVersion: 'another' });

  expect(ok).toBe(true);
  expect(unchecked).toContain('timeline.csv');
  expect(unchecked).not.toContain('events.ndjson');
  expect((await verifyBundle(bytesOf(sound), { moduleVersion })).unchecked).toEqual([]);

  const line = `${JSON.stringify({ ...events[0], data: { reason: 'x'.repeat(2 ** 19) } })}\n`;
  const large = bytesOf(forged(sound, { 'events.ndjson': line.repeat(65) }));
  const verification = await verifyBundle(large, { moduleVersion, originals: line });

  expect(verification.unchecked).toEqual(unchecked);
  const codes = verification.faults.map(({ code }) => code);
  expect(codes).toContain('originals-unchecked');
  expect(codes).not.toContain('not-derived');
});

test('a manifest that lists a file twice, with two digests, is named', async () => {
  const files = forged(sound, {});
  const manifest = JSON.parse(files.get('manifest.json') ?? '') as { files: object[] };
  manifest.files.push({ ...listed('timeline.csv', 'x') });
  files.set('manifest.json', jsonFile(manifest));

  expect(await faultsOf(bytesOf(files))).toContain('timeline.csv file-altered');
});
