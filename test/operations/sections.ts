import { existsSync, readFileSync, rmSync } from 'node:fs';
import {
  aMorning,
  aNewKeyAtThePlatform,
  aWorkingKey,
  atPlatform,
  badKey,
  billRow,
  cancelled,
  columns,
  create,
  hoursAgo,
  lost,
  paidNotice,
  receive,
  refundNotice,
  theirOrders,
  twoMerchants,
} from './stories.ts';
import type { Ended, Terminal } from './terminal.ts';

/** What a command of the page must end with, and say. */
export type Expected = {
  readonly begins: string;
  readonly code: number;
  readonly says: readonly (string | RegExp)[];
  /** What happens before it is typed. */
  readonly given?: (here: Terminal) => unknown;
  /** It does not end: it is left running once it has said its first words. */
  readonly isLeft?: true;
  readonly check?: (here: Terminal, ended: Ended) => void;
};

type More = Partial<Omit<Expected, 'begins'>>;

const line = (begins: string, ...says: (string | RegExp)[]): Expected => ({
  ...{ begins, code: 0, says },
});
const ending = (code: number, expected: Expected): Expected => ({ ...expected, code });
const but = (expected: Expected, more: More): Expected => ({ ...expected, ...more });

export type Section = {
  readonly given: (here: Terminal) => unknown;
  readonly lines: readonly Expected[];
};

/** 20 orders, whose cancels a wrong key blocked in the night, and one whose doubt nobody asked about. */
export const blocked = Array.from({ length: 20 }, (_, index) => `B${index + 1}`);

const doctor = 'payment-order doctor';
const list = 'payment-order list';
const inbox = 'payment-order inbox';

/** A story for each section, by its heading, and what comes of its commands, in their order. */
export const sections: Readonly<Record<string, Section>> = {
  Start: {
    given: aWorkingKey,
    lines: [
      line(doctor, 'everything is ok', /payment.order.query may be called/),
      but(line('payment-order work', 'working'), { isLeft: true }),
      line('payment-order work --status', 'following', '1 up'),
    ],
  },
  'What to alert on': {
    given: async (here) => {
      await aMorning(here);
      await here.leave(`${list} --watch`, 'O3');
    },
    lines: [
      line(`${list} --attention --json > attention.json`),
      line("jq -r '.orders[].why[].why'", '1 anomaly', '1 doubt', '1 needs-review', '1 overdue'),
      line("jq '[.orders[] | select(.waits", /^1$/m),
      line("jq -c '.notices'", '{"waiting":1,"held":0,"since":"20'),
      line("jq -r '.orders[] | select(", /^O2$/m),
      line('ls -l', 'payment-orders.db-wal'),
      line('df -P', /\d+%/),
    ],
  },
  'Logs and metrics': {
    given: async (here) => {
      await aMorning(here);
      await here.type(`${list} --attention --json > attention.json`);
    },
    lines: [
      line("jq -r '[.orders[].why[].why]"),
      line("jq -r '.notices |"),
      but(line('mv metrics.prom'), {
        check: (here) => {
          const written = readFileSync(here.path('payment-orders.prom'), 'utf8').split('\n');
          if (!written.includes('payment_order_attention{why="doubt"} 1')) throw new Error('doubt');
          if (!written.includes('payment_order_notices{status="waiting"} 1')) throw new Error('1');
        },
      }),
    ],
  },
  'Orders in doubt': {
    given: async (here) => {
      await aWorkingKey(here);
      await hoursAgo(here, 9, lost, cancelled('O1', 'O2', 'O3', 'O4'));
      await atPlatform(here, 'O1', { status: 'closed' });
      await atPlatform(here, 'O2', { status: 'paid', amount: '128.00' });
      await atPlatform(here, 'O3', { status: 'closed' });
      await atPlatform(here, 'O4', { queryFaults: ['odd-status', 'odd-status'] });
    },
    lines: [
      line('payment-order ask O1', 'canceled', 'recorded: O1 is cancelled now'),
      ending(
        123,
        line(
          `${list} --why doubt,needs-review`,
          ...['O2 is paid now', 'O3 is cancelled now', 'unknown (rule status-unknown)'],
        ),
      ),
      line('payment-order resolve O4 cancelled', 'accepted: O4 is cancelled now'),
    ],
  },
  'What needs a person': {
    given: async (here) => {
      await aWorkingKey(here);
      await aMorning(here);
    },
    lines: [
      line(
        `${list} --attention`,
        ...['overdue by', 'the platform refused our signature', 'anomaly 1', '1 waiting'],
      ),
      line(`${list} --why overdue,attempt-overdue`, /^O1 /m),
      line(`${list} --why anomaly`, /^O3 /m),
      but(line(`${list} --attention --watch`, 'O1'), { isLeft: true }),
      line('payment-order find 4200002345', /^O3 /m),
      line('payment-order retry', /^O2 /m, '1 order would get'),
      line('payment-order retry', 'O2 is cancelled now', '1 accepted'),
      line('payment-order acknowledge', '1 accepted'),
    ],
  },
  'Facts by hand': {
    given: (here) => hoursAgo(here, 1, lost, (orders) => create(orders, 'O1')),
    lines: [
      line('payment-order paid O1', 'accepted: O1 is paid now (revision 1)'),
      line('payment-order declined O1', 'accepted'),
      line('payment-order refunded O1', 'accepted'),
      line('payment-order log O1', 'PaymentSucceeded', 'PaymentRefunded'),
      line('payment-order retract O1 1', 'accepted: O1 is created now'),
    ],
  },
  "The platform's bill": {
    given: async (here) => {
      await aWorkingKey(here);
      await hoursAgo(here, 1, lost, (orders) => create(orders, 'O1', 'O2'));
      here.write('bill.csv', [columns, billRow('O1', '128.00'), billRow('O2', '1.00')].join('\n'));
    },
    lines: [
      line('payment-order reconcile', 'no difference'),
      line('payment-order reconcile', 'no difference'),
      line('payment-order reconcile', 'O1', 'O2', 'recorded now'),
    ],
  },
  Notices: {
    given: async (here) => {
      await hoursAgo(here, 1, lost, async (orders) => {
        await create(orders, 'O1', 'O17', 'O18');
        await receive(orders, paidNotice('O1'));
        await receive(orders, refundNotice, 'platform network');
        await receive(orders, 'status=paid');
        await orders.recordPaymentSucceeded('O17', { transactionNo: 'T17' });
      });
      here.write('lost-notice.json', paidNotice('O18'));
    },
    lines: [
      line(`${inbox} list --attention`, '70e3b4f1', 'unreadable'),
      line(`${inbox} list --status waiting`, 'e3bb5d26', 'O1'),
      line(`${inbox} show e3bb5d26`, '"biz_amt":"128.00"'),
      line(`${inbox} retry e3bb5d26`, 'is applied', 'PaymentSucceeded in O1'),
      line(`${inbox} retry 8a0ad23c`, 'is applied', 'PaymentRefunded in O17'),
      line(`${inbox} discard 70e3b4f1`, 'is discarded'),
      line(`${inbox} receive lost-notice.json`, 'is applied', 'PaymentSucceeded in O18'),
    ],
  },
  'Several merchants': {
    given: twoMerchants,
    lines: [
      line(doctor, 'merchant-a: complete', 'merchant-b: complete', 'everything is ok'),
      line('payment-order create B1', 'accepted: B1 is created now'),
      line('payment-order cancel B1', 'accepted: B1 is cancelled now'),
      but(line(`${list} --json |`, 'B1 merchant-b', 'B9 merchant-b', 'OLD none'), {
        given: theirOrders,
      }),
      line('payment-order work --once', '0 due and fired'),
      line('payment-order work --once', /^B9: /m, '1 due and fired'),
      line('payment-order reconcile', 'no difference'),
      ending(2, line('payment-order cancel OLD', 'the order records no gateway')),
      line('payment-order cancel OLD', 'accepted: OLD is cancelled now'),
    ],
  },
  'A new key': {
    given: async (here) => {
      await aWorkingKey(here);
      await aNewKeyAtThePlatform(here);
    },
    lines: [
      line(`${doctor} --private-key-file new-key.pem`, 'everything is ok'),
      line('mv new-key.pem gateway-key.pem'),
      line(doctor, 'everything is ok'),
    ],
  },
  'The morning after': {
    given: async (here) => {
      await aWorkingKey(here);
      await hoursAgo(here, 9, badKey, cancelled(...blocked));
      await hoursAgo(here, 9, lost, cancelled('D1'));
    },
    lines: [
      line(`${list} --why needs-review`, /^B1 /m, 'the platform refused our signature'),
      line(
        'payment-order work --once --retry-blocked',
        ...[/^D1: /m, '20 blocked orders, 20 tried again: 20 confirmed'],
      ),
      line(`${list} --why needs-review`, 'no order matches'),
    ],
  },
  Checkpoints: {
    given: (here) => hoursAgo(here, 1, lost, (orders) => create(orders, 'O1', 'O2')),
    lines: [
      line('payment-order tlog keygen', 'keep it secret', 'log shop.example/payments+'),
      line('payment-order tlog checkpoint', /checkpoint over \d+ events/),
      line('sqlite3 payment-orders.db.tlog'),
      line('payment-order verify --all --checkpoint', /log: ok, its first \d+ events agree/),
    ],
  },
  'Backup and restore': {
    given: async (here) => {
      await aWorkingKey(here);
      await hoursAgo(here, 1, lost, async (orders) => {
        await create(orders, 'O1', 'O2', 'O3');
        await orders.recordPaymentSucceeded('O3', { transactionNo: 'T3' });
      });
    },
    lines: [
      line('mkdir -p backups'),
      line('payment-order backup backups/monday.db --json > backups/monday.json'),
      line(`${list} --json |`),
      line('payment-order verify --all', '3 orders checked'),
      but(line('mkdir -p lost'), { given: theStoreIsLost }),
      but(line('mv payment-orders.db* lost/'), {
        check: (here) => {
          if (existsSync(here.path('payment-orders.db-wal'))) throw new Error('a -wal is left');
        },
      }),
      line('cp backups/monday.db payment-orders.db'),
      line('payment-order verify --all', '3 orders checked'),
      line('payment-order verify $(jq', 'O3: ok, 2 events'),
      but(ending(1, line(`${list} --json |`)), {
        check: (here) => {
          const missing = readFileSync(here.path('missing.txt'), 'utf8');
          if (!/^> O4 0:[0-9a-f]{64}$/m.test(missing)) throw new Error(`missing: ${missing}`);
        },
      }),
      line(doctor, 'everything is ok'),
      line(`${list} --json |`, 'recorded: O1 is cancelled now', 'recorded: O2 is paid now'),
      line('payment-order reconcile', 'no difference'),
    ],
  },
  Upgrades: {
    given: (here) => hoursAgo(here, 9, lost, cancelled('O1', 'O2')),
    lines: [
      line('payment-order --version', /^\d+\.\d+\.\d+$/m),
      line('payment-order backup before-upgrade.db', 'backed up: before-upgrade.db, 2 orders'),
      line('payment-order verify --all', '2 orders checked'),
      line('payment-order replay --check --all', '2 orders replayed, 0 not as recorded'),
    ],
  },
  'What may be done to a store': {
    given: (here) => hoursAgo(here, 9, lost, cancelled('O1', 'O2')),
    lines: [
      line('payment-order backup copy.db', 'backed up: copy.db, 2 orders'),
      line('sqlite3 copy.db', 'CancelRequested|2'),
      line('sqlite3 copy.db'),
      line('payment-order verify --all', '2 orders checked'),
      line('sqlite3 copy.db'),
      ending(3, line('payment-order verify --all', 'index "by_type" on events does not belong')),
    ],
  },
};

/** After the backup O4 was created, O1 cancelled and O2 paid; then the disk forgot the store's file. */
async function theStoreIsLost(here: Terminal): Promise<void> {
  await hoursAgo(here, 0, { kind: 'confirmed', rule: 'confirmed' }, async (orders) => {
    await create(orders, 'O4');
    await orders.cancel('O1');
  });
  await atPlatform(here, 'O1', { status: 'closed' });
  await atPlatform(here, 'O2', { status: 'paid', amount: '128.00' });
  await here.type(
    'payment-order list --json | jq -r \'.orders[] | "\\(.orderNo) \\(.revision):\\(.hash)"\' > heads.txt',
  );
  rmSync(here.path('payment-orders.db'));
}
