import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Scene } from './tampering.ts';
import { change, columns, everyByte, namesPlace, saidOf, scene } from './tampering.ts';

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

/** The level of this name in `npm run campaign` changes every byte; this one of each dozen. */
const stride = 12;

describe('a changed byte', () => {
  test('is the only thing that verification finds anything in', async () => {
    expect(await saidOf(here)).toEqual([]);
  });

  test.each(columns)('of the column %s is named with its place', async (column) => {
    const trials = everyByte(here).filter((trial) => trial.column === column);
    const chosen = trials.filter((_, index) => trials.length < 200 || index % stride === 0);
    let changed = 0;
    for (const trial of chosen) {
      // Upper and lower case, another digit, and a byte that is no UTF-8.
      const mask = [0x20, 0x01, 0x80][trial.at % 3] ?? 1;
      if (!change(here, trial, mask)) continue;
      changed += 1;
      const said = await saidOf(here);
      const place = JSON.stringify({ ...trial, mask, said: said.slice(0, 5) });
      expect(namesPlace(here, trial, said), place).toBe(true);
      here.restore();
    }
    expect(changed).toBeGreaterThan(20);
  });
});

describe('an event', () => {
  const run = (sql: string) => {
    here.database.exec(sql);
    return saidOf(here);
  };

  test('that was removed is named, also at the end of its stream', async () => {
    const inside = await run(
      `DELETE FROM events WHERE stream = 'paymentOrder-O2' AND revision = 1`,
    );
    expect(inside).toContainEqual(expect.stringMatching(/O2", revision 1: not-contiguous/));
    here.restore();
    const last = await run(`DELETE FROM events WHERE stream = 'paymentOrder-O2' AND revision = 4`);
    expect(last).toContainEqual(expect.stringMatching(/^position \d+ is missing/));
  });

  test('that was swapped with another is named, both of them', async () => {
    const said = await run(
      `UPDATE events SET revision = CASE revision WHEN 1 THEN 102 ELSE 101 END
         WHERE stream = 'paymentOrder-O1' AND revision IN (1, 2);
       UPDATE events SET revision = revision - 100 WHERE revision > 100`,
    );
    for (const revision of [1, 2]) {
      const pattern = new RegExp(`O1", revision ${revision}: link-altered`);
      expect(said).toContainEqual(expect.stringMatching(pattern));
    }
  });

  test('that was inserted is named', async () => {
    const said = await run(
      `INSERT INTO events (stream, revision, id, type, data, metadata, batch_last)
         SELECT stream, 5, '00000000-0000-4000-8000-000000000000', type, data, metadata, 5
         FROM events WHERE stream = 'paymentOrder-O1' AND revision = 4`,
    );
    expect(said).toContainEqual(expect.stringMatching(/O1", revision 5: link-altered/));
    expect(said).toContainEqual(expect.stringMatching(/O1", revision 5: chain-broken/));
  });

  test('that was cut off the end with everything behind it is named by the witness', async () => {
    here.database.exec('DELETE FROM events WHERE position > 12');
    const { faults } = await here.orders.verify('O3', here.witnesses.get('O3'));
    expect(faults).toMatchObject([{ code: 'tail-lost', revision: null }]);
    expect(faults[0]?.message).toContain('the witness is at revision 4');
  });
});

describe('a stream', () => {
  test.each(['paymentOrder-O9', 'paymentOrder-a b', 'xaymentOrder-O1'])(
    'that was renamed to %s is named',
    async (name) => {
      here.database
        .prepare('UPDATE events SET stream = ? WHERE stream = ?')
        .run(...([name, 'paymentOrder-O1'] as const));
      const said = await saidOf(here);
      expect(said.filter((line) => line.includes(name)).length).toBeGreaterThanOrEqual(5);
    },
  );

  test('whose beginning was renamed is named, though it is listed nowhere', async () => {
    here.database.exec(`UPDATE events SET stream = 'paymentOrder-O9' WHERE position = 1`);
    const said = await saidOf(here);
    expect(said).toContainEqual(expect.stringMatching(/O1" begins at revision 1/));
  });

  test('of another file that was merged in under a free name verifies only as its own', async () => {
    here.database.exec(
      `INSERT INTO events (stream, revision, id, type, data, metadata, batch_last)
         SELECT 'paymentOrder-O8', revision, 'e' || substr(id, 2), type, data, metadata, batch_last
         FROM events WHERE stream = 'paymentOrder-O1'`,
    );
    const said = await saidOf(here);
    expect(said).toContainEqual(expect.stringMatching(/O8", revision 0: illegal-history/));
  });
});
