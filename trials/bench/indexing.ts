import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PaymentOrderEvent } from '../../machines/payment-order.events.ts';
import { openSqliteStore } from '../../src/event-store/sqlite/store.ts';
import { streamOf } from '../../src/history/event.ts';
import { loadOrder } from '../../src/history/load.ts';
import { compileMachine } from '../../src/history/machine.ts';
import { openPaymentOrders } from '../../src/open.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { figure, inRounds } from './figure.ts';
import type { Figure } from './figure.ts';
import { preparedOrder } from './histories.ts';

const runtime = systemRuntime();
const compiled = compileMachine();
export const orders = 100_000;

/** What most orders hold; one in a thousand is left in doubt. */
function laterOf(at: number): readonly PaymentOrderEvent[] {
  const started: PaymentOrderEvent = { type: 'PaymentStarted' };
  const requested: PaymentOrderEvent = { type: 'CancelRequested', reason: '临时决定关单取消支付' };
  if (at % 1_000 === 0) {
    const rule = 'answer-timeout';
    return [
      started,
      requested,
      { type: 'CancelOutcomeUnknown', attempt: 1, rule, retryInMs: 5_000 },
    ];
  }
  if (at % 6 === 0) return [started, { type: 'PaymentSucceeded', transactionNo: `WX${at}` }];
  return [started, requested, { type: 'CancelConfirmed', attempt: 1, rule: 'confirmed' }];
}

/** Writes them; gives the number of their events. */
export async function fill(path: string): Promise<number> {
  const store = await openSqliteStore({ path, runtime });
  let events = 0;
  const write = async (at: number) => {
    const batch = preparedOrder(`O${at}`, laterOf(at));
    events += batch.length;
    await store.append(streamOf(`O${at}`), batch, 'no-stream');
  };
  for (let from = 0; from < orders; from += 200) {
    await Promise.all(Array.from({ length: 200 }, (_, index) => write(from + index)));
  }
  await store.close();
  return events;
}

/** The command in a process of its own: its time, and the most memory that it held. */
function listed(directory: string): { readonly ms: number; readonly mb: number } {
  const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
  const began = performance.now();
  const tellMemory = `process.on('exit',()=>console.error('maxRSS',process.resourceUsage().maxRSS))`;
  const args = ['--import', `data:text/javascript,${tellMemory}`, main, 'list', '--attention'];
  const options = { cwd: directory, encoding: 'utf8' } as const;
  const command = [...args, '--store', 'sqlite:index.db'];
  const { stderr, status } = spawnSync(process.execPath, command, options);
  const ms = performance.now() - began;
  if (status !== 0) throw new Error(`list ended with ${String(status)}: ${stderr.slice(0, 500)}`);
  const kb = Number(/maxRSS (\d+)/.exec(stderr)?.[1]);
  return { ms, mb: kb / 1_024 };
}

/** 100,000 orders: building their index, and listing those that need a person. */
export async function indexFigures(directory: string, rounds?: number): Promise<Figure[]> {
  const path = join(directory, 'index.db');
  const events = await fill(path);
  const build = async (): Promise<number> => {
    rmSync(`${path}.index`, { force: true });
    await using opened = await openPaymentOrders({ store: `sqlite:${path}`, readOnly: true });
    const began = performance.now();
    await opened.search({ limit: 1 });
    return events / ((performance.now() - began) / 1_000);
  };
  const built = await inRounds(build, 8_000, rounds, 0);
  const store = await openSqliteStore({ path, runtime, readOnly: true });
  const fold = async (): Promise<number> => {
    const began = performance.now();
    for (let at = 0; at < 10_000; at += 1) await loadOrder(store, compiled, `O${at}`);
    return ((performance.now() - began) * orders) / 10_000;
  };
  let mb = 0;
  const list = () => {
    const measured = listed(directory);
    ({ mb } = measured);
    return measured.ms;
  };
  const warm = await inRounds(list, fold, rounds, 1);
  await store.close();
  return [
    figure({
      ...{ name: 'cold build of the order index', ...built },
      ...{ unit: ' events/s', alternative: 'the limit', atLeast: 1 },
      remark: `${orders} orders, ${events} events`,
    }),
    figure({
      ...{ name: 'list --attention, warm', ...warm, unit: 'ms' },
      ...{ alternative: 'folding every history', atLeast: 5 },
      remark: `limit 1,000 ms; ${orders} orders, ${orders / 1_000} of them in doubt`,
    }),
    figure({
      ...{ name: 'memory of list --attention, warm', unit: 'MB', isCounted: true },
      ...{ rounds: [{ ours: mb, against: 150 }], alternative: 'the limit', atLeast: 1 },
    }),
  ];
}
