import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { gatewaysFrom } from '../src/cli/input/gateways.ts';
import { settingsFrom } from '../src/cli/input/settings.ts';
import { openPaymentOrders } from '../src/open.ts';
import type { GatewaySettings, OpenOptions } from '../src/open-options.ts';

// Opens payment orders in every way in which a key arrives, each with a key of its own, and writes
// down the whole heap while they are open. Nothing in here keeps a key's text, but where it says so.

const [directory = ''] = process.argv.slice(2);
const address = { url: 'http://127.0.0.1:1', appId: 'OIG0AF4DMOK2VC2N' };
const opened = (privateKey: GatewaySettings['privateKey'], options: Partial<OpenOptions> = {}) =>
  openPaymentOrders({ store: 'memory:', ...options, gateway: { ...address, privateKey } });

const fromCommandLine = async (privateKeyFile: string) => {
  const { url, appId } = address;
  const settings = settingsFrom({ flags: { gatewayUrl: url, appId, privateKeyFile }, env: {} });
  const gateways = await gatewaysFrom(settings, () => undefined);
  return openPaymentOrders({ store: 'memory:', gateways });
};

type Way = (pem: () => string, file: string) => Promise<unknown>;

const ways: Readonly<Record<string, Way>> = {
  PEM: (pem) => opened(pem()),
  'PEM as bytes': (pem) => opened(Buffer.from(pem())),
  'one line of base64': (pem) => opened(pem().replaceAll(/-----[A-Z ]+-----|\s/g, '')),
  'PEM of a .env file': (pem) => opened(pem().replaceAll('\n', String.raw`\n`)),
  'PEM, and a listener that lives on': (pem) => opened(pem(), { onError: () => undefined }),
  'PEM, and a call that was made': async (pem) => {
    const orders = await opened(pem());
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    return [orders, await orders.cancel('O1')];
  },
  'PEM of a function, and a call that was made': async (pem) => {
    const orders = await opened(() => Promise.resolve(pem()));
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    return [orders, await orders.cancel('O1')];
  },
  'PEM that is cut, and its error': (pem) =>
    opened(pem().slice(0, 1_200)).catch((error: unknown) => error),
  'PEM, and the error of another option': (pem) =>
    opened(pem(), { attemptDeadlineMs: 1 }).catch((error: unknown) => error),
  'a file of the command': (_, file) => fromCommandLine(file),
  'standard input of the command': () => fromCommandLine('-'),
  'PEM that is kept': async (pem) => {
    const kept = pem();
    return [await opened(kept), kept];
  },
};

const held: unknown[] = [];
for (const [way, open] of Object.entries(ways)) {
  const file = join(directory, way);
  held.push(await open(() => readFileSync(file, 'utf8'), file));
}
writeHeapSnapshot(join(directory, 'heap.json'));
// They live until here.
process.stdout.write(String(held.length));
