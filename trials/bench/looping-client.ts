/** Asks a service one thing after another, and says how long it waited for the slowest of 100 answers. */

import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from './figure.ts';

const agent = new Agent({ keepAlive: true });
const port = process.argv[2];
const pauseMs = 2;
let waitsMs: number[] = [];

async function ask(): Promise<void> {
  const sentMs = performance.now();
  const asked = request({ host: '127.0.0.1', port, agent }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  await answer.resume().toArray();
  waitsMs.push(performance.now() - sentMs);
}

process.on('message', (what) => {
  if (what === 'end') process.send?.(quantile(waitsMs, 0.99));
  waitsMs = [];
});
process.on('disconnect', () => process.exit());

await ask();
process.send?.('ready');
for (;;) {
  await ask();
  await sleep(pauseMs);
}
