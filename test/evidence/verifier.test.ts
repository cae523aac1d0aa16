import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { verifyBundle } from '../../src/dispute.ts';
import type { BundleVerification, DisputeEvent } from '../../src/dispute.ts';
import { verifierFiles } from '../../src/evidence/verifier.ts';
import { sha256 } from '../../src/text.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { drawn } from '../../trials/campaigns/levels/packages.ts';
import { afterWitness, lieInEvents } from '../../trials/packages/oracle.ts';
import type { Scene } from '../../trials/packages/scenes.ts';
import { ourVersion, scenes } from '../../trials/packages/scenes.ts';
import { forged, packed, witnessOf } from './support.ts';
import { aRealOrder } from './real-order.ts';
import { verified } from './verifier-under-test.ts';
import { guides, withDigests } from './verifier-digests.ts';

describe('the independent verifier, beside ours,', () => {
  let all: readonly Scene[];
  beforeAll(async () => {
    const runtime = simulatedRuntime();
    all = await scenes((bytes) => runtime.randomHex(bytes));
  });

  const byOurs = ({
    files,
    witness,
  }: Pick<Scene, 'files'> & { witness?: Scene['truth']['witness'] }) => {
    const bytes = new Map([...files].map(([name, content]) => [name, Buffer.from(content)]));
    return verifyBundle(bytes, { witness, moduleVersion: ourVersion });
  };

  test('proves every honest package, of both formats, whole and redacted', async () => {
    for (const { name, files, truth } of all) {
      const [ours, theirs] = [await byOurs({ files }), await verified(files, truth)];

      expect(theirs.faults, name).toEqual([]);
      expect(theirs.withheld, name).toBe(ours.withheldFields + ours.withheldParts);
      expect(theirs.head, name).toBe(`${ours.head?.revision ?? ''}:${ours.head?.hash ?? ''}`);
    }
    expect(all.length).toBeGreaterThan(20);
  });

  /**
   * It does not derive files again, and leaves proofs from a log to `verify-log.mjs`: it says so. And
   * what the exporter states in the manifest is nothing to it: who, why, by which rules, with which
   * list of what is withheld.
   */
  const elsewhere = ['not-derived', 'withheld-differs', 'proof-unreadable', 'not-included'];
  const isApart = ({ faults }: BundleVerification, { name }: Scene) =>
    faults.every(({ code, message }) => elsewhere.includes(code) || / \(field '/.test(message)) ||
    name === 'a package of version 1';

  test('gives the same verdict on altered packages, and proves no lie', async () => {
    const counts = { both: 0, neither: 0, apart: 0 };
    for (let seed = 1; seed <= 400; seed += 1) {
      const { scene, files, kinds, forgery, ...tried } = drawn(all, seed);
      // It knows no log, so nothing but the witness tells it of a chain that was computed again.
      const knowsWitness = tried.knowsWitness || forgery === 'chain';
      const witness = knowsWitness ? scene.truth.witness : undefined;
      const what = `seed ${seed}, ${scene.name}: ${kinds.join()}`;

      const [ours, theirs] = [
        await byOurs(witness === undefined ? { files } : { files, witness }),
        await verified(files, { witness }),
      ];

      const isProven = theirs.faults.length === 0;
      const told = { files, honest: scene.files, truth: scene.truth, knowsWitness };
      const lie = isProven ? lieInEvents(told) : null;
      // It says up to where a witness covers events. What comes after, only the machine may refuse.
      if (lie?.endsWith(afterWitness) === true) continue;
      expect(lie, what).toBeNull();
      if (isProven === ours.ok) counts[isProven ? 'both' : 'neither'] += 1;
      else {
        counts.apart += 1;
        expect({ what, isProven, isApart: isApart(ours, scene) }).toEqual({
          ...{ what, isProven: true, isApart: true },
        });
      }
    }
    expect(counts.both).toBeGreaterThan(20);
    expect(counts.neither).toBeGreaterThan(200);
    expect(counts.apart).toBeLessThan(60);
  });
});

describe('the independent verifier', () => {
  let events: readonly DisputeEvent[];
  let sound: ReadonlyMap<string, string>;
  beforeAll(async () => {
    events = await aRealOrder();
    sound = await packed(events, ['reason']);
  });

  const faultsOf = async (...given: Parameters<typeof verified>) =>
    (await verified(...given)).faults.join('; ');
  const withLine = (change: (line: string) => string) => {
    const lines = (sound.get('events.ndjson') ?? '').trimEnd().split('\n');
    const changed = lines.with(2, change(lines[2] ?? ''));
    expect(changed).not.toEqual(lines);
    return forged(sound, { 'events.ndjson': `${changed.join('\n')}\n` });
  };

  test('reads what a witness and a seal cover', async () => {
    const witness = witnessOf(events);
    const seal = sha256(sound.get('manifest.json') ?? '');

    expect(await faultsOf(sound, { witness, seal })).toBe('');
    expect(await faultsOf(sound, { witness: { ...witness, hash: '0'.repeat(64) } })).toContain(
      'the event of the witness is not here',
    );
    expect(await faultsOf(sound, { witness: { ...witness, revision: 99 } })).toContain(
      'the event of the witness is not here',
    );
    expect(
      await faultsOf(
        forged(sound, {}, () => ({ writtenBy: [] })),
        { seal },
      ),
    ).toContain('the seal differs');
  });

  test.each<[string, (line: string) => string, RegExp]>([
    ['a name twice', (line) => line.replace('"data":{', '"data":{"x":1,"x":2,'), /line 3 of/],
    [
      'half a surrogate pair',
      (line) => line.replace('"data":{', '"data":{"x":"\\ud800",'),
      /unreadable/,
    ],
    [
      '5,000 levels',
      (line) => line.replace('"data":{', `"data":{"x":${'['.repeat(5_000)}${']'.repeat(5_000)},`),
      /revision 2 unreadable|line 3 of/,
    ],
    [
      'a million levels',
      (line) => line.replace('"data":{', `"data":{"x":${'['.repeat(5e5)}${']'.repeat(5e5)},`),
      /line 3 of/,
    ],
    [
      '2 MiB',
      (line) => line.replace('"data":{', `"data":{"x":"${'x'.repeat(2 ** 21)}",`),
      /line 3 of/,
    ],
    [
      'a prototype',
      (line) => line.replace('"data":{', '"data":{"__proto__":{"paid":1},'),
      /data-altered/,
    ],
    ['its position', (line) => line.replace('{', '{"position":"7",'), /line 3 of/],
    [
      'a salt of nothing',
      (line) => line.replace('"salts":{', '"salts":{"more":{},'),
      /data-altered/,
    ],
    [
      'a list of parts',
      (line) => line.replace(/"withheld":.*/, '"withheld":["data"]}'),
      /shown-unproven/,
    ],
    ['another format', (line) => line.replace('"format":2', '"format":3'), /unreadable/],
  ])('names a line that holds %s', async (_, change, fault) => {
    expect(await faultsOf(withLine(change))).toMatch(fault);
  });

  test.each<[string, RegExp]>([
    ['\n'.repeat(30_000), /line 10001 of events.ndjson/],
    ['', /describes other events/],
    ['\0', /line 1 of/],
  ])('names a file of events that is none (%#)', async (text, fault) => {
    expect(await faultsOf(forged(sound, { 'events.ndjson': text }))).toMatch(fault);
  });

  test.each<[string, object]>([
    ['of another kind', { format: 'bill' }],
    ['of a later version', { formatVersion: 3 }],
    ['whose version is a text', { formatVersion: '2' }],
    ['without a scope', { scope: null }],
    ['of another order', { scope: { orderNo: 'O2' } }],
    ['whose files are not a list', { files: { 0: 'x' } }],
    ['of an order that is not text', { scope: { orderNo: { toString: 1 } } }],
    ['that lists a file whose name is not text', { files: [{ name: { toString: 1 } }] }],
    ['that lists nothing', { files: [null, 7, {}] }],
  ])('names a manifest %s', async (_, claims) => {
    expect(await faultsOf(forged(sound, {}, () => claims))).not.toBe('');
  });

  test('names a link, a file that is too large, and one that cannot be read', async () => {
    const read = () => Promise.reject(new Error('CANARY'));
    const named = /^report.html is missing, too large, no plain file, or cannot be read/;
    const others = new Map([...sound].filter(([name]) => name !== 'report.html'));
    for (const size of [NaN, 2 ** 40, 1]) {
      expect(await faultsOf(others, {}, [{ name: 'report.html', size, read }])).toMatch(named);
    }
  });

  test('leaves a time stamp unread, and names it', async () => {
    const read = () => Promise.reject(new Error('it was read'));
    const { faults, unchecked } = await verified(sound, {}, [
      { name: 'head.tsr', size: 2 ** 40, read },
    ]);
    expect(faults).toEqual([]);
    expect(unchecked).toContain('head.tsr');
    expect(await faultsOf(new Map([...sound, ['head.tsr.html', '']]))).toContain('is not listed');
  });

  test('proves a notice by the event that names it, and by no other digest', async () => {
    const id = sha256('another');
    const name = `notice-${id}.txt`;
    expect(await faultsOf(forged(sound, { [name]: 'another' }))).toBe(
      `${name} is named by no event`,
    );
  });
});

describe('the published verifier', () => {
  const files = verifierFiles();
  const text = (name: 'verify.mjs' | 'verify.html') => files.get(name) ?? '';

  test('imports nothing, reaches no network, and says first that a copy is a convenience', () => {
    expect(text('verify.mjs')).not.toMatch(
      /\bimport\b|\brequire\b|\bfetch\b|XMLHttp|WebSocket|https?:/,
    );
    expect(text('verify.mjs').slice(0, 600)).toMatch(
      /a forger of the package could have forged it/,
    );
    expect(text('verify.mjs')).not.toContain('@type');
  });

  test('has at most 300 lines, of which the page holds all', () => {
    expect(text('verify.html')).toContain(text('verify.mjs'));
    expect(text('verify.html').trimEnd().split('\n').length).toBeLessThanOrEqual(300);
    expect(text('verify.html').match(/<\/script/g)).toHaveLength(1);
  });

  test.each(guides)(
    'has the digests that %s publishes; `npm run verifier` writes them',
    (guide) => {
      expect(withDigests(guide)).toBe(readFileSync(guide, 'utf8'));
    },
  );

  test('lies in each package', async () => {
    const packaged = await packed(await aRealOrder());
    for (const [name, content] of files) expect(packaged.get(name)).toBe(content);
  });
});
