import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../src/open-store.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import { tryConnections } from '../hostile/connections.ts';
import { tryMixtures } from '../hostile/mixtures.ts';
import { tryMutations } from '../hostile/mutations.ts';
import { tryQuestions } from '../hostile/questions.ts';
import type { Findings } from '../hostile/table.ts';
import { tryTable } from '../hostile/table.ts';
import { mustBeSeen } from '../hostile/must-be-seen.ts';
import { watchResources } from '../hostile/resources.ts';
import type { Level, LevelRun } from '../level.ts';

const ordersAtScale1 = 150;
const ordersAtOnce = 30;
const answersAtScale1 = 1_500;

/** The whole service on real sockets against a platform that does everything wrong. */
export const hostileGateway: Level = {
  name: 'hostile-gateway',
  promise: 'However the gateway answers, what may have run is never recorded as refused.',
  async run(run) {
    const directory = mkdtempSync(join(tmpdir(), 'payment-order-hostile-'));
    const findings: Findings = { faults: [], seen: new Map(mustBeSeen.map((what) => [what, 0])) };
    const resources = watchResources();
    try {
      const urls = { M: 'memory:', S: `sqlite:${join(directory, 'orders.db')}` };
      const counts = await tryStores(urls, run, findings);
      findings.faults.push(...(await resources.faults()));
      return {
        counts: { ...counts, ...resources.figures() },
        seen: Object.fromEntries(findings.seen),
        failures: findings.faults.map((fault) => failureOf(fault, run)),
      };
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function tryStores(
  urls: Readonly<Record<string, string>>,
  { scale, seed, progress }: LevelRun,
  findings: Findings,
): Promise<Record<string, number>> {
  const sequences = Math.ceil(ordersAtScale1 * scale);
  const answers = Math.ceil(answersAtScale1 * scale);
  let rows = 0;
  let requests = 0;
  for (const [name, url] of Object.entries(urls)) {
    await using store = disposable(await openStore(url, systemRuntime()));
    rows += await tryTable(store, name, findings);
    rows += await tryConnections(store, name, findings);
    // In groups that fit a machine, each with a seed of its own.
    for (let done = 0; done < sequences; done += ordersAtOnce) {
      const orders = Math.min(ordersAtOnce, sequences - done);
      requests += await tryMixtures(store, { name, seed: seed + done, orders }, findings);
      progress(done, 2 * sequences);
    }
  }
  for (let done = 0; done < answers; done += answersAtScale1) {
    const size = Math.min(answersAtScale1, answers - done);
    await tryMutations({ seed: seed + done, answers: size }, findings);
  }
  // Enough of them that each status is met, on a small run too.
  const questions = await tryQuestions({ seed, answers: Math.max(200, answers) }, findings);
  return {
    ...{ rows, sequences: 2 * sequences, requests, 'changed answers': answers },
    'changed answers to questions': questions,
  };
}

function disposable<T extends { close(): Promise<void> }>(of: T): T & AsyncDisposable {
  return Object.assign(of, { [Symbol.asyncDispose]: () => of.close() });
}

function failureOf(fault: string, { scale, seed }: LevelRun) {
  const [invariant = ''] = fault.split(' ');
  const repro = `npm run campaign -- --level hostile-gateway --scale ${scale} --seed ${seed}`;
  return { invariant, repro, what: fault };
}
