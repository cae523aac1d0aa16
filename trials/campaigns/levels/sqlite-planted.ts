import { DatabaseSync } from 'node:sqlite';
import { PaymentOrderError } from '../../../src/errors.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import type { PaymentOrders } from '../../../src/payment-orders.ts';
import { simulatedRuntime } from '../../../src/testing/simulated-runtime.ts';
import { scratchPath } from '../../../test/event-store/scratch.ts';
import type { Failure, Level, LevelRun } from '../level.ts';
import { reproOf } from '../repro.ts';

const name = 'sqlite-planted';
const trialsAtScale1 = 84;

const effects = [
  'SELECT RAISE(IGNORE)',
  'DELETE FROM events WHERE position = NEW.position',
  "UPDATE events SET metadata = '{}' WHERE position = NEW.position",
  "UPDATE events SET stream = 'x' || stream WHERE position = NEW.position",
  'SELECT 1',
];

/** What somebody may plant, by its kind; `draw` chooses a variant. */
const plants: Readonly<Record<string, (draw: (count: number) => number) => string>> = {
  trigger: (draw) => {
    const when = draw(2) === 0 ? 'BEFORE' : 'AFTER';
    const condition = draw(2) === 0 ? '' : `WHEN NEW.revision > ${draw(3)}`;
    const effect = effects[draw(effects.length)] ?? '';
    return `CREATE TRIGGER planted ${when} INSERT ON events ${condition} BEGIN ${effect}; END`;
  },
  view: () =>
    `ALTER TABLE events RENAME TO hidden;
     CREATE VIEW events AS SELECT * FROM hidden WHERE revision < 2`,
  table: (draw) => `CREATE TABLE planted${draw(9)} (a)`,
  index: (draw) => `CREATE INDEX planted ON events (type) WHERE revision = ${draw(3)}`,
  column: (draw) =>
    draw(2) === 0
      ? 'ALTER TABLE events ADD COLUMN planted TEXT'
      : 'ALTER TABLE events ADD COLUMN planted TEXT AS (upper(id)) VIRTUAL',
  check: (draw) => `ALTER TABLE events ADD COLUMN planted TEXT CHECK (revision >= -${draw(3)})`,
};

/** Foreign objects in the file of a service at work, at any moment. */
export const sqlitePlanted: Level = {
  name,
  promise: 'What somebody plants into a SQLite file is named, and nothing is acknowledged on it.',
  async run({ scale, seed, progress }: LevelRun) {
    const trials = Math.ceil(trialsAtScale1 * scale);
    const kinds = Object.keys(plants);
    const seen = Object.fromEntries(kinds.map((kind) => [kind, 0]));
    const failures: Failure[] = [];
    let acknowledged = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const kind = kinds[trial % kinds.length] ?? '';
      const result = await planted(kind, seed + trial);
      acknowledged += result.acknowledged;
      seen[kind] = (seen[kind] ?? 0) + 1;
      for (const what of result.violations) {
        const repro = reproOf(name, { scale, seed });
        failures.push({ invariant: 'I1', repro, what: `seed ${seed + trial}, ${kind}: ${what}` });
      }
      progress(trial + 1, trials);
    }
    return { counts: { trials, acknowledged, unnamed: failures.length }, seen, failures };
  },
};

async function planted(kind: string, seed: number) {
  const runtime = simulatedRuntime({ seed });
  const draw = (count: number) => Math.floor(runtime.random() * count);
  const { path, remove } = scratchPath();
  const violations: string[] = [];
  const store = `sqlite:${path}`;
  const orders = await openPaymentOrders({ store, runtime });
  const reader = await openPaymentOrders({ store, runtime, readOnly: true });
  const numbers = Array.from({ length: 1 + draw(4) }, (_, index) => `P${index}`);
  let acknowledged = 0;
  for (const orderNo of numbers) {
    await orders.create({ orderNo, processBillNo: 'F1' });
    acknowledged += 1;
    if (draw(2) === 0) continue;
    await orders.startPayment(orderNo);
    acknowledged += 1;
  }
  const other = new DatabaseSync(path);
  other.exec(plants[kind]?.(draw) ?? '');
  other.close();

  const order = numbers[draw(numbers.length)] ?? '';
  const works: Readonly<Record<string, (with_: PaymentOrders) => Promise<unknown>>> = {
    paid: () => orders.recordPaymentSucceeded(order, { transactionNo: 'T1' }),
    create: () => orders.create({ orderNo: 'PX', processBillNo: 'F1' }),
    get: (by) => by.get(order),
    verify: (by) => Array.fromAsync(by.verifyAll()),
    list: (by) => Array.fromAsync(by.list()),
    backup: (by) => by.backup(`${path}.copy`),
  };
  for (const [work, run] of Object.entries(works)) {
    for (const by of [orders, reader]) {
      if (!(await isNamed(() => run(by)))) violations.push(`${work} was answered`);
    }
  }
  const checked = await reader.checkStore().catch((error: unknown) => [String(error)]);
  if (checked.length === 0) violations.push('the check is green');
  await Promise.all([orders.close(), reader.close()]);
  for (const readOnly of [false, true]) {
    if (!(await isNamed(() => openPaymentOrders({ store, runtime, readOnly })))) {
      violations.push('it was opened');
    }
  }
  remove();
  return { violations, acknowledged };
}

async function isNamed(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    return error instanceof PaymentOrderError && error.code === 'store-corrupt';
  }
}
