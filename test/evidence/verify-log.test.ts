import { describe, expect, test, vi } from 'vitest';
import { verifierFiles } from '../../src/evidence/verifier.ts';
import { bodyOf, noteBy, pathOf, proofIn, strangeKey, trustIn } from './log-of-strangers.ts';
import { ofStrangers, verifiedLog } from './log-verifier-under-test.ts';
import { events, file, first, hashesOf, last, log, second, withProofs } from './logged-package.ts';

const hashes = hashesOf(events);
const [, , third = log.log] = log.witnesses;
const forger = strangeKey('witness', first.name, 'a forger');

describe('the verifier of logs', () => {
  test('says who signed the checkpoint that holds an event, by the keys that its reader trusts', async () => {
    const files = await withProofs({
      [file(last - 1)]: log.proof(last - 1, [log.log, second, first]),
    });
    const { faults, places } = await verifiedLog(files, log.trust);
    expect(faults).toEqual([]);
    expect(places).toMatchObject([
      {
        ...{ revision: last - 1, hash: hashes[last - 1] },
        proof: { origin: log.origin, size: log.indexOf(last - 1) + 2 },
        standing: {
          ...{ logs: [log.log.vkey], wrong: [], isMet: true, isEnough: true },
          witnesses: [first, second].map(({ name, vkey }) => {
            return { name, vkey, at: '2026-11-18T11:06:40.000Z' };
          }),
        },
      },
    ]);
  });

  test.each<[string, Parameters<typeof log.proof>[1], object]>([
    ['too few witnesses', [log.log, third], { isMet: false, wrong: [] }],
    ['no log', [first, second, third], { isMet: true, logs: [], wrong: [] }],
    ['strangers alone', [forger], { isMet: false, logs: [], witnesses: [] }],
  ])('counts no checkpoint as signed that is signed by %s', async (_, signers, standing) => {
    const files = await withProofs({ [file(last)]: log.proof(last, signers) });
    const { faults, places } = await verifiedLog(files, log.trust);
    expect(faults).toEqual([]);
    expect(places).toMatchObject([{ standing: { ...standing, isEnough: false } }]);
  });

  test('reads the checkpoint of a log and a witness in operation', async () => {
    // Those of test/tlog/vectors.test.ts. Nothing is known of a leaf of that log.
    const key = 'markovianprotocol.com/log+0302c6c8+ATkpOWo95UuEiW2EhNZAol4f0CS8hMluJfPcTSzrr03v';
    const witness =
      'witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G';
    const text = [
      ...['c2sp.org/tlog-proof@v1', 'index 0', '', 'markovianprotocol.com/log', '9266'],
      ...['QnwPzJywq5AyOk9k1zLqfryh6Ktw1CnaaKplELApoxw=', ''],
      '— markovianprotocol.com/log AwLGyIvuxLXZM101mKdNCPTsl9GgtiG/wzbd8cGru0pGnWVMXI06twIsEIZho7' +
        'n8id+w2EO0BZCalxuEm6BauQGNmgo=',
      '— witness.navigli.sunlight.geomys.org o+AP4gAAAABqwX+So8evhUsltetL+QnwUxEYMNrD25pJYOTFHwDC' +
        'opbgQMl2AEh583AxfFNMDZzE73rdjK62tUN8oUBfd9p6usq+BA==\n',
    ].join('\n');
    const trust = `log ${key}\nwitness navigli ${witness}\nquorum navigli\n`;

    const proof = ofStrangers.proofIn(text);
    expect(await ofStrangers.standingOf(proof, await ofStrangers.trustIn(trust))).toMatchObject({
      ...{ logs: [key], wrong: [], isEnough: true },
      witnesses: [{ vkey: witness, at: new Date(1_791_066_002_000).toISOString() }],
    });
  });

  test('names the key in whose name something else stands', async () => {
    const signed = log.proof(last);
    const [line = ''] = signed.split('\n').slice(-2);
    const wrong = signed.replace(line, line.replace(/.{8}$/, 'AAAAAAA='));
    const { places } = await verifiedLog(await withProofs({ [file(last)]: wrong }), log.trust);
    expect(places).toMatchObject([{ standing: { wrong: [third.vkey], isEnough: false } }]);
  });

  test('counts no signature in the name of another log', async () => {
    const body = bodyOf('other.example/orders', log.leaves);
    const note = noteBy(body, [log.log, ...log.witnesses]);
    const proof = proofIn(log.leaves, log.indexOf(last), note);
    const { places } = await verifiedLog(await withProofs({ [file(last)]: proof }), log.trust);
    expect(places).toMatchObject([{ standing: { logs: [], isMet: true, isEnough: false } }]);
  });

  test('proves a leaf in trees of every size, by a path of that size alone', async () => {
    for (let size = 1; size <= 40; size += 1) {
      const leaves = log.leaves
        .slice(0, 3)
        .concat(Array.from({ length: 40 }, (_, at) => Buffer.alloc(32, at)));
      const tree = leaves.slice(0, size);
      const index = (size * 7) % size === 0 ? size - 1 : (size * 7) % size;
      const hash = (tree[index] ?? Buffer.alloc(32)).toString('hex');
      const text = proofIn(tree, index, noteBy(bodyOf(log.origin, tree), [log.log]));
      const proof = ofStrangers.proofIn(text);
      expect(await ofStrangers.isInLog(hash, proof)).toBe(true);
      expect(proof.path).toHaveLength(pathOf(tree, index).length);
      const longer = { ...proof, path: [...proof.path, proof.root] };
      await expect(ofStrangers.isInLog(hash, longer)).rejects.toThrow('not as described');
      if (size === 1) continue;
      const shorter = { ...proof, path: proof.path.slice(1) };
      await expect(ofStrangers.isInLog(hash, shorter)).rejects.toThrow('not as described');
    }
  });

  const sound = log.proof(last);
  const alone = log.leaves.slice(log.indexOf(last), log.indexOf(last) + 1);
  const ofOneLeaf = proofIn(alone, 0, noteBy(bodyOf(log.origin, alone), [log.log]));
  test.each<[string, string, string | null, RegExp]>([
    ['that is gone', 'README.txt', null, /^0 files end in .tlog-proof/],
    ['under another revision', file(last - 1), sound, /does not prove \d+:[0-9a-f]{64}/],
    ['of an event that is not here', file(last + 1), sound, /SyntaxError/],
    ['under a name that is none', 'revision-007.tlog-proof', sound, /no such event/],
    ['of another name', 'x.tlog-proof', sound, /no such event/],
    ['that is empty', file(last), '', /not as described/],
    [
      'with base64 in another spelling',
      file(last),
      sound.replace('index', 'extra QR==\nindex'),
      /not as described/,
    ],
    [
      'of an index beyond its tree',
      file(last),
      ofOneLeaf.replace('index 0', 'index 1'),
      /not as described/,
    ],
    ['that is no text', file(last), `${sound}\0`, /not as described/],
    [
      'that is too long',
      file(last),
      `${sound}${'— x AAAAAAAA\n'.repeat(9_000)}`,
      /not as described/,
    ],
    [
      'with 65 signatures',
      file(last),
      `${sound}${'— x AAAAAAAA\n'.repeat(61)}`,
      /not as described/,
    ],
  ])('names a proof %s', async (_, name, text, fault) => {
    const { faults, places } = await verifiedLog(
      await withProofs(text === null ? {} : { [name]: text }),
      log.trust,
    );
    expect(places).toEqual([]);
    expect(faults.join()).toMatch(fault);
  });

  test('takes no list of one hash for a hash', async () => {
    const files = await withProofs({ [file(last)]: sound });
    const hash = hashes[last] ?? '';
    const listed = files.get('events.ndjson')?.replace(`"hash":"${hash}"`, `"hash":["${hash}"]`);

    const { faults, places } = await verifiedLog(
      files.set('events.ndjson', listed ?? ''),
      log.trust,
    );

    expect(listed).toContain(`["${hash}"]`);
    expect(places).toEqual([]);
    expect(faults.join()).toMatch(/no such event/);
  });

  test('reads 16 proofs and names that there are more', async () => {
    const proofs = Array.from({ length: 17 }, (_, at) => [file(at + 1_000), ''] as const);
    const { faults } = await verifiedLog(await withProofs(Object.fromEntries(proofs)), null);
    expect(faults[0]).toBe('17 files end in .tlog-proof');
    expect(faults).toHaveLength(17);
  });

  test('reads no link, and no file that is too large', async () => {
    const read = vi.fn(() => Promise.resolve(new Uint8Array(Buffer.from(sound))));
    for (const size of [NaN, 64 * 1024 + 1]) {
      const files = await withProofs({});
      const { faults } = await verifiedLog(files, null, [{ name: file(last), size, read }]);
      expect(faults.join()).toMatch(/not as described/);
    }
    expect(read).not.toHaveBeenCalled();
  });

  test.each([
    ['of no order', '{}'],
    ['without metadata', `{"revision":${last}}`],
    ['whose hash is none', `{"revision":${last},"metadata":{"hash":"X"}}`],
    ['of another revision', `{"revision":0,"metadata":{"hash":"${hashes[last] ?? ''}"}}`],
    ['that is no JSON', '{'],
  ])('proves no line %s', async (_, line) => {
    const files = await withProofs({ [file(last)]: sound });
    const lines = (files.get('events.ndjson') ?? '').split('\n');
    files.set('events.ndjson', lines.with(last, line).join('\n'));
    const { faults, places } = await verifiedLog(files, null);
    expect(places).toEqual([]);
    expect(faults).toHaveLength(1);
  });

  test('checks no signature where the platform has no Ed25519, and says so', async () => {
    const none = vi
      .spyOn(crypto.subtle, 'generateKey')
      .mockRejectedValue(new Error('NotSupported'));
    try {
      const files = await withProofs({ [file(last)]: sound });
      const { faults, places } = await verifiedLog(files, log.trust);
      expect({ faults, places }).toMatchObject({ faults: [], places: [{ standing: null }] });
    } finally {
      none.mockRestore();
    }
  });

  test.each<[string, string]>([
    ['lists a witness twice', trustIn(log.log, [first, first], 1)],
    [
      'lists one public key under two names',
      trustIn(log.log, [first, strangeKey('witness', 'x', first.name)], 1),
    ],
    ['asks for more than there are', trustIn(log.log, [first], 2)],
    ['asks for none of some', trustIn(log.log, [first], 0)],
    ['has a line for nothing', `${log.trust}watch w0\n`],
    ['ends its lines as Windows does', log.trust.replaceAll('\n', '\r\n')],
    ['calls a witness none', log.trust.replaceAll('w0', 'none')],
    [
      'has the key of a log for a witness',
      log.trust.replace(first.vkey, strangeKey('log', 'other.example').vkey),
    ],
    ['has a key whose id is not its own', log.trust.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['says no quorum', log.trust.replace(/quorum.*/, '')],
    ['has nothing in it', ''],
  ])('refuses a trust file that %s', async (_, text) => {
    await expect(ofStrangers.trustIn(text)).rejects.toThrow('not as described');
  });
});

describe('the published verifier of logs', () => {
  const texts = verifierFiles();
  const [script, page] = [texts.get('verify-log.mjs') ?? '', texts.get('verify-log.html') ?? ''];

  test('imports nothing, reaches no network, and says first that a copy is a convenience', () => {
    expect(script).not.toMatch(/\bimport\b|\brequire\b|\bfetch\b|XMLHttp|WebSocket|https?:/);
    expect(script.slice(0, 700)).toMatch(/a forger of the package could have forged it/);
    expect(script).not.toContain('@type');
  });

  test('has at most 300 lines, of which the page holds all', () => {
    expect(page).toContain(script);
    expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(300);
  });
});
