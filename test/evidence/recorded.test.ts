import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { verifyBundle } from '../../src/dispute.ts';
import { recordedDirectory, recordedPackage } from './recorded-package.ts';

function jsonIn(
  name: Parameters<typeof recordedPackage>[0],
  file: string,
): Readonly<Record<string, unknown>> {
  const text = Buffer.from(recordedPackage(name).get(file) ?? []).toString('utf8');
  // An object in every file that is read here.
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

const head = jsonIn('version-1-whole', 'manifest.json')['head'] as {
  readonly revision: number;
  readonly hash: string;
};
const derived = [
  ...['README.txt', 'anomalies.json', 'attempts.csv', 'decisions.json', 'diagram.dot'],
  ...['diagram.mmd', 'replay.json', 'report.html', 'timeline.csv'],
];
/** A file of its version cannot be derived by another one. */
const expected = { moduleVersion: '0.10.0', witness: head };

describe('a package of version 1', () => {
  test('lies here as it was written then, byte for byte', () => {
    const listed = readFileSync(join(recordedDirectory, 'digests.txt'), 'utf8')
      .trimEnd()
      .split('\n');
    const files = globSync('*/*', { cwd: recordedDirectory }).toSorted();
    const found = files.map((file) => {
      const bytes = readFileSync(join(recordedDirectory, file));
      return `${createHash('sha256').update(bytes).digest('hex')}  ${file}`;
    });
    expect(found).toEqual(listed);
  });

  test('verifies whole, and names what another version derived', async () => {
    const verification = await verifyBundle(recordedPackage('version-1-whole'), expected);
    expect(verification).toMatchObject({ ok: true, faults: [], withheld: [], head, events: 13 });
    expect(verification.unchecked.toSorted()).toEqual(derived);
    expect(verification.madeBy).toBe('0.6.0');
  });

  test('shows copies of what it withholds, and they are not proven', async () => {
    const { faults, ok, unchecked } = await verifyBundle(
      recordedPackage('version-1-redacted'),
      expected,
    );
    const { withheld } = jsonIn('version-1-redacted', 'manifest.json')['redaction'] as {
      readonly withheld: readonly { readonly revision: number }[];
    };
    expect(withheld.length).toBeGreaterThan(5);
    expect(ok).toBe(false);
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['shown-unproven']));
    const revisions = [...new Set(faults.map(({ revision }) => revision))];
    expect(revisions).toEqual(withheld.map(({ revision }) => revision));
    expect(unchecked.toSorted()).toEqual(derived);
  });

  test('tells where one value of it was altered', async () => {
    const files = recordedPackage('version-1-whole');
    const text = Buffer.from(files.get('events.ndjson') ?? []).toString('utf8');
    files.set('events.ndjson', Buffer.from(text.replace('"amountMinor":12800', '"amountMinor":1')));
    const { faults } = await verifyBundle(files, expected);
    const codes = faults.map(({ file, revision, code }) => `${file} ${String(revision)} ${code}`);
    expect(codes).toContain('events.ndjson 0 data-altered');
    expect(codes).toContain('events.ndjson null file-altered');
  });
});
