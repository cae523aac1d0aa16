import { copyFileSync, rmSync } from 'node:fs';
import { lagOf } from '../../../src/event-store/sqlite/lag.ts';
import { openPaymentOrders } from '../../../src/open.ts';
import { sleep, systemRuntime } from '../../../src/runtime.ts';
import { scratchPath } from '../../../test/event-store/scratch.ts';
import { until } from '../../../test/until.ts';
import { startChild } from '../children.ts';
import type { Failure, Level } from '../level.ts';
import { reproOf } from '../repro.ts';
import type { Acknowledged, Task } from '../sqlite-copies-child.ts';

const runtime = systemRuntime();
const name = 'sqlite-copies';
const children = 3;
const roundsAtScale1 = 4;
/** Only ends a level that waits for nothing: a test in simulated time says within how long. */
const quietMsMax = 60_000;
/** How long the children write before the next copies are made, ms. */
const writingMs = 250;

type Known = Map<string, NonNullable<Acknowledged>>;

/** Copies of a file that children write: by `backup`, and by careless hands. */
export const sqliteCopies: Level = {
  name,
  promise: 'A backup verifies and holds all that was acknowledged before it began.',
  async run({ scale, seed, progress }) {
    const { path: cache, remove: removeCache } = scratchPath();
    const { path, remove } = scratchPath();
    const known: Known = new Map();
    const writers = Array.from({ length: children }, (_, child) =>
      startWriter({ path, child }, cache, known),
    );
    const counts = { backups: 0, acknowledged: 0, 'lost by backup': 0, 'lost after quiet': 0 };
    const careless = { 'orders that a hasty copy of the file lacked': 0 };
    const violations: string[] = [];
    const rounds = Math.ceil(roundsAtScale1 * scale);
    await until(() => known.size >= children * 5);
    const mine = await openPaymentOrders({ store: `sqlite:${path}` });
    for (let round = 0; round < rounds; round += 1) {
      await sleep(runtime, writingMs);
      const before = new Map(known);
      copyFileSync(path, `${path}.hasty`);
      const backup = await mine.backup(`${path}.backup`);
      if (!backup.ok) violations.push(`I10 ${JSON.stringify(backup.storeFaults)}`);
      const lost = await missing(`${path}.backup`, before);
      violations.push(...lost.map((orderNo) => `I1 backup lacks ${orderNo}`));
      counts['lost by backup'] += lost.length;
      careless['orders that a hasty copy of the file lacked'] += (
        await missing(`${path}.hasty`, before)
      ).length;

      await Promise.all(writers.map((writer) => writer.pause()));
      await logIsMoved(path);
      copyFileSync(path, `${path}.quiet`);
      const lacking = await missing(`${path}.quiet`, known);
      violations.push(...lacking.map((orderNo) => `I1 the file alone lacks ${orderNo}`));
      counts['lost after quiet'] += lacking.length;
      for (const writer of writers) writer.resume();
      counts.backups += 1;
      for (const kind of ['hasty', 'backup', 'quiet']) {
        for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}.${kind}${suffix}`, force);
      }
      progress(round + 1, rounds);
    }
    await mine.close();
    const ended = await Promise.all(writers.map((writer) => writer.end()));
    violations.push(...ended.filter((stderr) => stderr !== '').map((stderr) => `crash ${stderr}`));
    counts.acknowledged = known.size;
    remove();
    removeCache();
    return {
      counts,
      seen: { backups: counts.backups, ...careless },
      failures: violations.map<Failure>((what) => ({
        invariant: what.split(' ')[0] ?? '',
        repro: reproOf(name, { scale, seed }),
        what,
      })),
    };
  },
};

const force = { force: true } as const;

function startWriter(task: Task, cache: string, known: Known) {
  let paused: (() => void) | undefined;
  const child = startChild({
    file: 'sqlite-copies-child.ts',
    argument: task,
    cache,
    onLine: (line) => {
      // Our own child wrote the line.
      const acknowledged = JSON.parse(line) as Acknowledged;
      if (acknowledged === null) paused?.();
      else known.set(acknowledged.orderNo, acknowledged);
    },
  });
  return {
    pause: () =>
      new Promise<void>((resolve) => {
        paused = resolve;
        child.send('pause');
        // A child that died never pauses; its end is reported.
        void child.ended.then(() => {
          resolve();
        });
      }),
    resume: () => {
      child.send('go on');
    },
    end: async () => {
      child.done();
      const { exitCode, stderr } = await child.ended;
      return exitCode === 0 ? '' : `exit code ${exitCode ?? 'none'}: ${stderr.slice(-300)}`;
    },
  };
}

/** Nothing but the writers' own checkpoints moves the log: who asks only reads. */
async function logIsMoved(path: string): Promise<void> {
  const endMs = runtime.monotonicMs() + quietMsMax;
  while ((await lagOf(path, runtime)).pages > 0 && runtime.monotonicMs() < endMs)
    await sleep(runtime, 20);
}

/** The orders whose acknowledged heads a copy does not hold. A copy that cannot be read holds none. */
async function missing(file: string, known: Known): Promise<readonly string[]> {
  const lost: string[] = [];
  try {
    await using orders = await openPaymentOrders({ store: `sqlite:${file}`, readOnly: true });
    for (const { orderNo, revision, hash } of known.values()) {
      const { ok } = await orders.verify(orderNo, { revision, hash });
      if (!ok) lost.push(orderNo);
    }
    return lost;
  } catch {
    return [...known.keys()];
  }
}
