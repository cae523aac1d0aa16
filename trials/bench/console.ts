import { request } from 'node:http';
import { join } from 'node:path';
import { openConsole } from '../../src/console/console.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { figure, inRounds } from './figure.ts';
import type { Figure } from './figure.ts';
import { fill, orders } from './indexing.ts';

/** An hour after the orders were written: those in doubt need a person. */
const runtime = { ...systemRuntime(), now: () => Date.now() + 3_600_000 };
const firstPageMs = 300;
const countMs = 30;

/** A page as a browser asks for one whose address was typed: the time to its last byte, ms. */
function pageMs(url: string): Promise<number> {
  const began = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const asked = request(url, { headers: { 'Sec-Fetch-Site': 'none' } }, (answer) => {
    const texts: string[] = [];
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => texts.push(text));
    answer.once('error', reject);
    answer.once('end', () => {
      const isList = answer.statusCode === 200 && texts.join('').includes('/orders/O');
      if (isList) resolve(performance.now() - began);
      else reject(new Error(`the console answered ${String(answer.statusCode)}, and no list`));
    });
  });
  asked.once('error', reject);
  asked.end();
  return promise;
}

function open(path: string): Promise<PaymentOrders> {
  return openPaymentOrders({ store: `sqlite:${path}`, readOnly: true, runtime });
}

/** A console that just began, with the first page that it shows. */
async function begun(path: string, shown: PaymentOrders) {
  const running = await openConsole({
    ...{ orders: shown, runtime, actor: null, indexFile: `${path}.index`, store: 'bench' },
    ...{ port: 0, language: 'en' as const, onKept: () => undefined },
    onError: (error) => {
      console.error(error);
    },
  });
  try {
    return { running, ms: await pageMs(running.url) };
  } catch (error) {
    await running.close();
    throw error;
  }
}

/** 100,000 orders: the first page of a console that just began, a later one, and what it counts. */
export async function consoleFigures(directory: string, rounds?: number): Promise<Figure[]> {
  const path = join(directory, 'console.db');
  await fill(path);
  const first = async (): Promise<number> => {
    await using shown = await open(path);
    const { running, ms } = await begun(path, shown);
    await running.close();
    return ms;
  };
  await using shown = await open(path);
  // Builds the index, which whoever has 100,000 orders has.
  await shown.search({ limit: 1 });
  const firsts = await inRounds(first, firstPageMs, rounds, 1);
  const { running } = await begun(path, shown);
  const laters = await inRounds(() => pageMs(running.url), firstPageMs, rounds, 1);
  await running.close();
  const count = async (): Promise<number> => {
    const began = performance.now();
    await shown.countAttention();
    return performance.now() - began;
  };
  const counts = await inRounds(count, countMs, rounds, 1);
  const same = { unit: 'ms', alternative: 'the limit', atLeast: 1 };
  const remark = `${orders} orders, ${orders / 1_000} of them in doubt`;
  return [
    figure({ name: 'first page of a console that just began', ...firsts, ...same, remark }),
    figure({ name: 'a later page of it', ...laters, ...same, remark }),
    figure({ name: 'counting those that need a person', ...counts, ...same, remark }),
  ];
}
