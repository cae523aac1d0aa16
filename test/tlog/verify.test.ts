import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { parseCheckpoint } from '../../src/tlog/c2sp/checkpoint.ts';
import { cosign } from '../../src/tlog/c2sp/cosignature.ts';
import { newSigningKey } from '../../src/tlog/c2sp/keys.ts';

const runtime = systemRuntime();
const directory = mkdtempSync(join(tmpdir(), 'payment-order-log-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const log = newSigningKey('log', 'example.com/orders');
const bank = newSigningKey('witness', 'bank.example/w');
const other = newSigningKey('witness', 'other.example/w');
const trust = `log ${log.key.vkey}\nwitness bank ${bank.key.vkey}\nquorum bank\n`;

let stores = 0;

/** A store in a file, with some orders and two checkpoints of them. */
async function aStore() {
  const path = join(directory, `${(stores += 1)}.db`);
  const orders = await openPaymentOrders({ store: `sqlite:${path}`, runtime });
  const create = (orderNo: string) => orders.create({ orderNo, processBillNo: 'F1' });
  for (const orderNo of ['O1', 'O2', 'O3']) await create(orderNo);
  await orders.transparencyLog().checkpoint({ key: log.text });
  for (const orderNo of ['O1', 'O2', 'O3']) await orders.startPayment(orderNo);
  const { note } = await orders.transparencyLog().checkpoint({ key: log.text });
  await orders.close();
  return { path, note };
}

/** The store without one order, as somebody makes it who may write there. */
async function without(orderNo: string, path: string): Promise<string> {
  const copy = join(directory, `${(stores += 1)}.db`);
  const [from, to] = [
    await openSqliteStore({ path, runtime }),
    await openSqliteStore({ path: copy, runtime }),
  ];
  for await (const { stream, revision, id, type, data, metadata } of from.readAll(null, '')) {
    if (stream === `paymentOrder-${orderNo}`) continue;
    const expected = revision === 0 ? 'no-stream' : revision - 1;
    await to.append(stream, [{ id, type, data, metadata }], expected);
  }
  await Promise.all([from.close(), to.close()]);
  return copy;
}

/** The second page is the root of the table of leaves. */
function withDamagedPage(leaves: string): void {
  const pageBytes = 4_096;
  writeFileSync(leaves, readFileSync(leaves).fill(0xff, pageBytes, 2 * pageBytes));
}

function withHugeRevision(leaves: string): void {
  using database = new DatabaseSync(leaves);
  database.exec('UPDATE leaves SET revision = 1 << 60 WHERE number = 1');
}

async function verify(
  path: string,
  options: { checkpoint: string; trust?: string; leaves?: string },
) {
  await using orders = await openPaymentOrders({ store: `sqlite:${path}`, runtime });
  return await orders.transparencyLog().verify(options);
}

describe('verifying a store against a checkpoint', () => {
  test('says whose signatures the trust file vouches for, and nothing of others', async () => {
    const { path, note } = await aStore();
    const cosigned = `${note}${cosign(parseCheckpoint(note), bank.key, 1_700_000_000)}\n`;
    const byOther = `${note}${cosign(parseCheckpoint(note), other.key, 1_700_000_000)}\n`;

    const [vouched, alone, notEnough] = [
      await verify(path, { checkpoint: cosigned, trust }),
      await verify(path, { checkpoint: cosigned }),
      await verify(path, { checkpoint: byOther, trust }),
    ];

    const message = expect.stringMatching(/^the checkpoint is not cosigned/) as unknown;
    const notVouched = { code: 'not-vouched', message };
    expect(vouched).toMatchObject({
      ...{ ok: true, vouched: true, size: 6 },
      signedBy: {
        log: log.key.vkey,
        witnesses: [{ name: 'bank', vkey: bank.key.vkey, at: '2023-11-14T22:13:20.000Z' }],
      },
    });
    expect(alone).toMatchObject({
      ...{ ok: true, vouched: false, signedBy: { log: null, witnesses: [] } },
    });
    expect(notEnough).toMatchObject({
      ...{ ok: false, vouched: false, faults: [notVouched] },
      signedBy: { log: log.key.vkey, witnesses: [] },
    });
  });

  test('names the order that is gone by the leaves that were kept elsewhere', async () => {
    const { path, note } = await aStore();
    const leaves = join(directory, `kept-${stores}.tlog`);
    copyFileSync(`${path}.tlog`, leaves);
    const altered = await without('O2', path);

    const { ok, size, faults } = await verify(altered, { checkpoint: note, leaves });

    expect({ ok, size }).toEqual({ ok: false, size: 4 });
    expect(faults).toMatchObject([
      { code: 'log-shorter', orderNo: null },
      { code: 'order-missing', orderNo: 'O2', index: 1 },
    ]);
  });

  test('says between which checkpoints the log differs where no leaves were kept', async () => {
    const { path, note } = await aStore();
    const altered = await without('O3', path);

    const { faults } = await verify(altered, {
      checkpoint: note,
      trust: trust.replace(/bank$/m, 'none'),
    });

    expect(faults.map(({ code }) => code)).toEqual(['log-shorter', 'log-differs']);
    // The first checkpoint covers three events, one of which is gone.
    expect(faults[1]?.message).toContain('an index from 0 to 2');
  });

  test('says that the orders are closed where they are closed meanwhile', async () => {
    const { path, note } = await aStore();
    const orders = await openPaymentOrders({ store: `sqlite:${path}`, runtime });
    const verifying = orders.transparencyLog().verify({ checkpoint: note });
    const expected = expect(verifying).rejects.toMatchObject({ code: 'store-closed' });
    await orders.close();
    await expected;
  });

  test('does not believe leaves that are not those of the checkpoint', async () => {
    const { path, note } = await aStore();
    const altered = await without('O2', path);
    const { path: foreign } = await aStore();

    const { faults } = await verify(altered, { checkpoint: note, leaves: `${foreign}.tlog` });

    expect(faults.map(({ code }) => code)).toEqual(['log-shorter', 'log-differs']);
  });

  test.each([
    { what: 'a damaged page', spoil: withDamagedPage },
    { what: 'a revision that no event can have', spoil: withHugeRevision },
  ])('names the range where the kept leaves have $what', async ({ spoil }) => {
    const { path, note } = await aStore();
    spoil(`${path}.tlog`);
    const altered = await without('O2', path);
    const beside = await without('O2', path);
    copyFileSync(`${path}.tlog`, `${beside}.tlog`);

    const given = await verify(altered, { checkpoint: note, leaves: `${path}.tlog` });
    const found = await verify(beside, { checkpoint: note });

    for (const { faults } of [given, found]) {
      expect(faults.map(({ code }) => code)).toEqual(['log-shorter', 'log-differs']);
    }
  });

  test.each(['missing.tlog', 'text.tlog'])('refuses leaves that are none: %s', async (name) => {
    const { path, note } = await aStore();
    writeFileSync(join(directory, 'text.tlog'), 'no database, but long enough to look like one');
    const altered = await without('O2', path);

    const verifying = verify(altered, { checkpoint: note, leaves: join(directory, name) });

    await expect(verifying).rejects.toMatchObject({ code: 'invalid-input', field: 'leaves' });
  });
});
