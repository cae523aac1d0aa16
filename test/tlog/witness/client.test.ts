import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCheckpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import { cosign } from '../../../src/tlog/c2sp/cosignature.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { Witness } from '../../../src/tlog/witness/witness.ts';
import type { HttpAnswer, Post } from '../../../src/tlog/witness/client.ts';
import { cosignaturesFrom, cosignaturesFromAll } from '../../../src/tlog/witness/client.ts';
import { WitnessState } from '../../../src/tlog/witness/state.ts';
import { parseWitnessUrl } from '../../../src/tlog/witness/url.ts';
import { scratchForEach } from '../../event-store/scratch-for-each.ts';
import type { Leaves } from './world.ts';
import { bodyOf, keyOf, leavesUpTo, logKey, noteOfLeaves, witnessKey } from './world.ts';

let path: string;

scratchForEach((scratch) => {
  path = scratch;
});

const runtime = simulatedRuntime();
const url = new URL('https://witness.example/w1/');
const strangerKey = keyOf('witness', 'witness.example/stranger', 9);

/** Asks about a log of these leaves; `sizes` are the old sizes that a body was wanted for. */
function question(leaves: Leaves, keys = [witnessKey.key]) {
  const sizes: number[] = [];
  return {
    sizes,
    checkpoint: { note: noteOfLeaves(leaves), size: leaves.length },
    consistency: (oldSize: number) => {
      sizes.push(oldSize);
      return Promise.resolve(bodyOf(oldSize, leaves));
    },
    ...{ keys, runtime },
  };
}

/** A witness at the other end, without a socket. */
async function witnessAt(): Promise<{ post: Post; close: () => void }> {
  const state = await WitnessState.open(path, runtime);
  const dependencies = { key: witnessKey.key, logs: [logKey.key], state, runtime };
  const witness = new Witness({ ...dependencies, onError: () => undefined });
  return {
    post: (_, body) => witness.addCheckpoint(Buffer.from(body)),
    close: () => {
      state.close();
    },
  };
}

function scripted(...answers: readonly (Partial<HttpAnswer> | string)[]): Post {
  const left = [...answers];
  return () => {
    const next = left.shift() ?? 'nothing is left';
    const empty = { status: 200, contentType: 'text/plain', body: '' };
    return Promise.resolve(typeof next === 'string' ? next : { ...empty, ...next });
  };
}

const sizeAnswer = (size: number | string): Partial<HttpAnswer> => ({
  ...{ status: 409, contentType: 'text/x.tlog.size', body: `${size}\n` },
});

const leaves = leavesUpTo(5);
const line = cosign(parseCheckpoint(noteOfLeaves(leaves)), witnessKey.key, 1_700_000_000);
const strangers = cosign(parseCheckpoint(noteOfLeaves(leaves)), strangerKey.key, 1_700_000_000);
const ofOthers = cosign(parseCheckpoint(noteOfLeaves(leavesUpTo(6))), witnessKey.key, 1);

describe('asking a witness', () => {
  test('gives its cosignature, from the beginning and then from what it saw', async () => {
    const { post, close } = await witnessAt();
    const [first, second, again] = [question(leavesUpTo(3)), question(leaves), question(leaves)];
    const urls: string[] = [];
    const posting: Post = (to, ...rest) => {
      urls.push(to.href);
      return post(to, ...rest);
    };

    const answers = [
      await cosignaturesFrom(url, first, posting),
      await cosignaturesFrom(url, second, posting),
      await cosignaturesFrom(url, again, posting),
    ];

    const { name, id } = witnessKey.key;
    for (const answer of answers) {
      expect(answer).toMatchObject({ kind: 'cosigned', signatures: [{ name, id }] });
    }
    expect([first.sizes, second.sizes, again.sizes]).toEqual([[0], [0, 3], [0, 5]]);
    expect(new Set(urls)).toEqual(new Set(['https://witness.example/w1/add-checkpoint']));
    close();
  });

  test.each<[what: string, problem: string, old: Leaves]>([
    ['a longer log', 'the witness saw a longer log, of 7 events', leavesUpTo(7)],
    ['another log', 'the witness cosigned another log of the same size', leavesUpTo(5, 'other')],
    [
      'a fork',
      'the witness cosigned what this log does not continue (HTTP 422)',
      leavesUpTo(4, 'other'),
    ],
  ])('says that it saw %s', async (_, problem, old) => {
    const { post, close } = await witnessAt();
    await cosignaturesFrom(url, question(old), post);

    const answer = await cosignaturesFrom(url, question(leaves), post);

    expect(answer).toEqual({ kind: 'missing', problem });
    close();
  });

  test.each<[what: string, answers: readonly (Partial<HttpAnswer> | string)[], problem: string]>([
    ['is down', ['the witness cannot be reached'], 'the witness cannot be reached'],
    [
      'knows another key',
      [{ status: 403 }],
      'the witness does not trust the key of the log (HTTP 403)',
    ],
    ['does not know the log', [{ status: 404 }], 'the witness does not know the log (HTTP 404)'],
    ['fails', [{ status: 500, body: line }], 'the witness answered with HTTP 500'],
    ['redirects', [{ status: 302 }], 'the witness answered with HTTP 302'],
    [
      'says no size',
      [{ status: 409, body: '5\n' }],
      'the witness says that it saw another log, but not how long it is (HTTP 409)',
    ],
    [
      'says a size with a zero before it',
      [sizeAnswer('05')],
      'the witness says that it saw another log, but not how long it is (HTTP 409)',
    ],
    [
      'says a size past the integers',
      [sizeAnswer('9999999999999999')],
      'the witness says that it saw another log, but not how long it is (HTTP 409)',
    ],
    ['says 0 after 0', [sizeAnswer(0)], 'the witness contradicts itself about the size of the log'],
    [
      'says another size each time',
      [sizeAnswer(3), sizeAnswer(4)],
      'the witness saw another checkpoint meanwhile',
    ],
    [
      'is down the second time',
      [sizeAnswer(3), 'the witness did not answer within 10 s'],
      'the witness did not answer within 10 s',
    ],
    ['says nothing', [{}], 'the witness answered with something else than signatures'],
    [
      'says something else',
      [{ body: '<html>' }],
      'the witness answered with something else than signatures',
    ],
    [
      'puts another text before its signature',
      [{ body: `more\n\n${line}\n` }],
      'the witness answered with something else than signatures',
    ],
    [
      'signs with an unknown key',
      [{ body: `${strangers}\n` }],
      'no key that the trust file names signed the answer of the witness',
    ],
    [
      'signs another checkpoint',
      [{ body: `${ofOthers}\n` }],
      'the cosignature of witness.example/one is wrong',
    ],
  ])('names the problem where it %s', async (_, answers, problem) => {
    const answer = await cosignaturesFrom(url, question(leaves), scripted(...answers));

    expect(answer).toEqual({ kind: 'missing', problem });
  });

  test('takes each known key once, and no line of another', async () => {
    const body = `${strangers}\n${line}\n${line}\n`;

    const answer = await cosignaturesFrom(url, question(leaves), scripted({ body }));

    expect(answer).toMatchObject({ kind: 'cosigned', signatures: [{ line }] });
  });

  test('believes nothing of what it does not sign', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            status: fc.constantFrom(200, 200, 409, 422, 0),
            contentType: fc.constantFrom('text/x.tlog.size', 'text/plain', undefined),
            body: fc.oneof(
              fc.string({ unit: 'binary' }),
              fc.constantFrom('3\n', `${strangers}\n`, `${ofOthers}\n`, line.slice(0, -4)),
            ),
          }),
          { minLength: 1, maxLength: 2 },
        ),
        async (answers) => {
          const answer = await cosignaturesFrom(url, question(leaves), scripted(...answers));
          expect(answer.kind).toBe('missing');
        },
      ),
    );
  });

  test('asks several at once, and gives what each said at its place', async () => {
    const { post, close } = await witnessAt();
    const dead: Post = () => Promise.resolve('the witness cannot be reached');
    const byHost: Post = (to, ...rest) => (to.host === 'dead.example' ? dead : post)(to, ...rest);
    const urls = ['https://dead.example', 'https://witness.example'].map((one) => new URL(one));

    const answers = await cosignaturesFromAll(urls, question(leaves), byHost);

    expect(answers.map(({ kind }) => kind)).toEqual(['missing', 'cosigned']);
    close();
  });
});

describe('the URL of a witness', () => {
  test.each([
    ['https://witness.example/w1', 'https://witness.example/w1'],
    ['http://127.0.0.1:8470', 'http://127.0.0.1:8470/'],
    ['http://[::1]:8470/a/', 'http://[::1]:8470/a/'],
  ])('may be %s', (text, href) => {
    expect(parseWitnessUrl(text, 'witnesses').href).toBe(href);
  });

  test.each([
    '',
    'witness.example',
    'http://witness.example',
    'ftp://127.0.0.1',
    'https://u:p@w.example',
    'https://w.example/?a=b',
  ])('may not be %s, and is not repeated', (text) => {
    expect(() => parseWitnessUrl(text, 'witnesses.0')).toThrow(
      expect.objectContaining({ code: 'invalid-input', field: 'witnesses.0' }),
    );
  });

  test('may be plain http on loopback alone, and no option is named that would allow more', () => {
    expect(() => parseWitnessUrl('http://w.example', 'witnesses')).toThrow(
      expect.objectContaining({
        problem: expect.stringMatching(
          /^(?!.*allow)is plain http off loopback; use https/,
        ) as unknown,
      }),
    );
  });
});
