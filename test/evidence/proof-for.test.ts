import { describe, expect, test } from 'vitest';
import { proofFor } from '../../src/evidence/proofs.ts';
import { verifyBundle } from '../../src/dispute.ts';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { strangeKey } from './log-of-strangers.ts';
import { bytesOf, moduleVersion, packed } from './support.ts';

const stranger = strangeKey('log', 'example.com/orders');
const seed = stranger.privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
const secret = Buffer.concat([Buffer.of(1), seed]).toString('base64');
const key = `PRIVATE+KEY+${stranger.name}+${stranger.id.toString('hex')}+${secret}`;
const trust = `log ${stranger.vkey}\nquorum none\n`;

/** An order of two events among those of others. */
async function aStore() {
  const runtime = simulatedRuntime();
  const orders = await openPaymentOrders({ store: openMemoryStore(runtime), runtime });
  for (const orderNo of ['O1', 'O2', 'O3']) {
    await orders.create({ orderNo, processBillNo: 'F1' });
    await orders.startPayment(orderNo);
  }
  return orders;
}

describe('the proof for a package', () => {
  test('is that of the last event that the newest checkpoint covers', async () => {
    // Given a checkpoint, and one more event after it
    await using orders = await aStore();
    const log = orders.transparencyLog();
    await log.checkpoint({ key });
    await orders.recordPaymentSucceeded('O2', { transactionNo: 'T1' });
    const events = await orders.history('O2');

    // When a package is made with the proof
    const proof = await proofFor(log, 'O2', events);
    const files = await packed(events, [], { proofs: [String(proof)] });

    // Then it is vouched for up to the event before it
    const verification = await verifyBundle(bytesOf(files), { moduleVersion, trust });
    expect(verification).toMatchObject({ ok: true, vouchedTo: 1 });
    expect(verification.log).toMatchObject({ revision: 1, size: 6, unwitnessed: 1 });
  });

  test('is that of the last event that is shown, where the checkpoint covers more', async () => {
    await using orders = await aStore();
    const log = orders.transparencyLog();
    await log.checkpoint({ key });
    const events = (await orders.history('O2')).slice(0, 1);

    const proof = await proofFor(log, 'O2', events);

    const files = await packed(events, [], { proofs: [String(proof)] });
    expect(await verifyBundle(bytesOf(files), { moduleVersion, trust })).toMatchObject({
      ...{ ok: true, vouchedTo: 0 },
      log: { revision: 0, size: 6, unwitnessed: 0 },
    });
  });

  test('is of the checkpoint that is given', async () => {
    await using orders = await aStore();
    const log = orders.transparencyLog();
    const { note } = await log.checkpoint({ key });
    await orders.recordPaymentSucceeded('O2', { transactionNo: 'T1' });
    await log.checkpoint({ key });
    const events = await orders.history('O2');

    const [older, newest] = [
      await proofFor(log, 'O2', events, note),
      await proofFor(log, 'O2', events),
    ];

    expect(older).toContain(note);
    const files = await packed(events, [], { proofs: [String(older), String(newest)] });
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(['revision-1.tlog-proof', 'revision-2.tlog-proof']),
    );
  });

  test('is null where no checkpoint covers an event', async () => {
    await using orders = await aStore();
    const log = orders.transparencyLog();
    const events = await orders.history('O2');
    expect(await proofFor(log, 'O2', events)).toBeNull();
    await log.checkpoint({ key });
    await orders.create({ orderNo: 'O4', processBillNo: 'F1' });
    expect(await proofFor(log, 'O4', await orders.history('O4'))).toBeNull();
    expect(await proofFor(log, 'O2', events.slice(0, 0))).toBeNull();
  });

  test('is refused for an order that there is none of, and for a checkpoint that is none', async () => {
    await using orders = await aStore();
    const log = orders.transparencyLog();
    await log.checkpoint({ key });
    const events = await orders.history('O2');
    await expect(proofFor(log, 'O9', events)).rejects.toMatchObject({ code: 'order-not-found' });
    await expect(proofFor(log, 'O2', events, 'x')).rejects.toMatchObject({ code: 'invalid-input' });
  });

  test('is null where the log holds a damaged event, whose hash cannot be read', async () => {
    await using orders = await aStore();
    const log = orders.transparencyLog();
    await log.checkpoint({ key });
    const events = (await orders.history('O2')).map((event) => ({ ...event, metadata: {} }));
    expect(await proofFor(log, 'O2', events)).toBeNull();
  });
});
