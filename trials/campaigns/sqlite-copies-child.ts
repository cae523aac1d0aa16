import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openPaymentOrders } from '../../src/open.ts';

/** What a child of `sqlite-copies` writes: one order after another, until it is told to pause. */
export type Task = { readonly path: string; readonly child: number };

/** What was acknowledged; null: it pauses, and nothing is in flight. */
export type Acknowledged = {
  readonly orderNo: string;
  readonly revision: number;
  readonly hash: string;
} | null;

// `levels/sqlite-copies.ts` wrote it.
const { path, child } = JSON.parse(process.argv[2] ?? '') as Task;
const orders = await openPaymentOrders({ store: `sqlite:${path}` });
const told = { pause: false, end: false };
let resume: (() => void) | undefined;

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  told.pause = line === 'pause';
  if (!told.pause) resume?.();
});
lines.on('close', () => {
  told.end = true;
  resume?.();
});

/** Synchronous: the line is written before anything else happens in this process. */
function send(acknowledged: Acknowledged): void {
  writeSync(1, `${JSON.stringify(acknowledged)}\n`);
}

for (let count = 0; ; count += 1) {
  if (told.pause) {
    send(null);
    await new Promise<void>((resolve) => (resume = resolve));
  }
  if (told.end) break;
  const orderNo = `C${child}x${count}`;
  const created = await orders.create({ orderNo, processBillNo: 'F1' });
  send({ orderNo, revision: created.revision, hash: created.hash });
  const { revision, hash } = await orders.startPayment(orderNo);
  send({ orderNo, revision, hash });
}
await orders.close();
