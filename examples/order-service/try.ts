import { systemRuntime } from 'payment-order-machine';
import { sandboxKeys, startSandbox } from 'payment-order-machine/sandbox';

// The service with a gateway to try it against, all on loopback. Production starts only main.ts.
const { publicKey, privateKeyFile } = sandboxKeys('.payment-order-sandbox');
const platform = sandboxKeys('.payment-order-sandbox/platform');
const sandbox = await startSandbox({
  runtime: systemRuntime(),
  callerPublicKey: publicKey,
  noticePrivateKey: platform.privateKey,
});
console.log(`the sandbox is at ${sandbox.url}`);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void sandbox.close());
}

const settings = {
  ORDER_SERVICE_DATA: '.',
  ORDER_SERVICE_CALLERS:
    'customer-token-00001=customer:u-7,customer-token-00002=customer:u-8,' +
    'operator-token-00001=operator:li.wei',
  ORDER_SERVICE_WEBHOOK_SECRET: 'provider-secret-00001',
  ORDER_SERVICE_PLATFORM_PUBLIC_KEY_FILE: platform.publicKeyFile,
  PAYMENT_ORDER_GATEWAY_URL: sandbox.url,
  PAYMENT_ORDER_GATEWAY_APP_ID: sandbox.appId,
  PAYMENT_ORDER_GATEWAY_PRIVATE_KEY_FILE: privateKeyFile,
};
Object.assign(process.env, settings);
await import('./main.ts');
