import { describe, expect, test } from 'vitest';
import type { RecoveryOptions, SignedCheckpoint } from '../../src/index.ts';
import { newSigningKey } from '../../src/tlog/c2sp/keys.ts';
import { checkpointsStream } from '../../src/tlog/stored.ts';
import { until } from '../until.ts';
import { created, minute, platform } from './open-orders.ts';

const name = 'payment-order-log/test';
const { text: key, key: verifier } = newSigningKey('log', name, Buffer.alloc(32, 1));
const witness = newSigningKey('witness', 'witness.example/w', Buffer.alloc(32, 2));
const trust = `log ${verifier.vkey}\nwitness w ${witness.key.vkey}\nquorum w\n`;

type Checkpoints = NonNullable<RecoveryOptions['checkpoints']>;

async function recovering(checkpoints: Partial<Checkpoints>, only?: RecoveryOptions['only']) {
  const { runtime, memory, errors, open } = platform();
  const orders = await open();
  await created(orders, 'O1');
  const signed: SignedCheckpoint[] = [];
  const onCheckpoint = (one: SignedCheckpoint) => signed.push(one);
  await orders.startRecovery({ only, checkpoints: { key, onCheckpoint, ...checkpoints } });
  // What signs is loaded first, which takes no time of this runtime.
  await until(() => signed.length > 0);
  return { runtime, memory, errors, orders, signed, sizes: () => signed.map(({ size }) => size) };
}

describe('recovery that signs checkpoints', () => {
  test('signs one of what is there, and one as soon as so many events are new', async () => {
    const { runtime, orders, signed, sizes, errors } = await recovering({ everyEvents: 3 });
    expect(sizes()).toEqual([1]);

    for (const orderNo of ['O2', 'O3']) await created(orders, orderNo);
    await runtime.advance(0);
    expect(sizes()).toEqual([1]);
    await created(orders, 'O4');
    await runtime.advance(0);

    expect(sizes()).toEqual([1, 4]);
    expect(signed[1]).toMatchObject({ origin: name, isNew: true });
    expect(await orders.transparencyLog().newest()).toBe(signed[1]?.note);
    expect(errors).toEqual([]);
    await orders.close();
  });

  test('signs one after its time, also where only notices are settled', async () => {
    const { runtime, orders, sizes } = await recovering({ everyMs: minute }, 'notices');

    await created(orders, 'O2');
    await runtime.advance(minute);
    await runtime.advance(10 * minute);

    expect(sizes()).toEqual([1, 2]);
    await orders.close();
  });

  test('reports that the store contradicts what was signed, and signs nothing', async () => {
    const { runtime, orders, memory, errors, sizes } = await recovering({ everyMs: minute });
    const others = await platform().open();
    await created(others, 'O99');
    const theirs = await others.transparencyLog().checkpoint({ key });
    const event = await memory.readLast(checkpointsStream);
    const data = { ...event?.data, note: theirs.note };
    const forged = { id: runtime.newId(), type: 'LogCheckpoint', data, metadata: {} };
    await memory.append(checkpointsStream, [forged], 0);

    await created(orders, 'O2');
    await runtime.advance(minute);

    expect(errors).toMatchObject([{ code: 'log-contradicted' }]);
    expect(sizes()).toEqual([1]);
    await orders.close();
  });

  test('begins nothing more when the orders are closed, and reports nothing of it', async () => {
    const { runtime, orders, errors, sizes } = await recovering({ everyEvents: 1 });

    await created(orders, 'O2');
    await orders.close();
    await runtime.advance(60 * minute);

    expect(errors).toEqual([]);
    expect(sizes().length).toBeLessThanOrEqual(2);
    expect(runtime.pendingTimers()).toBe(0);
  });

  test.each<[field: string, checkpoints: Readonly<Record<string, unknown>>]>([
    ['checkpoints.key', {}],
    ['checkpoints.key', { key: 'PRIVATE+KEY+secret' }],
    ['checkpoints.key', { key: witness.text }],
    ['checkpoints.everyMs', { key, everyMs: 999 }],
    ['checkpoints.everyMs', { key, everyMs: 86_400_001 }],
    ['checkpoints.everyEvents', { key, everyEvents: 0 }],
    ['checkpoints.everyEvents', { key, everyEvents: 1.5 }],
    ['checkpoints.witnesses', { key, trust, witnesses: ['http://witness.example'] }],
    ['checkpoints.trust', { key, witnesses: ['https://witness.example'] }],
    ['checkpoints.trust', { key, trust: 'quorum' }],
    ['checkpoints.onCheckpoint', { key, onCheckpoint: 'no' }],
    ['checkpoints.signal', { key, signal: new AbortController().signal }],
  ])('is refused by the name of %s, before anything is begun', async (field, checkpoints) => {
    const { runtime, memory, open } = platform();
    const orders = await open();
    await created(orders, 'O1');
    // Of a caller in JavaScript.
    const options = { checkpoints } as RecoveryOptions;
    const refused = { code: 'invalid-input', field };

    await expect(orders.startRecovery(options)).rejects.toMatchObject(refused);
    await expect(orders.recoverOnce(options)).rejects.toMatchObject(refused);

    await runtime.advance(10 * minute);
    expect(orders.recovery.phase).toBe('off');
    expect(await memory.readLast(checkpointsStream)).toBeNull();
    await orders.close();
  });
});

describe('recoverOnce with checkpoints', () => {
  test('signs one where the log grew, and gives it', async () => {
    const { open } = platform();
    const orders = await open();
    await created(orders, 'O1');
    const checkpoints = { key };

    const first = await orders.recoverOnce({ checkpoints });
    const second = await orders.recoverOnce({ checkpoints });
    await created(orders, 'O2');
    const third = await orders.recoverOnce({ checkpoints, only: 'notices' });

    expect(first.checkpoint).toMatchObject({ size: 1, isNew: true });
    expect(second).not.toHaveProperty('checkpoint');
    expect(third.checkpoint).toMatchObject({ size: 2 });
    await orders.close();
  });

  test('reports where none could be signed, and gives what it did all the same', async () => {
    const { runtime, memory, errors, open } = platform();
    const orders = await open();
    await created(orders, 'O1');
    const event = { id: runtime.newId(), type: 'LogCheckpoint', data: {}, metadata: {} };
    await memory.append(checkpointsStream, [event], 'no-stream');

    const recovered = await orders.recoverOnce({ checkpoints: { key } });

    expect(recovered).toEqual({ waiting: 0, fired: 0 });
    expect(errors).toMatchObject([{ code: 'invalid-event' }]);
    await orders.close();
  });

  test('signs none after its signal', async () => {
    const { open } = platform();
    const orders = await open();
    await created(orders, 'O1');
    const signal = AbortSignal.abort();

    const recovered = await orders.recoverOnce({ signal, checkpoints: { key } });

    expect(recovered).not.toHaveProperty('checkpoint');
    await orders.close();
  });
});
