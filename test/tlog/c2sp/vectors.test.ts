/**
 * What others have published: trees, keys, notes, checkpoints and cosignatures that this module did
 * not make. Each says where it stands.
 */

import { describe, expect, test } from 'vitest';
import { parseCheckpoint, signedCheckpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import { cosign, signatureIn } from '../../../src/tlog/c2sp/cosignature.ts';
import type { KeyKind, SigningKey } from '../../../src/tlog/c2sp/keys.ts';
import { newSigningKey, parseSigningKey, parseVerifierKey } from '../../../src/tlog/c2sp/keys.ts';
import {
  Frontier,
  consistencyProof,
  emptyRoot,
  inclusionProof,
  isConsistent,
  isIncluded,
} from '../../../src/tlog/c2sp/merkle.ts';
import type { RangeHash } from '../../../src/tlog/c2sp/merkle.ts';
import { noteOf, parseNote, signatureLine } from '../../../src/tlog/c2sp/note.ts';
import { parseTrust, standingOf } from '../../../src/tlog/c2sp/trust.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');

/** google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc. */
describe('the reference tree of Certificate Transparency', () => {
  const leaves = [
    ...['', '00', '10', '2021', '3031', '40414243', '5051525354555657'],
    '606162636465666768696a6b6c6d6e6f',
  ].map(bytes);
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ].map(bytes);
  const rootAt = (size: number): Buffer => roots[size] ?? Buffer.alloc(0);
  const rangeHash: RangeHash = (from, to) => {
    const frontier = new Frontier();
    for (const leaf of leaves.slice(from, to)) frontier.append(leaf);
    return frontier.root();
  };

  test('has its roots', () => {
    expect(hexOf(emptyRoot)).toBe(hexOf(rootAt(0)));
    for (const [size, root] of roots.entries()) {
      expect(hexOf(rangeHash(0, size))).toBe(hexOf(root));
    }
  });

  test.each([
    [0, 1, []],
    [
      ...[0, 8],
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      ...[5, 8],
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
  ] as const)('proves leaf %s of %s', (index, size, hashes) => {
    const proof = inclusionProof(index, size, rangeHash);
    const leaf = leaves[index] ?? Buffer.alloc(1);

    expect(proof.map(hexOf)).toEqual(hashes);
    expect(isIncluded({ leaf, index, size, root: rootAt(size), proof })).toBe(true);
  });

  test.each([
    [1, 1, []],
    [
      ...[2, 8],
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      ...[6, 8],
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
  ] as const)('proves that it grew from %s to %s', (oldSize, newSize, hashes) => {
    const proof = consistencyProof(oldSize, newSize, rangeHash);
    const roots = { oldRoot: rootAt(oldSize), newRoot: rootAt(newSize) };

    expect(proof.map(hexOf)).toEqual(hashes);
    expect(isConsistent({ oldSize, newSize, ...roots, proof })).toBe(true);
  });
});

/** golang/mod, sumdb/note/note_test.go. */
describe('the notes of Go', () => {
  const peter = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const enoch = 'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop';
  const secret = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
  const text =
    'If you think cryptography is the answer to your problem,\n' +
    "then you don't know what your problem is.\n";
  const peterLine =
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot' +
    'pRZb6KE6RyyBwJnAM=';
  const enochLine =
    '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLo' +
    'x33WWd1RvMc+QQ=';

  test('are signed by both', () => {
    const note = parseNote(noteOf(text, [peterLine, enochLine]));

    expect(note.text).toBe(text);
    expect(signatureIn(note, parseVerifierKey(peter)).kind).toBe('valid');
    expect(signatureIn(note, parseVerifierKey(enoch)).kind).toBe('valid');
  });

  test('are signed here with the same bytes', () => {
    const key = parseSigningKey(secret, 'log');

    expect(key.vkey).toBe(peter);
    expect(signatureLine(key, key.sign(Buffer.from(text)))).toBe(peterLine);
  });

  // Both have the right id for what they hold.
  test.each([
    'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==',
    'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  ])('have no key %s', (vkey) => {
    expect(() => parseVerifierKey(vkey)).toThrow(
      expect.objectContaining({ code: 'invalid-input', field: 'key' }) as Error,
    );
  });
});

/** The key is in golang/go, cmd/go/internal/modfetch/key.go; the log answered this on 2024-09-23. */
describe('the checksum database of Go', () => {
  const vkey = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
  const note = noteOf(
    'go.sum database tree\n30055305\nmXfgRcJ0bG0j3CPdKwgGWtUzBUbX67saZGRmFuJGGsM=\n',
    [
      '— sum.golang.org Az3grpgEild5qw7+5dtV13Kf1C2Xurm8q4fhdxvcsDHnqNTaxL2AFjBY+2TyGKevucFcAAlW' +
        'FJJYle3EJlDCrQ+y3A8=',
    ],
  );

  test('has a valid checkpoint, which is not of the origin that its key is called', () => {
    const checkpoint = parseCheckpoint(note);

    expect(checkpoint).toMatchObject({ origin: 'go.sum database tree', size: 30_055_305 });
    expect(signatureIn(checkpoint.note, parseVerifierKey(vkey)).kind).toBe('valid');
    expect(standingOf(checkpoint, parseTrust(`log ${vkey}\nquorum none\n`))).toMatchObject({
      log: null,
      isEnough: false,
    });
  });
});

/**
 * sigsum/sigsum-go, pkg/checkpoint/checkpoint_test.go; the first is also in issue 99 of C2SP/C2SP. Its
 * private key is the byte 17 and 31 zeroes.
 */
describe('the checkpoints of Sigsum', () => {
  const publicKey = '66e0b858e462a609e66fe71370c816d8846ff103d5499a22a7fec37fdbc424a7';
  const keyOf = (kind: KeyKind, name: string): SigningKey =>
    newSigningKey(kind, name, Buffer.concat([Buffer.of(17)], 32)).key;
  const root = bytes(`1c0e47${'00'.repeat(29)}`);
  const origin =
    'sigsum.org/v1/tree/e796172b92befd62d9dc67e41c2f5bc9d3100a3023b20b1ca40288dd1c679e69';
  const note = noteOf(`${origin}\n10\nHA5HAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n`, [
    `— ${origin} gJ2ho0n8F8olcerUF1FFdv235A/5as/coWrpLrtE7ovMeP5whgwouYExowG/lTznxu6OUGjjt5yJQ` +
      '6bXtTcf718MqAQ=',
  ]);

  test('are signed by the log', () => {
    const key = keyOf('log', origin);
    const checkpoint = parseCheckpoint(note);

    expect(key.vkey.endsWith(Buffer.from(`01${publicKey}`, 'hex').toString('base64'))).toBe(true);
    expect(checkpoint).toMatchObject({ origin, size: 10, root });
    expect(signatureIn(checkpoint.note, key)).toEqual({ kind: 'valid', atSeconds: null });
    expect(signedCheckpoint({ origin, size: 10, root }, key)).toBe(note);
  });

  test('are cosigned by the witness, here with the same bytes', () => {
    const log = newSigningKey('log', 'example.org/log', Buffer.alloc(32, 1)).key;
    const witness = keyOf('witness', 'example.org/witness');
    const made = { origin: log.name, size: 10, root };
    const checkpoint = parseCheckpoint(signedCheckpoint(made, log));
    const line =
      '— example.org/witness ys8uUAAAAAAAAATSftMzceM8zssdZ9jin9SjwIxzx9iADMf63VqirX2hafol9RsqNqb' +
      'ofIz0LVRqHXI2kpEBSki5RTXFtxz1vo9+Cg==';

    expect(cosign(checkpoint, witness, 1_234)).toBe(line);
    const found = signatureIn(parseNote(noteOf(checkpoint.note.text, [line])), witness);
    expect(found).toEqual({ kind: 'valid', atSeconds: 1_234 });
  });
});

/**
 * A log and a witness that were in operation when the witness gave this checkpoint, on 2026-10-03. Its
 * third signature, of a type that is not read here, is left out. The witness is one of Geomys, which
 * publishes its key (geomys.org/witness/navigli).
 */
describe('the witness Navigli', () => {
  const log = 'markovianprotocol.com/log+0302c6c8+ATkpOWo95UuEiW2EhNZAol4f0CS8hMluJfPcTSzrr03v';
  const witness =
    'witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G';
  const note = noteOf(
    'markovianprotocol.com/log\n9266\nQnwPzJywq5AyOk9k1zLqfryh6Ktw1CnaaKplELApoxw=\n',
    [
      '— markovianprotocol.com/log AwLGyIvuxLXZM101mKdNCPTsl9GgtiG/wzbd8cGru0pGnWVMXI06twIsEIZho7' +
        'n8id+w2EO0BZCalxuEm6BauQGNmgo=',
      '— witness.navigli.sunlight.geomys.org o+AP4gAAAABqwX+So8evhUsltetL+QnwUxEYMNrD25pJYOTFHwDC' +
        'opbgQMl2AEh583AxfFNMDZzE73rdjK62tUN8oUBfd9p6usq+BA==',
    ],
  );

  test('vouches for a log at a time', () => {
    const trust = parseTrust(`log ${log}\nwitness navigli ${witness}\nquorum navigli\n`);

    expect(standingOf(parseCheckpoint(note), trust)).toMatchObject({
      log: { vkey: log },
      witnesses: [{ name: 'navigli', vkey: witness, atSeconds: 1_791_066_002 }],
      isEnough: true,
      problem: null,
    });
  });
});
