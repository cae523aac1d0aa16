import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addCheckpointBody, parseAddCheckpoint } from '../../../src/tlog/c2sp/add-checkpoint.ts';
import { signedCheckpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import {
  consistencyProof,
  inclusionProof,
  isConsistent,
  isIncluded,
} from '../../../src/tlog/c2sp/merkle.ts';
import { parseProof, proofText } from '../../../src/tlog/c2sp/proof-file.ts';
import { garbage, madeOrRefused, problemOf, spoiledText } from './spoiled-text.ts';
import { growths, leafAt, places, tree } from './trees.ts';
import { keyOf } from '../witness/world.ts';

const { key } = keyOf('log', 'log.example/orders', 1);
const checkpointAt = (size: number): string =>
  signedCheckpoint({ origin: key.name, size, root: tree.root(size) }, key);
const hash = Buffer.alloc(32, 3).toString('base64');
const header = 'c2sp.org/tlog-proof@v1';

describe('a proof file', () => {
  test('proves a leaf with nothing but itself and the leaf', () => {
    fc.assert(
      fc.property(places, ({ index, size }) => {
        const checkpoint = checkpointAt(size);
        const proof = inclusionProof(index, size, tree.mth);
        const read = parseProof(proofText({ index, proof, checkpoint }));

        expect(read.checkpointText).toBe(checkpoint);
        expect(read.index).toBe(index);
        const { root } = read.checkpoint;
        const found = { leaf: leafAt(index), index: read.index, size, root, proof: read.proof };
        expect(isIncluded(found)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('is written as the specification shows it', () => {
    const checkpoint = checkpointAt(2);
    const proof = [Buffer.alloc(32, 3)];

    expect(proofText({ index: 1, proof, checkpoint })).toBe(
      `${header}\nindex 1\n${hash}\n\n${checkpoint}`,
    );
    expect(proofText({ index: 0, proof: [], checkpoint })).toBe(
      `${header}\nindex 0\n\n${checkpoint}`,
    );
  });

  test('has one spelling only, but for its extra data', () => {
    const text = proofText({
      index: 3,
      proof: inclusionProof(3, 10, tree.mth),
      checkpoint: checkpointAt(10),
    });
    fc.assert(
      fc.property(fc.oneof(garbage, spoiledText(text)), (spoiled) => {
        const read = madeOrRefused(() => parseProof(spoiled), 'proof');
        if (read === null) return;
        const { index, proof, checkpointText } = read;
        const again = proofText({ index, proof, checkpoint: checkpointText });
        expect(again).toBe(spoiled.replace(/(?<=@v1\n)extra .*\n/, ''));
      }),
      { numRuns: 2_000 },
    );
  });

  test('may have extra data, which is not believed and not kept', () => {
    const text = `${header}\nextra AAAA\nindex 0\n\n${checkpointAt(1)}`;
    expect(parseProof(text)).toMatchObject({ index: 0, proof: [] });
  });

  test.each([
    ['another header', `c2sp.org/tlog-proof@v2\nindex 0\n\n`, 'must begin with the line'],
    ['no header', `index 0\n\n`, 'must begin with the line'],
    ['no index', `${header}\n\n`, "must have a line 'index NUMBER'"],
    ['a hash before the index', `${header}\n${hash}\nindex 0\n\n`, "must have a line 'index"],
    ['a leading zero', `${header}\nindex 00\n\n`, 'must have its index as a decimal'],
    ['a negative index', `${header}\nindex -1\n\n`, 'must have its index as a decimal'],
    ['an index of 2^53', `${header}\nindex 9007199254740992\n\n`, 'must have its index of at most'],
    ['an index at the size', `${header}\nindex 8\n\n`, 'must have an index below the size'],
    ['no base64', `${header}\nindex 0\n!!\n\n`, 'must have each hash as the base64 of 32 bytes'],
    ['a short hash', `${header}\nindex 0\nAAAA\n\n`, 'must have each hash'],
    ['64 hashes', `${header}\nindex 0\n${`${hash}\n`.repeat(64)}\n`, 'must have at most 63 hashes'],
    ['broken extra data', `${header}\nextra !!\nindex 0\n\n`, 'must have its extra data as base64'],
    ['empty extra data', `${header}\nextra \nindex 0\n\n`, 'must have its extra data as base64'],
    ['extra data twice', `${header}\nextra AAAA\nextra AAAA\nindex 0\n\n`, "a line 'index NUMBER'"],
    ['a carriage return', `${header}\r\nindex 0\n\n`, 'must have no control characters'],
  ])('is refused with %s', (_, start, problem) => {
    expect(problemOf(() => parseProof(`${start}${checkpointAt(8)}`), 'proof')).toMatch(problem);
  });

  test('is refused without its checkpoint, or with one that is none', () => {
    expect(problemOf(() => parseProof(`${header}\nindex 0\n`), 'proof')).toMatch(
      'must have an empty line before its checkpoint',
    );
    expect(problemOf(() => parseProof(`${header}\nindex 0\n\ntext\n`), 'proof.checkpoint')).toMatch(
      'must have an empty line between text and signatures',
    );
    expect(
      problemOf(() => proofText({ index: 0, proof: [], checkpoint: '' }), 'checkpoint'),
    ).toMatch('must have an empty line');
  });
});

describe('the request of a log to a witness', () => {
  test('proves that the log only grew', () => {
    fc.assert(
      fc.property(growths, ({ oldSize, newSize }) => {
        const proof = consistencyProof(oldSize, newSize, tree.mth);
        const body = addCheckpointBody({ oldSize, proof, checkpoint: checkpointAt(newSize) });
        const read = parseAddCheckpoint(body);

        expect(read.oldSize).toBe(oldSize);
        const { size, root } = read.checkpoint;
        const roots = { oldRoot: tree.root(oldSize), newRoot: root };
        expect(isConsistent({ oldSize, newSize: size, ...roots, proof: read.proof })).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('is written as the specification shows it', () => {
    const checkpoint = checkpointAt(2);

    expect(addCheckpointBody({ oldSize: 0, proof: [], checkpoint })).toBe(`old 0\n\n${checkpoint}`);
    expect(addCheckpointBody({ oldSize: 1, proof: [Buffer.alloc(32, 3)], checkpoint })).toBe(
      `old 1\n${hash}\n\n${checkpoint}`,
    );
  });

  test('has one spelling only', () => {
    const proof = consistencyProof(3, 10, tree.mth);
    const text = addCheckpointBody({ oldSize: 3, proof, checkpoint: checkpointAt(10) });
    fc.assert(
      fc.property(fc.oneof(garbage, spoiledText(text)), (spoiled) => {
        const read = madeOrRefused(() => parseAddCheckpoint(spoiled), 'body');
        if (read === null) return;
        const checkpoint = spoiled.slice(spoiled.indexOf('\n\n') + 2);
        expect(addCheckpointBody({ ...read, checkpoint })).toBe(spoiled);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['no old size', '\n\n', "must begin with a line 'old SIZE'"],
    ['another word', 'new 0\n\n', "must begin with a line 'old SIZE'"],
    ['two spaces', 'old  0\n\n', 'must have its old size as a decimal'],
    ['a leading zero', 'old 01\n\n', 'must have its old size as a decimal'],
    ['a size over its checkpoint', 'old 9\n\n', 'must have an old size up to the size'],
    ['a short hash', 'old 1\nAAAA\n\n', 'must have each hash'],
    ['64 hashes', `old 1\n${`${hash}\n`.repeat(64)}\n`, 'must have at most 63 hashes'],
  ])('is refused with %s', (_, start, problem) => {
    const body = `${start}${checkpointAt(8)}`;
    expect(problemOf(() => parseAddCheckpoint(body), 'body')).toMatch(problem);
  });

  test('may have 63 hashes', () => {
    const body = `old 1\n${`${hash}\n`.repeat(63)}\n${checkpointAt(8)}`;
    expect(parseAddCheckpoint(body).proof).toHaveLength(63);
  });
});
