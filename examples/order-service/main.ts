import { openPaymentOrders } from 'payment-order-machine';
import { buildService } from './service.ts';
import { settingsFrom } from './settings.ts';

// Orders are nobody else's to read: every file of this process is for its owner only.
process.umask(0o077);

const settings = settingsFrom(process.env);
const orders = await openPaymentOrders(settings.open);
const { platform, callers, isProvider } = settings;
const app = buildService({ orders, platform, callers, isProvider, log: true });

// Before the first request: attempts and notices that a crash left open continue.
await orders.startRecovery();
await app.listen({ host: '127.0.0.1', port: settings.port });

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  // Only once: a second signal ends the process at once, and loses only the answers.
  process.once(signal, () => {
    app.log.info({ signal }, 'stopping: finishing open requests');
    void app.close();
  });
}
