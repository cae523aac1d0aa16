import { systemRuntime } from 'payment-order-machine';
import { sandboxKeys, startSandbox } from 'payment-order-machine/sandbox';

// The service with a gateway to try it against, all on loopback. Production starts only main.ts.
const { publicKey, privateKeyFile } = sandboxKeys('.payment-order-sandbox');
const sandbox = await startSandbox({ runtime: systemRuntime(), callerPublicKey: publicKey });
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sandbox.close());
}

const settings = {
  ORDER_SERVICE_DATA: '.',
  ORDER_SERVICE_CALLERS:
    'customer-token-00001=customer:u-7,provider-token-00001=provider:channel-1',
  PAYMENT_ORDER_GATEWAY_URL: sandbox.url,
  PAYMENT_ORDER_GATEWAY_APP_ID: sandbox.appId,
  PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE: privateKeyFile,
};
Object.assign(process.env, settings);
await import('./main.ts');
