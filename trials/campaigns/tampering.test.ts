import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scene } from './tampering.ts';
import { change, columns, everyByte, namesPlace, faultLines, scene } from './tampering.ts';

let here: Scene;

beforeAll(async () => {
  here = await scene();
});

beforeEach(() => {
  here.restore();
});

afterAll(async () => {
  await here.close();
});

/** A smoke test: the level `tampering` of `npm run campaign` changes every byte. */
const bytesPerColumn = 10;

describe('the verification of a SQLite file', () => {
  test('finds nothing in an unchanged file', async () => {
    expect(await faultLines(here)).toEqual([]);
  });

  test.each(columns)('names the place of a changed byte in the column %s', async (column) => {
    const trials = everyByte(here).filter((trial) => trial.column === column);
    const stride = Math.ceil(trials.length / bytesPerColumn);
    const chosen = trials.filter((_, index) => index % stride === 0);
    let changed = 0;
    for (const trial of chosen) {
      // The other case, another digit, and a byte that is not UTF-8.
      const mask = [0x20, 0x01, 0x80][trial.at % 3] ?? 1;
      if (!change(here, trial, mask)) continue;
      changed += 1;
      const lines = await faultLines(here);
      const place = JSON.stringify({ ...trial, mask, lines: lines.slice(0, 5) });
      expect(namesPlace(here, trial, lines), place).toBe(true);
      here.restore();
    }
    expect(changed).toBeGreaterThan(bytesPerColumn / 4);
  });
  const run = (sql: string) => {
    here.database.exec(sql);
    return faultLines(here);
  };

  test('names a removed event, also at the end of its stream', async () => {
    const inside = await run(
      `DELETE FROM events WHERE stream = 'paymentOrder-O2' AND revision = 1`,
    );
    expect(inside).toContainEqual(expect.stringMatching(/O2", revision 1: not-contiguous/));
    here.restore();
    const last = await run(`DELETE FROM events WHERE stream = 'paymentOrder-O2' AND revision = 4`);
    expect(last).toContainEqual(expect.stringMatching(/^position \d+ is missing/));
  });

  test('names two swapped events', async () => {
    const lines = await run(
      `UPDATE events SET revision = CASE revision WHEN 1 THEN 102 ELSE 101 END
         WHERE stream = 'paymentOrder-O1' AND revision IN (1, 2);
       UPDATE events SET revision = revision - 100 WHERE revision > 100`,
    );
    for (const revision of [1, 2]) {
      const pattern = new RegExp(`O1", revision ${revision}: link-altered`);
      expect(lines).toContainEqual(expect.stringMatching(pattern));
    }
  });

  test('names an inserted event', async () => {
    const lines = await run(
      `INSERT INTO events (stream, revision, id, type, data, metadata, batch_last)
         SELECT stream, 5, '00000000-0000-4000-8000-000000000000', type, data, metadata, 5
         FROM events WHERE stream = 'paymentOrder-O1' AND revision = 4`,
    );
    expect(lines).toContainEqual(expect.stringMatching(/O1", revision 5: link-altered/));
    expect(lines).toContainEqual(expect.stringMatching(/O1", revision 5: chain-broken/));
  });

  test('names a lost tail by the witness', async () => {
    here.database.exec('DELETE FROM events WHERE position > 12');
    const { faults } = await here.orders.verify('O3', here.witnesses.get('O3'));
    expect(faults).toMatchObject([{ code: 'tail-lost', revision: null }]);
    expect(faults[0]?.message).toContain('the witness is at revision 4');
  });

  test.each(['paymentOrder-O9', 'paymentOrder-a b', 'xaymentOrder-O1'])(
    'names a stream that was renamed to %s',
    async (name) => {
      here.database
        .prepare('UPDATE events SET stream = ? WHERE stream = ?')
        .run(...([name, 'paymentOrder-O1'] as const));
      const lines = await faultLines(here);
      expect(lines.filter((line) => line.includes(name)).length).toBeGreaterThanOrEqual(5);
    },
  );

  test('names a stream that lost its beginning', async () => {
    here.database.exec(
      `UPDATE events SET stream = 'paymentOrder-O9' WHERE stream = 'paymentOrder-O1' AND revision = 0`,
    );
    const lines = await faultLines(here);
    expect(lines).toContainEqual(expect.stringMatching(/O1" begins at revision 1/));
  });

  test('names a stream that was copied under another name', async () => {
    here.database.exec(
      `INSERT INTO events (stream, revision, id, type, data, metadata, batch_last)
         SELECT 'paymentOrder-O8', revision, 'e' || substr(id, 2, 2) || 'e' || substr(id, 4), type, data, metadata, batch_last
         FROM events WHERE stream = 'paymentOrder-O1'`,
    );
    const lines = await faultLines(here);
    expect(lines).toContainEqual(expect.stringMatching(/O8", revision 0: illegal-history/));
  });
});
