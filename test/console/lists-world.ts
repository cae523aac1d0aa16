import { openMemoryStore } from '../../src/event-store/memory.ts';
import type { CancelOutcome } from '../../src/gateway/cancel-gateway.ts';
import type { App } from '../../src/console/app.ts';
import { appOf } from '../../src/console/app.ts';
import { Jobs } from '../../src/console/jobs.ts';
import { Receipts } from '../../src/console/receipts.ts';
import { openPaymentOrders } from '../../src/open.ts';
import type { PaymentOrders } from '../../src/payment-orders.ts';
import { scriptedGateway } from '../../src/testing/scripted-gateway.ts';
import { simulatedRuntime } from '../../src/testing/simulated-runtime.ts';
import type { Language } from '../../src/words/language.ts';

const host = '127.0.0.1:8785';
const wayIn = 'w'.repeat(22);
export const base = `/${wayIn}`;
export const actor = { kind: 'operator', id: 'li.wei' };

/** What the platform answers, by how the order's number begins. */
const outcomes: Readonly<Record<string, CancelOutcome>> = {
  BLOCKED: { kind: 'blocked', rule: 'signature-refused' },
  DOUBT: { kind: 'outcome-unknown', rule: 'answer-timeout' },
};

export const hostileName = '<b>&"\'中文';
export const notAnOrder = '{"payer":"张三","what":"<b>nobody knows</b>"}';

/** Orders of all kinds that need a person, one that needs nobody, and a notice that is held. */
export async function listsWorld() {
  const runtime = simulatedRuntime();
  const store = openMemoryStore(runtime);
  const gateway = scriptedGateway(store, (_call, { orderNo }) =>
    Promise.resolve(
      outcomes[orderNo.split('-')[0] ?? ''] ?? { kind: 'confirmed', rule: 'confirmed' },
    ),
  );
  const orders = await openPaymentOrders({ store, gateway, runtime });
  await fill(orders);
  await runtime.advance(0);
  return { runtime, store, orders };
}

async function fill(orders: PaymentOrders): Promise<void> {
  const create = (orderNo: string, processBillNo: string, amountMinor = 12_800) =>
    orders.create({ orderNo, processBillNo, amountMinor, currency: 'CNY' });
  for (const orderNo of ['BLOCKED-1', 'BLOCKED-2', 'DOUBT-1']) {
    await create(orderNo, `F-${orderNo}`);
    await orders.cancel(orderNo, {
      actor: { kind: 'customer', id: 'wang' },
    });
  }
  await create('TWICE-1', 'F-TWICE-1', 990);
  for (const transactionNo of ['T-1', 'T-2']) {
    await orders.recordPaymentSucceeded('TWICE-1', {
      transactionNo,
      actor: { kind: 'service', id: hostileName },
      amountMinor: 990,
      currency: 'CNY',
    });
  }
  await create('CALM-1', 'F-CALM-1');
  const translate = () => ({ kind: 'unreadable', problem: 'it names no <order>' }) as const;
  await orders.inbox({ translate }).receive({ body: notAnOrder, source: 'a <source>' });
}

type World = Awaited<ReturnType<typeof listsWorld>>;

export type Visitor = {
  readonly app: App;
  readonly get: (path: string) => Promise<Shown>;
  readonly post: (path: string, fields: Readonly<Record<string, string>>) => Promise<Shown>;
};

export type Shown = {
  readonly status: number;
  readonly location: string | null;
  /** The main part alone, with its whitespace as one. */
  readonly main: string;
};

/** Somebody who knows the way in. */
export function visitor(
  { runtime, orders }: World,
  { isActing = true, language = 'en' }: { isActing?: boolean; language?: Language } = {},
): Visitor {
  const desk = {
    ...{ orders, runtime, actor: isActing ? actor : null, indexFile: null, store: 'memory:' },
    ...{ onError: () => undefined, receipts: new Receipts(), jobs: new Jobs() },
  };
  const app = appOf({ desk, place: { host, wayIn }, language });
  let cookie = '';
  let csrf = '';
  const ask = async (path: string, init: RequestInit): Promise<Shown> => {
    const headers = { host, cookie, 'sec-fetch-site': 'same-origin', origin: `http://${host}` };
    const answer = await app.request(`http://${host}${base}${path}`, { ...init, headers });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    const text = await answer.text();
    csrf = /name="csrf"\s+value="([^"]+)"/.exec(text)?.[1] ?? csrf;
    const main = /<main[^>]*>(.*)<\/main>/s.exec(text)?.[1] ?? text;
    const location = answer.headers.get('location');
    return { status: answer.status, location, main: main.replaceAll(/\s+/g, ' ') };
  };
  return {
    app,
    get: (path) => ask(path, { method: 'GET' }),
    post: (path, fields) =>
      ask(path, { method: 'POST', body: new URLSearchParams({ csrf, ...fields }).toString() }),
  };
}

/** The numbers of the orders that a page lists, in their order. */
export function listed({ main }: Shown): readonly string[] {
  return [...main.matchAll(/href="\/w+\/orders\/([^"/?]+)"/g)].map(([, number = '']) =>
    decodeURIComponent(number),
  );
}
