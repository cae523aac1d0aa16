import { readFileSync } from 'node:fs';
import { openPaymentOrders } from '../../../src/open.ts';

// A child that dies or warns by itself, as a service does that nobody prepared: what Node prints
// of it then is what stands in its log.
const [how, file = '', url = ''] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
const gateway = { url: 'https://localhost', appId: 'A'.repeat(16), privateKey: text };
const throwing = {
  identity: 'scripted',
  attemptMs: 1_000,
  cancel: () => Promise.reject(new Error(text, { cause: { key: text } })),
  close: () => Promise.resolve(),
};

switch (how) {
  case 'bad key':
    await openPaymentOrders({ store: 'memory:', gateway });
    break;
  case 'bad key, not awaited':
    void openPaymentOrders({ store: 'memory:', gateway });
    break;
  case 'bad store':
    await openPaymentOrders({ store: url });
    break;
  case 'bad app id':
    await openPaymentOrders({ store: 'memory:', gateway: { ...gateway, appId: text } });
    break;
  case 'store in the way':
    await openPaymentOrders({ store: `sqlite:${file}` });
    break;
  case 'warning': {
    // Without a listener, background errors become warnings of the process.
    const orders = await openPaymentOrders({ store: 'memory:', gateway: throwing });
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    await orders.cancel('O1', { reason: 'x' });
    await orders.close();
    break;
  }
  case 'listener throws': {
    const onError = () => {
      throw new Error('the listener failed');
    };
    const orders = await openPaymentOrders({ store: 'memory:', gateway: throwing, onError });
    await orders.create({ orderNo: 'O1', processBillNo: 'F1' });
    await orders.cancel('O1', { reason: 'x', wait: false });
    await orders.close();
    break;
  }
  default:
    throw new RangeError(`no way to die is called ${how ?? ''}`);
}
