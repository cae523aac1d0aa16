/** A service, a witness in a process of its own, and somebody who can write to the store's file. */

import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inChild } from './child.ts';
import type { Forgery } from './forged-store.ts';
import { forge, forgeries } from './forged-store.ts';
import type { Desk, Running } from './support.ts';
import { desk } from './support.ts';

let here: Desk;
let witness: Running;
/** What the witness is called by. */
let url = '';

const checkpoint = ['tlog', 'checkpoint', '--key', 'log.key', '--trust', 'trust'];

beforeAll(async () => {
  here = desk(inChild);
  for (const order of ['O1', 'O2', 'O3']) {
    await here.run('create', order, '--process-bill-no', 'F1', '--actor', 'service:shop');
    await here.run('start', order, '--actor', 'service:shop');
  }
  const log = await here.json('tlog', 'keygen', '--out', 'log.key', '--name', 'shop/log');
  const bank = await here.json(
    ...['tlog', 'keygen', '--out', 'bank.key', '--witness', '--name', 'bank'],
  );
  writeFileSync(here.path('logs'), `${String(log.body['trustLine'])}\nquorum none\n`);
  const lines = [log.body['trustLine'], bank.body['trustLine'], 'quorum bank'];
  writeFileSync(here.path('trust'), `${lines.join('\n')}\n`);
  witness = here.start(
    ...['witness', 'serve', '--key', 'bank.key', '--trust', 'logs', '--state', 'bank.state'],
    ...['--port', '0', '--json'],
  );
  url = (JSON.parse(await witness.said('}\n')) as { readonly url: string }).url;
}, 60_000);

afterAll(() => here.remove());

test('has a checkpoint cosigned, by which the store is verified and somebody vouches', async () => {
  const signed = await here.run(...checkpoint, '--witness', url, '--out', 'kept');
  const verify = ['verify', '--all', '--checkpoint', 'kept'];
  const [vouched, alone] = [
    await here.run(...verify, '--trust', 'trust'),
    await here.run(...verify),
  ];

  expect(signed).toMatchObject({ code: 0, stderr: '' });
  expect(signed.stdout).toMatch(
    /^shop\/log: checkpoint over 6 events\nroot [0-9a-f]{64}\ncosigned by bank, 20\S+Z: bank\+\S+\nwritten: kept\n$/,
  );
  expect(vouched.code).toBe(0);
  expect(vouched.stdout).toMatch(
    /^log: ok, these 6 events are unaltered since the checkpoint that bank signed\n {2}cosigned by bank, 20\S+Z: bank\+\S+\n {2}signed by the owner of the log, which is a claim: shop\/log\+/m,
  );
  expect(alone.code).toBe(0);
  expect(alone.stdout).toMatch(
    /^log: ok, its first 6 events agree with the checkpoint of shop\/log\nconsistent in itself, nobody vouches: /m,
  );
  expect(alone.stdout).toContain('proves nothing against those who can write there');
});

describe('a forged copy of the store', () => {
  /** Of each forgery, what `verify` must name: a code, and the order that it happened to. */
  const named: Readonly<Record<keyof typeof forgeries, readonly RegExp[]>> = {
    'two orders exchanged': [
      /^ {2}event-exchanged: order O1: .*\(index 2 .* stood in order O2 /m,
      /^ {2}event-exchanged: order O2: .*\(index 0 .* stood in order O1 /m,
    ],
    'an order deleted': [
      /^ {2}order-missing: order O2: .*\(index 2 of the log at the checkpoint\)/m,
    ],
    'an order rewritten': [
      /^ {2}event-rewritten: order O2: the event with revision 0 \(index 2 of the log now\)/m,
    ],
    'a log cut': [
      /^ {2}log-shorter: /m,
      /^ {2}event-missing: order O3: the event with revision 1 \(index 5 of the log at the checkpoint\)/m,
    ],
  };
  // The keys of the table are its forgeries.
  const all = Object.entries(forgeries) as [keyof typeof forgeries, Forgery][];

  test.each(all)(
    'passes verify --all, and not --checkpoint, which names it: %s',
    async (name, alter) => {
      const store = ['--store', 'sqlite:forged.db'];
      forge(here.path('payment-orders.db'), here.path('forged.db'), alter, {
        ...{ checkpoints: true, leaves: true },
      });

      const chains = await here.run('verify', '--all', ...store);
      const verified = await here.run(
        ...['verify', '--all', '--checkpoint', 'kept', '--trust', 'trust', ...store],
      );

      expect(chains).toMatchObject({ code: 0 });
      expect(verified.code).toBe(3);
      expect(verified.stdout).toMatch(/^log: NOT ok, \d+ faults?$/m);
      for (const fault of named[name]) expect(verified.stdout).toMatch(fault);
    },
  );

  test.each(all)('is noticed without the leaves that were kept: %s', async (_, alter) => {
    forge(here.path('payment-orders.db'), here.path('forged.db'), alter, {
      ...{ checkpoints: true, leaves: false },
    });

    const verified = await here.json(
      ...['verify', '--all', '--checkpoint', 'kept', '--store', 'sqlite:forged.db'],
    );

    expect(verified.code).toBe(3);
    expect(verified.body['log']).toMatchObject({ ok: false, size: expect.any(Number) as number });
    expect(JSON.stringify(verified.body['log'])).toMatch(/log-differs|log-shorter/);
  });

  test.each(all)('is named by leaves that were kept elsewhere: %s', async (name, alter) => {
    forge(here.path('payment-orders.db'), here.path('forged.db'), alter, {
      ...{ checkpoints: false, leaves: false },
    });

    const verified = await here.run(
      ...['verify', '--all', '--checkpoint', 'kept', '--leaves', 'payment-orders.db.tlog'],
      ...['--store', 'sqlite:forged.db', '--lang', 'zh-CN'],
    );

    expect(verified.code).toBe(3);
    expect(verified.stdout).toMatch(/^日志：核验未通过，错误 \d+ 处$/m);
    for (const fault of named[name]) expect(verified.stdout).toMatch(fault);
  });

  test.each(all)('is not signed over, and the witness refuses it: %s', async (_, alter) => {
    const store = ['--store', 'sqlite:forged.db'];
    const copy = (checkpoints: boolean) => {
      forge(here.path('payment-orders.db'), here.path('forged.db'), alter, {
        ...{ checkpoints, leaves: false },
      });
    };

    copy(true);
    const contradicted = await here.run(...checkpoint, ...store);
    copy(false);
    const refused = await here.run(...checkpoint, '--witness', url, '--out', 'forged', ...store);

    expect(contradicted.code).toBe(3);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(
      /^NOT cosigned by http:\S+\/: the witness (?:cosigned another log of the same size|saw a longer log, of 6 events)$/m,
    );
    expect(refused.stdout).not.toContain('\ncosigned by');
    expect(
      await here.run(
        ...['verify', '--all', '--checkpoint', 'forged', '--trust', 'trust', ...store],
      ),
    ).toMatchObject({ code: 3, stdout: expect.stringContaining('not-vouched') as string });
  });
});

test('is refused by the witness too where a forged log grew past what is cosigned', async () => {
  const store = ['--store', 'sqlite:forged.db'];
  forge(here.path('payment-orders.db'), here.path('forged.db'), forgeries['an order rewritten'], {
    ...{ checkpoints: false, leaves: false },
  });
  await here.run('create', 'O4', '--process-bill-no', 'F4', ...store);

  const refused = await here.json(...checkpoint, '--witness', url, ...store);

  expect(refused).toMatchObject({ code: 1, body: { size: 7, cosignedBy: [] } });
  expect(JSON.stringify(refused.body['missing'])).toContain('422');
});

test('tells who runs the witness what it did, and ends by a signal', async () => {
  witness.stop('SIGTERM');
  const { code, stderr } = await witness.ended;

  expect(code).toBe(143);
  expect(stderr).toContain('cosigned: shop/log, 6 events\n');
  expect(stderr).toContain('REFUSED: shop/log, 6 events: another log of 6 is cosigned');
  expect(stderr).toContain('REFUSED: shop/log, 4 events: 6 are cosigned already');
  expect(stderr).toContain('REFUSED: shop/log, 7 events: nothing proves that it extends the 6');
});
