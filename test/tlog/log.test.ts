import { describe, expect, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { parseCheckpoint } from '../../src/tlog/c2sp/checkpoint.ts';
import { cosign } from '../../src/tlog/c2sp/cosignature.ts';
import { newSigningKey } from '../../src/tlog/c2sp/keys.ts';
import { isIncluded } from '../../src/tlog/c2sp/merkle.ts';
import { parseProof } from '../../src/tlog/c2sp/proof-file.ts';
import { newestStored, storeCheckpoint } from '../../src/tlog/stored.ts';

const { text: key } = newSigningKey('log', 'example.com/orders');

describe('the log over all orders', () => {
  test('proves an event by the newest checkpoint that a witness has cosigned', async () => {
    // Given a checkpoint that a witness cosigned, and one that it did not
    const runtime = systemRuntime();
    const store = openMemoryStore(runtime);
    await using orders = await openPaymentOrders({ store, runtime });
    const log = orders.transparencyLog();
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    const { note } = await log.checkpoint({ key });
    const line = cosign(parseCheckpoint(note), newSigningKey('witness', 'w').key, 1_700_000_000);
    await storeCheckpoint(store, runtime, `${note}${line}\n`, await newestStored(store));
    await orders.create({ orderNo: 'O2', processBillNo: 'F1' });
    await log.checkpoint({ key });

    // When orders are proven that both cover, or the newer one alone
    const [covered, newer] = [await log.proof('O1'), await log.proof('O2')];

    // Then the cosigned one is taken where it covers the order
    expect(parseProof(covered).checkpoint.size).toBe(1);
    expect(covered).toContain(`${line}\n`);
    expect(parseProof(newer).checkpoint.size).toBe(2);
  });

  test('signs a checkpoint that the store verifies against, and proves each event in it', async () => {
    // Given two orders
    const runtime = systemRuntime();
    const store = openMemoryStore(runtime);
    await using orders = await openPaymentOrders({ store, runtime });
    for (const orderNo of ['O1', 'O2']) {
      await orders.create({ orderNo, processBillNo: 'F1' });
      await orders.startPayment(orderNo);
    }
    const log = orders.transparencyLog();

    // When a checkpoint is signed, and the log grows
    const signed = await log.checkpoint({ key });
    await orders.recordPaymentSucceeded('O1', { transactionNo: 'T1' });

    // Then the store extends it
    const verification = await log.verify({ checkpoint: signed.note });
    expect(signed).toMatchObject({ origin: 'example.com/orders', size: 4, isNew: true });
    expect(verification).toMatchObject({ ok: true, size: 5, vouched: false, faults: [] });
    // And each event that it covers is proven
    for (const { orderNo, revision, metadata } of await orders.history('O2')) {
      const { index, proof, checkpoint } = parseProof(await log.proof(orderNo, { revision }));
      const { size, root } = checkpoint;
      const leaf = Buffer.from(metadata.hash, 'hex');
      expect(isIncluded({ leaf, index, size, root, proof })).toBe(true);
    }
    await expect(log.proof('O1', { revision: 2 })).rejects.toMatchObject({
      code: 'checkpoint-not-found',
    });
  });
});
