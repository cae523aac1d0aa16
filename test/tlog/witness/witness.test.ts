import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { parseCheckpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import { signatureIn } from '../../../src/tlog/c2sp/cosignature.ts';
import type { RefusedCheckpoint, WitnessedCheckpoint } from '../../../src/tlog/witness/witness.ts';
import { Witness } from '../../../src/tlog/witness/witness.ts';
import { WitnessState } from '../../../src/tlog/witness/state.ts';
import type { SimulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { scratchForEach } from '../../event-store/scratch-for-each.ts';
import * as world from './world.ts';

const { bodyOf, leavesUpTo, logKey, noteOfLeaves, otherLogKey, rootOf, witnessKey } = world;

let path: string;
let runtime: SimulatedRuntime;
let state: WitnessState;
let cosigned: WitnessedCheckpoint[];
let refused: RefusedCheckpoint[];
let errors: unknown[];
let witness: Witness;

scratchForEach((scratch) => {
  path = scratch;
});

beforeEach(async () => {
  runtime = simulatedRuntime();
  [cosigned, refused, errors] = [[], [], []];
  state = await WitnessState.open(path, runtime);
  witness = witnessOn(state);
  return () => {
    state.close();
  };
});

function witnessOn(of: WitnessState): Witness {
  return new Witness({
    ...{ key: witnessKey.key, logs: [logKey.key], state: of, runtime },
    onCosigned: (one) => cosigned.push(one),
    onRefused: (one) => refused.push(one),
    onError: (error) => errors.push(error),
  });
}

function post(body: string | Uint8Array, to = witness) {
  return to.addCheckpoint(typeof body === 'string' ? Buffer.from(body) : body);
}

/** The witness has cosigned these leaves. */
async function seen(size: number): Promise<void> {
  expect((await post(bodyOf(0, leavesUpTo(size)))).status).toBe(200);
  [cosigned, refused] = [[], []];
}

/** What somebody who trusts this witness sees in its answer. */
function signatureOf(note: string, answer: { readonly body: string }) {
  return signatureIn(parseCheckpoint(`${note}${answer.body}`).note, witnessKey.key);
}

describe('a witness', () => {
  test.each([
    [0, 0],
    [0, 1],
    [0, 7],
    [1, 2],
    [4, 7],
    [7, 7],
    [7, 64],
    [8, 1_000],
  ])('cosigns what continues its record, from %d to %d events', async (old, size) => {
    await seen(old);
    const leaves = leavesUpTo(size);

    const answer = await post(bodyOf(old, leaves));

    const atSeconds = Math.floor(runtime.now() / 1_000);
    expect(answer).toMatchObject({ status: 200, contentType: 'text/plain; charset=utf-8' });
    expect(answer.body).toMatch(/^— witness\.example\/one \S+\n$/);
    expect(signatureOf(noteOfLeaves(leaves), answer)).toEqual({ kind: 'valid', atSeconds });
    expect(cosigned).toEqual([
      {
        ...{ origin: logKey.key.name, size, root: rootOf(leaves).toString('hex') },
        recorded: { size: old, root: rootOf(leavesUpTo(old)).toString('hex') },
      },
    ]);
    expect(refused).toEqual([]);
  });

  test('cosigns again for a client that lost the answer, with a new time', async () => {
    await seen(5);
    await runtime.advance(60_000);

    const answer = await post(bodyOf(5, leavesUpTo(5)));

    const atSeconds = Math.floor(runtime.now() / 1_000);
    expect(signatureOf(noteOfLeaves(leavesUpTo(5)), answer)).toEqual({ kind: 'valid', atSeconds });
  });

  test('cosigns extension lines too, and ignores signatures of keys it does not know', async () => {
    const text = `${parseCheckpoint(noteOfLeaves(leavesUpTo(3))).note.text}an extension\n`;
    const { key } = logKey;
    const signed = Buffer.concat([Buffer.from(key.id, 'hex'), key.sign(Buffer.from(text))]);
    const [, strangers = ''] = noteOfLeaves(leavesUpTo(3), otherLogKey).split('\n\n');
    const note = `${text}\n${strangers}— ${key.name} ${signed.toString('base64')}\n`;

    const answer = await post(bodyOf(0, leavesUpTo(3), note));

    expect(signatureOf(note, answer).kind).toBe('valid');
  });

  test('goes by its own record of each log, and not by that of another', async () => {
    const both = new Witness({
      ...{ key: witnessKey.key, logs: [logKey.key, otherLogKey.key], state, runtime },
      onError: (error) => errors.push(error),
    });
    await seen(5);
    const others = leavesUpTo(3, 'other');

    const answer = await post(bodyOf(0, others, noteOfLeaves(others, otherLogKey)), both);

    expect(answer.status).toBe(200);
    expect((await post(bodyOf(5, leavesUpTo(6)), both)).status).toBe(200);
  });
});

describe('a witness that cosigned 5 events', () => {
  const five = leavesUpTo(5);
  const fork = [...leavesUpTo(4), 'another'];
  const longFork = [...fork, 'more', 'and more'];
  const wrongSignature = noteOfLeaves(leavesUpTo(9)).replace(/\n9\n/, '\n8\n');
  const [, wrong = ''] = noteOfLeaves(leavesUpTo(8)).split('\n\n');
  const proofOf = (body: string) => body.split('\n').slice(1, body.split('\n').indexOf(''));

  test.each<[what: string, body: () => string | Uint8Array, status: number, answer?: string]>([
    ['no body', () => '', 400],
    ['a text', () => 'old 5', 400],
    ['bytes that are not UTF-8', () => Buffer.of(0xff, 0xfe, 0x0a), 400],
    ['a BOM before the body', () => `\ufeff${bodyOf(5, leavesUpTo(9))}`, 400],
    ['CR LF', () => bodyOf(5, leavesUpTo(9)).replaceAll('\n', '\r\n'), 400],
    [
      'an old size with a zero before it',
      () => bodyOf(5, leavesUpTo(9)).replace('old 5', 'old 05'),
      400,
    ],
    ['a negative old size', () => bodyOf(5, leavesUpTo(9)).replace('old 5', 'old -5'), 400],
    [
      'an old size past the integers',
      () => bodyOf(5, leavesUpTo(9)).replace('old 5', 'old 99999999999999999999'),
      400,
    ],
    ['an old size larger than that of the checkpoint', () => bodyOf(6, five), 400],
    [
      'a hash of 31 bytes',
      () => `old 5\n${Buffer.alloc(31).toString('base64')}\n\n${noteOfLeaves(leavesUpTo(9))}`,
      400,
    ],
    [
      '64 hashes',
      () =>
        `old 5\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${noteOfLeaves(leavesUpTo(9))}`,
      400,
    ],
    ['a checkpoint without a signature', () => bodyOf(5, leavesUpTo(9)).replace(/— .*\n/, ''), 400],
    ['a log that it does not know', () => bodyOf(0, five, noteOfLeaves(five, otherLogKey)), 404],
    [
      'a known name signed by an unknown key',
      () =>
        bodyOf(
          5,
          leavesUpTo(9),
          noteOfLeaves(leavesUpTo(9), world.keyOf('log', logKey.key.name, 77)),
        ),
      403,
    ],
    ['a checkpoint that was changed', () => bodyOf(5, leavesUpTo(8), wrongSignature), 403],
    [
      'a wrong signature beside a right one',
      () => bodyOf(5, leavesUpTo(9), `${noteOfLeaves(leavesUpTo(9))}${wrong}`),
      403,
    ],
    ['a request from the beginning', () => bodyOf(0, leavesUpTo(9)), 409, '5\n'],
    ['a request from a smaller size', () => bodyOf(4, leavesUpTo(9)), 409, '5\n'],
    ['a request from a larger size', () => bodyOf(8, leavesUpTo(9)), 409, '5\n'],
    ['a log that lost events', () => bodyOf(4, leavesUpTo(4)), 409, '5\n'],
    ['a log that lost all events', () => bodyOf(0, []), 409, '5\n'],
    ['another root at the same size', () => bodyOf(5, fork), 409, '5\n'],
    [
      'another root at the same size, and a proof',
      () => `old 5\n${proofOf(bodyOf(5, leavesUpTo(9))).join('\n')}\n\n${noteOfLeaves(fork)}`,
      409,
      '5\n',
    ],
    ['a longer fork', () => bodyOf(5, longFork), 422],
    ['no proof', () => `old 5\n\n${noteOfLeaves(leavesUpTo(9))}`, 422],
    [
      'a proof of other events',
      () => `old 5\n${proofOf(bodyOf(5, longFork)).join('\n')}\n\n${noteOfLeaves(leavesUpTo(7))}`,
      422,
    ],
    [
      'a proof with one hash more',
      () =>
        bodyOf(5, leavesUpTo(9)).replace('\n\n', `\n${Buffer.alloc(32).toString('base64')}\n\n`),
      422,
    ],
    [
      'a proof where the sizes are equal',
      () => `old 5\n${Buffer.alloc(32).toString('base64')}\n\n${noteOfLeaves(five)}`,
      422,
    ],
  ])('refuses %s, and keeps its record', async (_, body, status, size) => {
    await seen(5);

    const answer = await post(body());

    expect(answer.status).toBe(status);
    if (size !== undefined) expect(answer.body).toBe(size);
    expect(answer.contentType === 'text/x.tlog.size').toBe(status === 409);
    expect(cosigned).toEqual([]);
    expect((await post(bodyOf(5, leavesUpTo(9)))).status).toBe(200);
  });

  test.each<[reason: RefusedCheckpoint['reason'], body: string]>([
    ['other-size', bodyOf(0, leavesUpTo(9))],
    ['other-root', bodyOf(5, fork)],
    ['other-root', bodyOf(0, fork)],
    ['shorter', bodyOf(0, leavesUpTo(4))],
    ['shorter', bodyOf(3, leavesUpTo(4, 'other'))],
    ['unproved', bodyOf(5, longFork)],
  ])('tells its operator why it refused a signed checkpoint: %s', async (reason, body) => {
    await seen(5);

    await post(body);

    expect(refused).toMatchObject([{ reason, recorded: { size: 5 } }]);
  });

  test('tells its operator nothing of what no trusted log signed', async () => {
    await seen(5);

    await post(bodyOf(5, leavesUpTo(8), wrongSignature));
    await post(bodyOf(0, five, noteOfLeaves(five, otherLogKey)));

    expect([...cosigned, ...refused]).toEqual([]);
  });
});

describe('the record of a witness', () => {
  test('stands before the answer, so a client whose answer was lost gets it again', async () => {
    // The process dies after the commit: nobody hears of the answer.
    await post(bodyOf(0, leavesUpTo(5)));
    state.close();
    state = await WitnessState.open(path, runtime);
    const again = witnessOn(state);

    const first = await post(bodyOf(0, leavesUpTo(5)), again);
    const second = await post(bodyOf(5, leavesUpTo(5)), again);

    expect(first).toMatchObject({ status: 409, body: '5\n' });
    expect(signatureOf(noteOfLeaves(leavesUpTo(5)), second).kind).toBe('valid');
  });

  test('is there although a listener throws', async () => {
    const fault = new Error('of the listener');
    const throwing = () => {
      throw fault;
    };
    const other = new Witness({
      ...{ key: witnessKey.key, logs: [logKey.key], state, runtime },
      ...{ onCosigned: throwing, onRefused: throwing, onError: (error) => errors.push(error) },
    });

    expect((await post(bodyOf(0, leavesUpTo(5)), other)).status).toBe(200);
    expect((await post(bodyOf(0, leavesUpTo(5)), other)).status).toBe(409);
    expect(errors).toEqual([fault, fault]);
  });

  test('is needed: where it cannot be written, nothing is cosigned', async () => {
    const database = new DatabaseSync(path);
    database.exec('DROP TABLE logs');
    database.close();

    await expect(post(bodyOf(0, leavesUpTo(5)))).rejects.toMatchObject({ code: 'store-corrupt' });

    expect(cosigned).toEqual([]);
  });

  test('has the signature of the log, and of nobody else', async () => {
    const leaves = leavesUpTo(3);
    const [, stranger = ''] = noteOfLeaves(leaves, otherLogKey).split('\n\n');
    await post(bodyOf(0, leaves, `${noteOfLeaves(leaves)}${stranger}`));

    const database = new DatabaseSync(path);
    const rows = database.prepare('SELECT size, note FROM logs').all();
    database.close();

    expect(rows).toEqual([{ size: 3, note: noteOfLeaves(leaves) }]);
  });
});
