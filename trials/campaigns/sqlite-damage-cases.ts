import { rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import type { Subject } from './sqlite-damage-subject.ts';

export const kinds = [
  'log cut',
  'log flip',
  'file flip',
  'log removed',
  'old copy',
  'column',
] as const;

export type Kind = (typeof kinds)[number];

/** One way of damaging a subject; `apply` leaves the damaged files at the path. */
export type Case = {
  readonly kind: Kind;
  readonly what: string;
  /** False where the database's own rules forbid it: then nothing was changed. */
  readonly apply: (path: string) => boolean;
};

const cutEveryBytes = 64;
const logFlips = 1_000;
const fileFlips = 2_000;
/** How many bytes of each text of each event are changed, one at a time. */
const bytesOfText = { stream: 2, id: 3, type: 2, data: 6, metadata: 16 };
const bitsOfNumber = [0, 1, 40, 60, 63];
const numbers = ['position', 'revision', 'batch_last'];

/** All cases of a run, the same for the same subject, scale and seed. */
export function casesOf(subject: Subject, { scale, seed }: { scale: number; seed: number }) {
  const { whole, file, log, old } = subject;
  const draws = simulatedRuntime({ seed });
  const below = (limit: number) => Math.floor(draws.random() * limit);
  const cases: Case[] = [];
  const put = (kind: Kind, what: string, main: Buffer, wal: Buffer | null) => {
    cases.push({ kind, what, apply: (path) => write(path, main, wal) });
  };
  for (let bytes = 0; bytes < log.length; bytes += cutEveryBytes) {
    put('log cut', `the log ends after ${bytes} bytes`, file, log.subarray(0, bytes));
  }
  for (let flip = 0; flip < logFlips * scale; flip += 1) {
    const [at, bits] = [below(log.length), 1 + below(255)];
    put('log flip', `byte ${at} of the log ^ ${bits}`, file, flipped(log, at, bits));
  }
  for (let flip = 0; flip < fileFlips * scale; flip += 1) {
    const [at, bits] = [below(whole.length), 1 + below(255)];
    put('file flip', `byte ${at} of the file ^ ${bits}`, flipped(whole, at, bits), null);
  }
  put('log removed', 'the log is gone', file, null);
  put('old copy', 'an old copy of the file', old, null);
  put('old copy', 'a log that was moved into the file already', whole, log);
  for (let position = 1; position <= eventsIn(subject); position += 1) {
    for (const [column, count] of Object.entries(bytesOfText)) {
      for (let byte = 0; byte < count * scale; byte += 1) {
        const [place, bits] = [draws.random(), 1 + below(255)];
        const what = `${column} of event ${position}: byte at ${place.toFixed(3)} ^ ${bits}`;
        cases.push({
          kind: 'column',
          what,
          apply: (path) => changeText(path, whole, { column, position, place, bits }),
        });
      }
    }
    for (const column of numbers) {
      for (const bit of bitsOfNumber) {
        const what = `${column} of event ${position}: bit ${bit}`;
        const sql = `UPDATE events SET ${column} = (${column} | ?1) - (${column} & ?1) WHERE position = ?2`;
        cases.push({
          kind: 'column',
          what,
          apply: (path) =>
            change(path, whole, (database) => {
              database.prepare(sql).run(BigInt.asIntN(64, 1n << BigInt(bit)), position);
            }),
        });
      }
    }
  }
  return cases;
}

function eventsIn({ orders }: Subject): number {
  return orders.reduce((events, { witness }) => events + witness.revision + 1, 0);
}

function flipped(bytes: Buffer, at: number, bits: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ bits;
  return copy;
}

function write(path: string, main: Buffer, wal: Buffer | null): boolean {
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true });
  writeFileSync(path, main);
  if (wal !== null) writeFileSync(`${path}-wal`, wal);
  return true;
}

function changeText(
  path: string,
  whole: Buffer,
  given: { column: string; position: number; place: number; bits: number },
): boolean {
  const { column, position, place, bits } = given;
  return change(path, whole, (database) => {
    const row = database
      .prepare(`SELECT CAST(${column} AS BLOB) AS bytes FROM events WHERE position = ?`)
      .get(position);
    // A blob comes as bytes.
    const bytes = Buffer.from(row?.['bytes'] as Uint8Array);
    database
      .prepare(`UPDATE events SET ${column} = CAST(?1 AS TEXT) WHERE position = ?2`)
      .run(flipped(bytes, Math.floor(place * bytes.length), bits), position);
  });
}

/** Edited with SQL and without checks; unique keys and types still hold. */
function change(path: string, whole: Buffer, run: (database: DatabaseSync) => void): boolean {
  write(path, whole, null);
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF');
    run(database);
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.includes('constraint failed')) return false;
    throw error;
  } finally {
    database.close();
  }
}
