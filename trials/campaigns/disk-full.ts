import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { PaymentOrderError } from '../../src/errors.ts';
import { sqliteStore } from '../../src/event-store/sqlite/log.ts';
import { openFile } from '../../src/event-store/sqlite/file.ts';
import type { Witness } from '../../src/history/event.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { sandboxAppId } from '../../src/sandbox/index.ts';
import { scratchPath } from '../../test/event-store/scratch.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import { startRival } from './rivals.ts';

export type FullReport = {
  readonly acknowledged: number;
  /** Commands that ended in a named error. */
  readonly refused: number;
  /** Commands that were answered because space returned while they were tried. */
  readonly settled: number;
  readonly violations: readonly string[];
};

type Kept = { readonly orderNo: string; readonly witness: Witness };

/** More than a page has room for. */
const appendsToFill = 20;
const pagesWithoutLimit = 1_000_000;

/**
 * A file that may not grow from its `full`-th append on, in virtual time. Space returns after the
 * command has given up, or while it is still tried.
 */
export async function fullAt(full: number, returnsInTime: boolean): Promise<FullReport> {
  const { path, remove } = scratchPath();
  const runtime = simulatedRuntime({ seed: full });
  const file = await openFile(path, runtime, false);
  const store = sqliteStore(file, { path, runtime });
  const orders = await openPaymentOrders({ store, runtime });
  const limitPages = (pages: unknown) => {
    file.database.exec(`PRAGMA max_page_count = ${String(pages)}`);
  };
  const kept: Kept[] = [];
  const violations: string[] = [];
  let [refused, settled] = [0, 0];
  const create = async (number: number) => {
    const orderNo = `F${number}`;
    const command = { orderNo, processBillNo: 'F1', commandId: `c-${number}` };
    const { kind, revision, hash } = await orders.create(command);
    if (kind !== 'accepted') violations.push(`I9 append ${number} of ${full} was ${kind}`);
    kept.push({ orderNo, witness: { revision, hash } });
  };
  for (let number = 1; number < full; number += 1) await create(number);
  limitPages(file.database.prepare('PRAGMA page_count').get()?.['page_count']);
  let number = full;
  while (refused + settled === 0 && number < full + appendsToFill) {
    const outcome: { error?: unknown } = {};
    void create(number).then(
      () => (outcome.error = null),
      (error: unknown) => (outcome.error = error),
    );
    await runtime.advance(0);
    const isStuck = outcome.error === undefined;
    if (isStuck && returnsInTime) {
      await runtime.advance(500);
      limitPages(pagesWithoutLimit);
    }
    await runtime.advance(20_000);
    const { error } = outcome;
    if (error === null) {
      if (isStuck) settled += 1;
      number += 1;
      continue;
    }
    refused += 1;
    if (!(error instanceof PaymentOrderError) || error.code !== 'append-outcome-unknown') {
      violations.push(
        `I17 append ${number} of ${full}: ${error instanceof Error ? error.message : 'no end'}`,
      );
    }
    if ((await orders.get(`F${number}`)) !== null) violations.push(`I9 ${number} is half stored`);
  }
  violations.push(...(await lost(orders, kept)));
  limitPages(pagesWithoutLimit);
  if (refused > 0) await create(number);
  await create(number + 1);
  await orders.close();
  await store.close();
  violations.push(...(await lostAtReopening(path, kept)));
  remove();
  return { acknowledged: kept.length, refused, settled, violations };
}

/** A real process whose files may not grow beyond so many bytes: a write of its log fails. */
export async function logCannotGrow(bytes: number, returnsInTime: boolean): Promise<FullReport> {
  const { path, remove } = scratchPath();
  const rivalOptions = { url: 'http://127.0.0.1:1', appId: sandboxAppId, keys: dirname(path) };
  const limit = ['prlimit', `--fsize=${bytes}:unlimited`];
  const rival = startRival(rivalOptions, join(dirname(path), 'compiled'), limit);
  const lift = () => {
    spawnSync('prlimit', ['--pid', String(rival.pid), '--fsize=unlimited:unlimited']);
  };
  const kept: Kept[] = [];
  const violations: string[] = [];
  let [refused, settled] = [0, 0];
  const opened = await rival.ask({ steps: ['open'], path, orderNo: '' });
  if (!opened.ok) violations.push(`I17 opening with ${bytes} bytes: ${opened.what}`);
  for (let number = 1; violations.length === 0 && refused + settled === 0; number += 1) {
    const request = { steps: ['create' as const], path, orderNo: `F${number}`, commandId: 'c' };
    const trying = rival.ask(request);
    const isStuck = (await Promise.race([trying, after(1_500)])) === null;
    if (isStuck && returnsInTime) lift();
    let answer = await trying;
    if (isStuck && answer.ok) settled += 1;
    if (!answer.ok) {
      refused += 1;
      if (!answer.what.startsWith('append-outcome-unknown')) violations.push(`I17 ${answer.what}`);
      lift();
      answer = await rival.ask(request);
    }
    if (answer.ok && answer.receipt !== null) {
      const { revision, hash } = answer.receipt;
      kept.push({ orderNo: request.orderNo, witness: { revision, hash } });
    } else violations.push(`I17 with space again: ${answer.ok ? 'no receipt' : answer.what}`);
  }
  if (!(await rival.end())) violations.push(`crash the process with ${bytes} bytes`);
  violations.push(...(await lostAtReopening(path, kept)));
  remove();
  return { acknowledged: kept.length, refused, settled, violations };
}

function after(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, ms, null).unref());
}

async function lostAtReopening(path: string, kept: readonly Kept[]): Promise<readonly string[]> {
  const orders = await openPaymentOrders({ store: `sqlite:${path}`, readOnly: true });
  const found = (await orders.checkStore()).map((fault) => `I10 ${fault}`);
  found.push(...(await lost(orders, kept)));
  await orders.close();
  return found;
}

async function lost(orders: PaymentOrders, kept: readonly Kept[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { orderNo, witness } of kept) {
    const { faults } = await orders.verify(orderNo, witness);
    for (const { code, message } of faults) found.push(`I1 ${orderNo} ${code}: ${message}`);
  }
  return found;
}
