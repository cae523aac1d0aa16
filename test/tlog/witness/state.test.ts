import {
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Checkpoint } from '../../../src/tlog/c2sp/checkpoint.ts';
import { emptyRoot } from '../../../src/tlog/c2sp/merkle.ts';
import { WitnessState } from '../../../src/tlog/witness/state.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { scratchForEach } from '../../event-store/scratch-for-each.ts';
import { checkpointOf, leavesUpTo, logKey, otherLogKey } from './world.ts';

let path: string;

scratchForEach((scratch) => {
  path = scratch;
});

const five = checkpointOf(leavesUpTo(5));
const nine = checkpointOf(leavesUpTo(9));
const { origin } = five;

const opened = () => WitnessState.open(path, simulatedRuntime());

function record(state: WitnessState, next: Checkpoint) {
  return state.change(next.origin, (recorded) => ({ result: recorded.size, next }));
}

function recorded(state: WitnessState, of = origin) {
  return state.change(of, ({ size, root }) => ({ result: { size, root }, next: null }));
}

/** Changes the file as only somebody else would. */
function alter(sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

async function written(): Promise<void> {
  const state = await opened();
  await record(state, five);
  state.close();
}

describe('the state of a witness', () => {
  test('is a file for its owner alone, and begins with nothing', async () => {
    const state = await opened();

    expect(state.isNew).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await recorded(state)).toEqual({ size: 0, root: emptyRoot });
    state.close();
  });

  test('keeps the newest checkpoint of each log, also when it is opened again', async () => {
    const state = await opened();
    await record(state, five);
    await record(state, nine);
    await record(state, checkpointOf(leavesUpTo(2), otherLogKey));
    state.close();

    const again = await opened();

    expect(again.isNew).toBe(false);
    expect(await recorded(again)).toMatchObject({ size: 9, root: nine.root });
    expect(await recorded(again, otherLogKey.key.name)).toMatchObject({ size: 2 });
    again.close();
  });

  test('shows to one process at once what another recorded', async () => {
    const [one, other] = [await opened(), await opened()];

    await record(one, five);

    expect(await record(other, nine)).toBe(5);
    expect(await recorded(one)).toMatchObject({ size: 9 });
    one.close();
    other.close();
  });

  test('records nothing where the comparison throws', async () => {
    const state = await opened();
    await record(state, five);

    const failing = state.change(origin, () => {
      throw new TypeError('a bug');
    });

    await expect(failing).rejects.toMatchObject({ code: 'store-unavailable' });
    expect(await recorded(state)).toMatchObject({ size: 5 });
    state.close();
  });

  test('waits for another process, and gives up after five seconds', async () => {
    const runtime = simulatedRuntime();
    const state = await WitnessState.open(path, runtime);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');

    const first = record(state, five);
    await runtime.advance(4_000);
    other.exec('ROLLBACK');
    await runtime.advance(100);
    expect(await first).toBe(0);

    other.exec('BEGIN IMMEDIATE');
    const second = record(state, nine);
    const refused = expect(second).rejects.toMatchObject({ code: 'store-unavailable' });
    await runtime.advance(6_000);
    await refused;
    other.exec('ROLLBACK');
    other.close();
    expect(await recorded(state)).toMatchObject({ size: 5 });
    state.close();
  });

  test('refuses to go on where another file took its place', async () => {
    const state = await opened();
    await record(state, five);
    renameSync(path, `${path}.moved`);
    (await opened()).close();

    await expect(record(state, nine)).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('moved or replaced') as string,
    });
    state.close();
  });
});

describe('opening the state of a witness', () => {
  const otherNote = checkpointOf(leavesUpTo(5, 'other')).note;
  const noteText = `${otherNote.text}\n${otherNote.signatures.map(({ line }) => `${line}\n`).join('')}`;

  test.each<[what: string, code: string, change: () => void]>([
    [
      'an empty file',
      'store-corrupt',
      () => {
        writeFileSync(path, '');
      },
    ],
    [
      'a text',
      'invalid-input',
      () => {
        writeFileSync(path, 'a letter to somebody, and more'.repeat(99));
      },
    ],
    [
      'another database',
      'invalid-input',
      () => {
        alter('PRAGMA application_id = 7');
      },
    ],
    [
      'a newer version',
      'store-newer',
      () => {
        alter('PRAGMA user_version = 2');
      },
    ],
    [
      'a changed size',
      'store-corrupt',
      () => {
        alter('UPDATE logs SET size = 4');
      },
    ],
    [
      'a changed root',
      'store-corrupt',
      () => {
        alter('UPDATE logs SET root = zeroblob(32)');
      },
    ],
    [
      'a shorter root',
      'store-corrupt',
      () => {
        alter("UPDATE logs SET root = x'00'");
      },
    ],
    [
      'a changed origin',
      'store-corrupt',
      () => {
        alter("UPDATE logs SET origin = 'x'");
      },
    ],
    [
      'a changed note',
      'store-corrupt',
      () => {
        alter(`UPDATE logs SET note = '${noteText}'`);
      },
    ],
    [
      'a note that cannot be read',
      'store-corrupt',
      () => {
        alter("UPDATE logs SET note = 'x'");
      },
    ],
    [
      'a trigger',
      'store-corrupt',
      () => {
        alter('CREATE TRIGGER t AFTER UPDATE ON logs BEGIN DELETE FROM logs; END');
      },
    ],
    [
      'a missing table',
      'store-corrupt',
      () => {
        alter('DROP TABLE logs');
      },
    ],
    [
      'a file that was cut',
      'store-corrupt',
      () => {
        writeFileSync(path, readFileSync(path).subarray(0, 4_096));
      },
    ],
    [
      'a page that was overwritten',
      'store-corrupt',
      () => {
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(0xff, bytes.length - 4_096));
      },
    ],
  ])('refuses %s, and leaves it as it is', async (_, code, change) => {
    await written();
    change();
    const before = readFileSync(path);

    await expect(opened()).rejects.toMatchObject({ code });

    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('names the path and what to do, or the option', async () => {
    await written();
    alter('UPDATE logs SET size = 4');
    await expect(opened()).rejects.toThrow(`${path}: the state of the witness is damaged`);
    writeFileSync(path, 'x'.repeat(5_000));
    await expect(opened()).rejects.toMatchObject({ field: 'state' });
  });

  test('refuses a directory, a dangling link and a directory that is missing', async () => {
    path = `${path}.link`;
    symlinkSync(`${path}.nowhere`, path);
    await expect(opened()).rejects.toMatchObject({ code: 'invalid-input', field: 'state' });
    path = import.meta.dirname;
    await expect(opened()).rejects.toMatchObject({ code: 'invalid-input', field: 'state' });
    path = `${path}/nowhere/state`;
    await expect(opened()).rejects.toMatchObject({ code: 'store-unavailable' });
  });

  test('never begins with nothing where the file is gone and its journal is left', async () => {
    writeFileSync(`${path}-journal`, 'what a crash left');

    await expect(opened()).rejects.toMatchObject({ code: 'store-corrupt' });

    expect(existsSync(path)).toBe(false);
    expect(logKey.key.name).toBe(origin);
  });
});
