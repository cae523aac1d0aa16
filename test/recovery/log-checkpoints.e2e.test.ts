import { describe, expect, onTestFinished, test } from 'vitest';
import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { SignedCheckpoint } from '../../src/index.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { newSigningKey } from '../../src/tlog/c2sp/keys.ts';
import { checkpointsStream } from '../../src/tlog/stored.ts';
import { openWitness } from '../../src/tlog/witness/server.ts';
import { scratchPath } from '../event-store/scratch.ts';
import { until } from '../until.ts';
import { created } from './open-orders.ts';

const log = newSigningKey('log', 'payment-order-log/test');

async function witness(name: string) {
  const { path, remove } = scratchPath();
  const { text, key } = newSigningKey('witness', name);
  const trust = `log ${log.key.vkey}\nquorum none\n`;
  const running = await openWitness({ key: text, trust, state: path });
  onTestFinished(async () => {
    await running.close();
    remove();
  });
  return { running, line: `witness ${name} ${key.vkey}`, vkey: key.vkey };
}

async function world() {
  const witnesses = [await witness('one'), await witness('other')];
  const trust = [
    `log ${log.key.vkey}`,
    ...witnesses.map(({ line }) => line),
    'group both all one other',
    'quorum both',
  ];
  const store = openMemoryStore(systemRuntime());
  const orders = await openPaymentOrders({ store });
  onTestFinished(() => orders.close());
  const options = {
    ...{ key: log.text, trust: `${trust.join('\n')}\n` },
    witnesses: witnesses.map(({ running }) => running.url),
  };
  const stored = async () => (await store.readLast(checkpointsStream))?.revision;
  return { witnesses, orders, options, stored };
}

describe('checkpoints with witnesses', () => {
  test('are cosigned by all of them, as recovery signs them', async () => {
    const { orders, options, witnesses } = await world();
    const signed: SignedCheckpoint[] = [];
    const onCheckpoint = (one: SignedCheckpoint) => signed.push(one);
    await created(orders, 'O1');

    await orders.startRecovery({ only: 'notices', checkpoints: { ...options, onCheckpoint } });
    await until(() => signed.length > 0);

    const [{ note, cosignedBy, missing } = { note: '', cosignedBy: [], missing: [] }] = signed;
    expect(cosignedBy.map(({ vkey }) => vkey)).toEqual(witnesses.map(({ vkey }) => vkey));
    expect(missing).toEqual([]);
    const { trust } = options;
    const verified = await orders.transparencyLog().verify({ checkpoint: note, trust });
    expect(verified).toMatchObject({ ok: true, vouched: true });
  });

  test('have one signature of each, however often they are asked', async () => {
    const { orders, options, stored } = await world();
    await created(orders, 'O1');
    const first = await orders.transparencyLog().checkpoint(options);
    const revision = await stored();

    const again = await orders.transparencyLog().checkpoint(options);

    expect(again).toMatchObject({ isNew: false, note: first.note, missing: [] });
    expect(await stored()).toBe(revision);
  });

  test('are asked for again where a witness was away, and are kept without it', async () => {
    const { orders, options, witnesses } = await world();
    await created(orders, 'O1');
    const away = { ...options, witnesses: [options.witnesses[0] ?? '', 'http://127.0.0.1:9'] };

    const first = await orders.transparencyLog().checkpoint(away);
    const second = await orders.transparencyLog().checkpoint(options);

    expect(first).toMatchObject({
      cosignedBy: [{ name: 'one' }],
      missing: [
        {
          url: 'http://127.0.0.1:9/',
          problem: expect.stringContaining('cannot be reached') as string,
        },
      ],
    });
    expect(second.note.startsWith(first.note)).toBe(true);
    expect(second.cosignedBy.map(({ vkey }) => vkey)).toEqual(witnesses.map(({ vkey }) => vkey));
  });

  test('are refused by a witness where the store lost an order', async () => {
    const { orders, options } = await world();
    await created(orders, 'O1');
    await created(orders, 'O2');
    await orders.transparencyLog().checkpoint(options);
    // Another store: what was signed there is forgotten with the order.
    const others = await openPaymentOrders({ store: openMemoryStore(systemRuntime()) });
    await created(others, 'O1');
    const shorter = await others.transparencyLog().checkpoint(options);
    await created(others, 'O3');
    const other = await others.transparencyLog().checkpoint(options);
    await created(others, 'O4');
    const fork = await others.transparencyLog().checkpoint(options);
    await others.close();

    const problems = [shorter, other, fork].map(({ missing }) => missing[0]?.problem);
    expect(problems).toEqual([
      'the witness saw a longer log, of 2 events',
      'the witness cosigned another log of the same size',
      'the witness cosigned what this log does not continue (HTTP 422)',
    ]);
    expect([shorter, other, fork].flatMap(({ cosignedBy }) => cosignedBy)).toEqual([]);
  });
});
