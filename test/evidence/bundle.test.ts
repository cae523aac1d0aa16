import { expect, test } from 'vitest';
import { verifyBundle } from '../../src/dispute.ts';
import { orderNoOf, textIn } from '../../src/history/event.ts';
import { sumsOf } from '../../src/evidence/manifest.ts';
import { sha256 } from '../../src/text.ts';
import { aHistory } from '../timeline/histories.ts';
import { aDispute, bytesOf, forged, moduleVersion, packed } from './support.ts';

const names = [
  'README.txt',
  'SHA256SUMS',
  'anomalies.json',
  'attempts.csv',
  'decisions.json',
  'diagram.dot',
  'diagram.mmd',
  'events.ndjson',
  'manifest.json',
  'replay.json',
  'report.html',
  'timeline.csv',
  'verify-log.html',
  'verify-log.mjs',
  'verify.html',
  'verify.mjs',
];

test('verifies a package without the store, and finds the files that its manifest lists', async () => {
  const events = await aDispute();
  const files = await packed(events);
  expect([...files.keys()].toSorted()).toEqual(names);
  const witness = { revision: 7, hash: textIn(events[7]?.metadata ?? {}, 'hash') ?? '' };
  const verification = await verifyBundle(bytesOf(files), { moduleVersion, witness });
  expect(verification).toEqual({
    ok: true,
    standing: 'proven',
    orderNo: orderNoOf(String(events[0]?.stream)),
    events: 8,
    head: witness,
    faults: [],
    withheld: [],
    withheldFields: 0,
    withheldParts: 0,
    proven: [],
    notices: [],
    madeBy: moduleVersion,
    unchecked: [],
    log: null,
    vouchedTo: 7,
  });
});

test('gives the same bytes for the same range, except for the export in the manifest', async () => {
  const events = await aDispute();
  const one = await packed(events);
  const moved = events.map((event) => ({ ...event, position: '99' }));
  const exported = { exporter: 'another', exportedAt: '2027-01-01T00:00:00.000Z' };
  const other = await packed(moved, [], exported);
  const differing = names.filter((name) => one.get(name) !== other.get(name));
  expect(differing).toEqual(['SHA256SUMS', 'manifest.json']);
  const manifest = (files: ReadonlyMap<string, string>) =>
    JSON.parse(files.get('manifest.json') ?? '') as object;
  expect({ ...manifest(one), export: null }).toEqual({ ...manifest(other), export: null });
  expect(manifest(other)).toMatchObject({ export: { ...exported, purpose: null } });
});

test.each(names)('names the file %s if any byte of it is changed', async (name) => {
  const files = bytesOf(await packed(await aDispute()));
  const content = files.get(name) ?? new Uint8Array();
  const step = Math.max(1, Math.floor(content.length / 40));
  for (let at = 0; at < content.length; at += step) {
    const changed = Uint8Array.from(content);
    changed[at] = (changed[at] ?? 0) ^ 1;
    // A version that derives nothing again: the digests alone must reveal the change.
    const altered = new Map(files).set(name, changed);
    const { faults } = await verifyBundle(altered, { moduleVersion: 'another' });
    expect(
      faults.map(({ file }) => file),
      `byte ${at}`,
    ).toContain(name);
  }
});

test('names a missing file and an additional file', async () => {
  const files = bytesOf(await packed(await aDispute()));
  for (const name of names) {
    const missing = new Map(files);
    missing.delete(name);
    const { faults } = await verifyBundle(missing, { moduleVersion });
    expect(faults).toContainEqual(expect.objectContaining({ file: name, code: 'file-missing' }));
  }
  const added = new Map(files).set('notes.txt', new Uint8Array([1]));
  const { faults } = await verifyBundle(added, { moduleVersion });
  expect(faults).toContainEqual(expect.objectContaining({ file: 'notes.txt', code: 'file-added' }));
});

test('names a file that does not follow from the events, even if every digest was recomputed', async () => {
  const files = await packed(await aDispute());
  const { faults } = await verifyBundle(
    bytesOf(forged(files, { 'timeline.csv': 'nothing happened\r\n' })),
    { moduleVersion },
  );
  expect(faults).toEqual([expect.objectContaining({ file: 'timeline.csv', code: 'not-derived' })]);
  const seal = '0'.repeat(64);
  const sealed = await verifyBundle(bytesOf(files), { moduleVersion, seal });
  expect(sealed.faults.map(({ code }) => code)).toEqual(['seal-differs']);
});

test.each<[string, string, string, (sound: ReadonlyMap<string, string>) => Map<string, string>]>([
  [
    'a file of their own',
    'statement.html not-derived',
    moduleVersion,
    (sound) => forged(sound, { 'statement.html': 'paid' }),
  ],
  [
    'one file less',
    'report.html not-derived',
    moduleVersion,
    (sound) => {
      const fewer = new Map(sound);
      fewer.delete('report.html');
      return forged(fewer, {});
    },
  ],
  [
    'another order',
    'manifest.json scope-differs',
    'another',
    (sound) => forged(sound, {}, ({ scope }) => ({ scope: { ...scope, orderNo: 'O9' } })),
  ],
  [
    'other writers',
    'manifest.json not-derived',
    moduleVersion,
    (sound) => forged(sound, {}, () => ({ writtenBy: [] })),
  ],
  [
    'another machine',
    'manifest.json not-derived',
    moduleVersion,
    (sound) => forged(sound, {}, ({ machine }) => ({ machine: { ...machine, hash: '0' } })),
  ],
])(
  'names what somebody who made the package again shows: %s',
  async (_, expected, verifier, change) => {
    const files = change(await packed(await aDispute()));

    const { faults } = await verifyBundle(bytesOf(files), { moduleVersion: verifier });

    expect(faults.map(({ file, code }) => `${file} ${code}`)).toEqual([expected]);
  },
);

test('refuses a manifest that shows what a reader of JSON does not see', async () => {
  const files = await packed(await aDispute());
  const text = files.get('manifest.json') ?? '';
  const twice = text.replace('"purpose": null', '"purpose": "paid",\n    "purpose": null');
  for (const altered of [twice, text.trimEnd(), text.replace('"events": 8', '"events": 8.0')]) {
    expect(altered).not.toBe(text);
    const shown = new Map(files).set('manifest.json', altered);
    const digests = new Map([...shown].map(([name, content]) => [name, sha256(content)]));
    digests.delete('SHA256SUMS');
    shown.set('SHA256SUMS', sumsOf(digests));

    const { faults } = await verifyBundle(bytesOf(shown), { moduleVersion });

    expect(faults.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'manifest.json file-altered',
    ]);
  }
});

test('names a time-stamp token that somebody added as unchecked, and does not read it', async () => {
  const files = bytesOf(await packed(await aDispute())).set('head.tsr', Uint8Array.of(0x30, 0x82));

  const verification = await verifyBundle(files, { moduleVersion });

  expect(verification).toMatchObject({ ok: true, faults: [], unchecked: ['head.tsr'] });
});

test('names the revision of an event that was altered, removed or moved', async () => {
  const files = await packed(await aDispute());
  const lines = (files.get('events.ndjson') ?? '').trimEnd().split('\n');
  const faultsOf = async (changed: readonly string[]) => {
    const text = `${changed.join('\n')}\n`;
    const altered = bytesOf(new Map(files).set('events.ndjson', text));
    const { faults } = await verifyBundle(altered, { moduleVersion });
    return faults.map(({ revision, code }) => `${String(revision)} ${code}`);
  };
  const edited = lines.with(2, (lines[2] ?? '').replace('CANARY', 'CaNARY'));
  expect(await faultsOf(edited)).toContain('2 data-altered');
  expect(await faultsOf(lines.toSpliced(3, 1))).toContain('3 not-contiguous');
  expect(await faultsOf(lines.slice(0, -1))).toContain('null scope-differs');
  expect(await faultsOf(lines.with(1, 'null'))).toContain('1 invalid-event');
});

test('writes no cell that a spreadsheet would run', async () => {
  const files = await packed(await aDispute());
  const csv = (files.get('timeline.csv') ?? '') + (files.get('attempts.csv') ?? '');
  expect(csv).toContain('=HYPERLINK');
  for (const cell of csv.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)|\r\n/)) {
    expect(cell).not.toMatch(/^"?[=+@\t]|^"-|^-[^0-9]/);
  }
});

test('lists each anomaly with the events that opened and acknowledged it', async () => {
  const files = await packed(await aDispute());

  expect(JSON.parse(files.get('anomalies.json') ?? '')).toMatchObject({
    anomalies: [{ number: 1, openedBy: { revision: 6 }, acknowledged: { revision: 7 } }],
  });
});

test('lists what was retracted, by whom, and the anomaly that closed with it', async () => {
  const money = { amountMinor: 12_800, currency: 'CNY' };
  const mistaken = aHistory([
    ['PaymentOrderCreated', { orderNo: 'O1', processBillNo: 'F1', ...money }, 'created'],
    ['PaymentSucceeded', { transactionNo: 'T1', ...money }, 'paid'],
    ['PaymentSucceeded', { transactionNo: 'T9', ...money }, 'paid'],
    ['FactRetracted', { revision: 2, evidence: 'T9 paid O2', by: 'li-si' }, 'paid'],
    ['FactRetracted', { revision: 3, evidence: 'no, it paid O1', by: 'li-si' }, 'paid'],
  ]);
  const files = await packed(mistaken);
  expect(JSON.parse(files.get('decisions.json') ?? '')).toMatchObject({
    decisions: [
      { revision: 3, retracts: 2, evidence: 'T9 paid O2', retractedByRevision: 4 },
      { revision: 4, retracts: 3, retractedByRevision: null },
    ],
  });
  expect(JSON.parse(files.get('anomalies.json') ?? '')).toMatchObject({
    anomalies: [
      { number: 1, code: 'double-payment', openedBy: { revision: 2 }, retracted: { revision: 3 } },
      { number: 2, code: 'double-payment', openedBy: { revision: 4 }, retracted: null },
    ],
  });
  const verification = await verifyBundle(bytesOf(files), { moduleVersion });
  expect(verification).toMatchObject({ ok: true, faults: [] });
});
